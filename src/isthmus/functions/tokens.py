"""Tokens of OpenID providers: who sends, by `Authorization: Bearer …`.

The provider's keys come from its discovery document (OpenID Connect Discovery 1.0, section 4). Only signatures by a
public key are taken, so that nothing has to be kept secret here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import jwt

from isthmus.core.errors import ConfigurationError
from isthmus.core.requests import Problem, Request
from isthmus.core.senders import Sender
from isthmus.functions.keyring import Keyring, fetch_json

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
LEEWAY_SECONDS = 60
"""How far the provider's clock may be off."""

_NEEDED = ("iss", "aud", "sub", "exp")
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_CHALLENGE = {"www-authenticate": 'Bearer error="invalid_token"'}


class BearerTokens:
    """Knows the senders that come with a token.

    Args:
        senders: All senders; those without a provider are left out.

    Raises:
        ConfigurationError: for an issuer that is no https URL (http on loopback, for tests).
    """

    def __init__(self, senders: list[Sender]) -> None:
        self._senders = [sender for sender in senders if sender.oidc]
        self._keys = {issuer: _keyring(issuer) for issuer in {s.oidc.issuer for s in self._senders if s.oidc}}

    def sender(self, request: Request) -> Sender | None:
        """Returns whose token the request has; None when it has none, Problem 401 when it isn't good."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            return None
        try:
            claims = self._claims(token.strip())
        except (jwt.PyJWTError, ValueError) as error:
            raise Problem(401, f"the bearer token is not valid: {error}", headers=_CHALLENGE) from None
        for sender in self._senders:
            if _is_of(sender, claims):
                return sender
        raise Problem(401, "the bearer token's audience and subject are no sender's", headers=_CHALLENGE)

    def _claims(self, token: str) -> Mapping[str, Any]:
        """The claims of a token that a known issuer signed for one of our audiences; nothing is fetched for others."""
        key_id = str(jwt.get_unverified_header(token).get("kid", ""))
        issuer = jwt.decode(token, options={"verify_signature": False}).get("iss")
        if not isinstance(issuer, str) or issuer not in self._keys:
            raise jwt.InvalidIssuerError("its issuer is not one that is known")
        key = self._keys[issuer].having(key_id).get(key_id)
        if key is None:
            raise jwt.InvalidKeyError("its issuer has no such key")
        audiences = [s.oidc.audience for s in self._senders if s.oidc and s.oidc.issuer == issuer]
        return jwt.decode(
            token,
            key,
            algorithms=ALGORITHMS,
            audience=audiences,
            issuer=issuer,
            leeway=LEEWAY_SECONDS,
            options={"require": list(_NEEDED)},
        )


def _is_of(sender: Sender, claims: Mapping[str, Any]) -> bool:
    oidc = sender.oidc
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    return bool(oidc and oidc.issuer == claims["iss"] and oidc.audience in audiences and claims["sub"] in oidc.subjects)


def _keyring(issuer: str) -> Keyring[jwt.PyJWK]:
    if not _is_safe(issuer):
        raise ConfigurationError(
            f"the issuer {issuer} is not an https URL",
            where="ISTHMUS_SENDERS",
            fix="Name the provider as its tokens do in `iss`, such as https://accounts.google.com.",
        )
    return Keyring(lambda: _fetch(issuer))


def _fetch(issuer: str) -> dict[str, jwt.PyJWK]:
    document = fetch_json(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    if document.get("issuer") != issuer or not _is_safe(str(document.get("jwks_uri", ""))):
        raise Problem(503, f"the discovery document of {issuer} is another issuer's, or has no https jwks_uri")
    try:
        keys = jwt.PyJWKSet.from_dict(fetch_json(document["jwks_uri"])).keys
    except jwt.PyJWTError as error:
        raise Problem(503, f"the keys of {issuer} can't be read: {error}") from None
    return {key.key_id: key for key in keys if key.key_id}


def _is_safe(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)
    )
