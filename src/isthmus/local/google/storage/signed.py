"""Signed URLs: checked as Cloud Storage does, with the keys of the local service accounts.

Version 4 is here, version 2 in `signedv2`. Source: Cloud Storage documentation, "V4 signing process with your own
program", 2026-11.
"""

from __future__ import annotations

import datetime
import hashlib
import hmac
from collections.abc import Callable, Mapping
from urllib.parse import quote, unquote

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from starlette.requests import Request

from isthmus.local.google.accounts.store import Accounts
from isthmus.local.google.storage import signedv2
from isthmus.local.google.storage.errors import StorageError

RSA, HMAC = "GOOG4-RSA-SHA256", "GOOG4-HMAC-SHA256"
MAX_SECONDS = 604800
_SCOPE_PARTS = 5


def signer_of(request: Request, accounts: Accounts, now: Callable[[], float]) -> str | None:
    """Checks a signed URL and returns the address of its signer; None where the URL isn't signed.

    Raises:
        StorageError: 400 for one that can't be read or has expired, 403 for a wrong signature.
    """
    if signedv2.is_signed(request):
        return _signer_v2(request, accounts, now())
    if "X-Goog-Signature" not in request.query_params:
        return None
    return _signer_v4(request, accounts, now())


def _signer_v2(request: Request, accounts: Accounts, now: float) -> str:
    signedv2.check_time(request, now)
    name = request.query_params.get("GoogleAccessId", "")
    text, signature = signedv2.text_of(request), signedv2.signature_of(request)
    by_hmac = signedv2.by_hmac(accounts, name, text, signature)
    return _found(by_hmac or _by_rsa(accounts, [name], text, signature))


def _signer_v4(request: Request, accounts: Accounts, now: float) -> str:
    query = request.query_params
    algorithm, credential = query.get("X-Goog-Algorithm", ""), query.get("X-Goog-Credential", "")
    parts = credential.rsplit("/", _SCOPE_PARTS - 1)
    if algorithm not in (RSA, HMAC) or len(parts) != _SCOPE_PARTS or parts[-1] != "goog4_request":
        raise StorageError(400, "Invalid argument: X-Goog-Algorithm or X-Goog-Credential.", reason="InvalidArgument")
    _check_time(query, now)
    text = "\n".join([algorithm, query["X-Goog-Date"], "/".join(parts[1:]), _digest(_canonical(request))]).encode()
    signature = _bytes(query["X-Goog-Signature"])
    return _found((_by_rsa if algorithm == RSA else _by_hmac)(accounts, parts, text, signature))


def _found(signer: str | None) -> str:
    if signer is None:
        message = "Access denied. The request signature we calculated does not match the signature you provided."
        raise StorageError(403, message, reason="SignatureDoesNotMatch")
    return signer


def _check_time(query: Mapping[str, str], now: float) -> None:
    try:
        signed = datetime.datetime.strptime(query.get("X-Goog-Date", ""), "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.UTC)
        seconds = int(query.get("X-Goog-Expires", ""))
    except ValueError:
        raise StorageError(400, "Invalid X-Goog-Date or X-Goog-Expires.", reason="InvalidArgument") from None
    if not 0 < seconds <= MAX_SECONDS:
        raise StorageError(400, f"X-Goog-Expires must be at most {MAX_SECONDS}.", reason="InvalidArgument")
    if now > signed.timestamp() + seconds:
        raise StorageError(400, "Invalid argument. The URL has expired.", reason="ExpiredToken")


def _canonical(request: Request) -> str:
    pairs = [pair.partition("=")[::2] for pair in request.url.query.split("&")]
    kept = sorted((_again(name), _again(value)) for name, value in pairs if name != "X-Goog-Signature")
    names = request.query_params.get("X-Goog-SignedHeaders", "").split(";")
    headers = "".join(f"{name}:{_header(request, name)}\n" for name in names)
    payload = request.headers.get("x-goog-content-sha256", "UNSIGNED-PAYLOAD")
    path = request.scope["raw_path"].decode("latin-1")
    query = "&".join(f"{name}={value}" for name, value in kept)
    return "\n".join([request.method, path, query, headers, ";".join(names), payload])


def _again(text: str) -> str:
    return quote(unquote(text), safe="-_.~")


def _header(request: Request, name: str) -> str:
    return " ".join(",".join(value.strip() for value in request.headers.getlist(name)).split())


def _by_rsa(accounts: Accounts, parts: list[str], text: bytes, signature: bytes) -> str | None:
    account = accounts.find(parts[0])
    if account is None or account.get("disabled"):
        return None
    for _, public in accounts.keys(account["email"]):
        key = serialization.load_pem_public_key(public)
        try:
            if isinstance(key, rsa.RSAPublicKey):
                key.verify(signature, text, padding.PKCS1v15(), hashes.SHA256())
                return str(account["email"])
        except InvalidSignature:
            continue
    return None


def _by_hmac(accounts: Accounts, parts: list[str], text: bytes, signature: bytes) -> str | None:
    found = accounts.hmac_key(parts[0])
    if found is None or found[0]["state"] != "ACTIVE":
        return None
    key = b"GOOG4" + found[1].encode()
    for part in parts[1:]:
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    good = hmac.compare_digest(hmac.new(key, text, hashlib.sha256).digest(), signature)
    return str(found[0]["serviceAccountEmail"]) if good else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
