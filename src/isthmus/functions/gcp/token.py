"""The token that Pub/Sub push carries: signed by Google, for our audience, by our subscription's service account."""

from __future__ import annotations

import hmac
import os
import threading
import time
from typing import Any

import msgspec
import requests
from google.auth import exceptions, jwt

from isthmus.core.requests import Problem

CERTS_URL = "https://www.googleapis.com/oauth2/v1/certs"
"""Google's signing certificates, in the PEM form that google-auth reads (google.oauth2.id_token)."""

ISSUERS = ("https://accounts.google.com", "accounts.google.com")
CERTS_SECONDS = 3600.0
_REFETCH_SECONDS = 10.0


class PushToken:
    """Checks push tokens; the certificates are fetched once an hour, and at once for a key that is new.

    Args:
        audience: The `aud` that the subscription asks for.
        service_account: The e-mail of the account that the subscription signs as.
    """

    def __init__(self, audience: str, service_account: str) -> None:
        self._audience = audience
        self._service_account = service_account
        self._url = os.environ.get("ISTHMUS_OIDC_CERTS_URL", CERTS_URL)
        self._lock = threading.Lock()
        self._certs: dict[str, str] = {}
        self._fetched = -CERTS_SECONDS

    def check(self, authorization: str) -> None:
        """Accepts a header `Authorization: Bearer …` or raises.

        Raises:
            Problem: 401 when the token is missing or not valid, 403 when it is somebody else's.
        """
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Problem(401, "a push needs a bearer token", headers={"www-authenticate": "Bearer"})
        claims = self._claims(token)
        email = str(claims.get("email", ""))
        ours = hmac.compare_digest(email.encode(), self._service_account.encode())
        if claims.get("iss") not in ISSUERS or not ours or not claims.get("email_verified"):
            raise Problem(403, "the token is not of this subscription's service account")

    def _claims(self, token: str) -> dict[str, Any]:
        try:
            key_id = jwt.decode_header(token).get("kid", "")
            claims: dict[str, Any] = jwt.decode(token, certs=self._keys(key_id), audience=self._audience)
        except (ValueError, exceptions.GoogleAuthError) as error:
            raise Problem(401, f"the token is not valid: {error}", headers={"www-authenticate": "Bearer"}) from None
        return claims

    def _keys(self, key_id: str) -> dict[str, str]:
        with self._lock:
            age = time.monotonic() - self._fetched
            if age > CERTS_SECONDS or (key_id not in self._certs and age > _REFETCH_SECONDS):
                self._certs = _fetch(self._url)
                self._fetched = time.monotonic()
            return self._certs


def _fetch(url: str) -> dict[str, str]:
    try:
        answer = requests.get(url, timeout=3)
        answer.raise_for_status()
        return msgspec.json.decode(answer.content, type=dict[str, str])
    except (requests.RequestException, msgspec.DecodeError) as error:
        raise Problem(503, f"the signing certificates can't be fetched: {error}") from error
