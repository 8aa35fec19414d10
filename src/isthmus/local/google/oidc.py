"""The signer of push tokens: a key of this server's own, and its certificate where google-auth fetches it."""

from __future__ import annotations

import datetime
import functools
import hashlib
import os
import time
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from google.auth import crypt, jwt

ISSUER = "https://accounts.google.com"
TOKEN_SECONDS = 3600
_RENEW_SECONDS = 600
CERTS_PATH = "/oauth2/v1/certs"


class TokenSigner:
    """Signs OIDC tokens as Google does for push: RS256, an hour, the service account as subject.

    Args:
        data_dir: Where the key is kept, readable by its owner only.
    """

    def __init__(self, data_dir: Path) -> None:
        self._path = data_dir / "oidc.pem"
        self._tokens: dict[tuple[str, str], tuple[float, str]] = {}

    @functools.cached_property
    def _key(self) -> rsa.RSAPrivateKey:
        # Made when it is first asked for: it takes longer than the rest of a start.
        return _load_or_make(self._path)

    @functools.cached_property
    def _certificate(self) -> x509.Certificate:
        return _certificate(self._key)

    @functools.cached_property
    def key_id(self) -> str:
        """The name of the key."""
        return self._certificate.fingerprint(hashes.SHA1()).hex()  # noqa: S303 - a name, not a protection

    @functools.cached_property
    def _signer(self) -> crypt.RSASigner:
        return crypt.RSASigner(self._key, self.key_id)

    def certificates(self) -> dict[str, str]:
        """The certificates by key id, in the form of Google's `/oauth2/v1/certs`."""
        return {self.key_id: self._certificate.public_bytes(serialization.Encoding.PEM).decode()}

    def token(self, service_account: str, audience: str) -> str:
        """Returns a token that is good for ten minutes at least."""
        expires, token = self._tokens.get((service_account, audience), (0.0, ""))
        if expires - time.time() < _RENEW_SECONDS:
            expires, token = self.sign(service_account, audience)
            self._tokens[service_account, audience] = (expires, token)
        return token

    def sign(
        self, service_account: str, audience: str, seconds: int = TOKEN_SECONDS, *, with_email: bool = True
    ) -> tuple[float, str]:
        """Signs a new token; returns when it expires, and the token."""
        now = int(time.time())
        claims: dict[str, object] = {
            "iss": ISSUER,
            "aud": audience,
            "azp": service_account,
            "sub": str(int.from_bytes(hashlib.sha256(service_account.encode()).digest()[:8], "big")),
            "iat": now,
            "exp": now + seconds,
        }
        if with_email:
            claims |= {"email": service_account, "email_verified": True}
        return now + seconds, jwt.encode(self._signer, claims).decode()


def _load_or_make(path: Path) -> rsa.RSAPrivateKey:
    if path.exists():
        loaded = serialization.load_pem_private_key(path.read_bytes(), None)
        if isinstance(loaded, rsa.RSAPrivateKey):
            return loaded
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    # Whole or not at all: a key that a kill cut short would keep the server from starting for good.
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return key


def _certificate(key: rsa.RSAPrivateKey) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "isthmus.local.google")])
    start = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(start).not_valid_after(start + datetime.timedelta(days=36500))
    return builder.sign(key, hashes.SHA256())
