"""The token that Pub/Sub push carries: signed by Google, for our audience, by our subscription's service account."""

from __future__ import annotations

import hmac
import os
from typing import Any

from google.auth import exceptions, jwt

from isthmus.core.requests import Problem
from isthmus.functions.keyring import Keyring, fetch_json

CERTS_URL = "https://www.googleapis.com/oauth2/v1/certs"
"""Google's signing certificates, in the PEM form that google-auth reads (google.oauth2.id_token)."""

ISSUERS = ("https://accounts.google.com", "accounts.google.com")


class PushToken:
    """Checks push tokens; the certificates are fetched once an hour, and at once for a key that is new.

    Args:
        audience: The `aud` that the subscription asks for.
        service_account: The e-mail of the account that the subscription signs as.
    """

    def __init__(self, audience: str, service_account: str) -> None:
        self._audience = audience
        self._service_account = service_account
        url = os.environ.get("ISTHMUS_OIDC_CERTS_URL", CERTS_URL)
        self._certs = Keyring[str](lambda: fetch_json(url))

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
            claims: dict[str, Any] = jwt.decode(token, certs=self._certs.having(key_id), audience=self._audience)
        except (ValueError, exceptions.GoogleAuthError) as error:
            raise Problem(401, f"the token is not valid: {error}", headers={"www-authenticate": "Bearer"}) from None
        return claims
