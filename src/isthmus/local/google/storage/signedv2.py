"""Signed URLs, version 2: what Google's Python client makes unless it is told a version.

Source: Cloud Storage documentation, "V2 signing process", 2026-11.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac

from starlette.requests import Request

from isthmus.local.google.accounts.store import Accounts
from isthmus.local.google.storage.errors import StorageError

_SUBRESOURCES = ("acl", "cors", "lifecycle", "location", "logging", "partNumber", "uploadId", "uploads", "versioning")
"""Parameters that are part of what is signed, in this order."""

_UNSIGNED = ("x-goog-encryption-key", "x-goog-encryption-key-sha256")


def is_signed(request: Request) -> bool:
    """Whether a URL is signed by version 2."""
    return "GoogleAccessId" in request.query_params or "Signature" in request.query_params


def check_time(request: Request, now: float) -> None:
    """Raises a 400 for a URL that has expired, or doesn't say when it does."""
    expires = request.query_params.get("Expires", "")
    if not expires.isdigit():
        raise StorageError(400, "Invalid or missing Expires.", reason="InvalidArgument")
    if now > int(expires):
        raise StorageError(400, "The provided token has expired.", reason="ExpiredToken")


def text_of(request: Request) -> bytes:
    """What is signed."""
    headers, query = request.headers, request.query_params
    lines = [request.method, headers.get("content-md5", ""), headers.get("content-type", ""), query.get("Expires", "")]
    names = sorted({name for name in headers if name.startswith("x-goog-") and name not in _UNSIGNED})
    lines += [f"{name}:{','.join(value.strip() for value in headers.getlist(name))}" for name in names]
    chosen = [f"{name}={query[name]}" if query[name] else name for name in _SUBRESOURCES if name in query]
    path = request.scope["raw_path"].decode("latin-1")
    return "\n".join([*lines, path + ("?" + "&".join(chosen) if chosen else "")]).encode()


def signature_of(request: Request) -> bytes:
    """The signature's bytes; none where it can't be read."""
    try:
        return base64.b64decode(request.query_params.get("Signature", ""), validate=True)
    except binascii.Error:
        return b""


def by_hmac(accounts: Accounts, access_id: str, text: bytes, signature: bytes) -> str | None:
    """The address of the account whose HMAC key signed a text; None where it didn't."""
    found = accounts.hmac_key(access_id)
    if found is None or found[0]["state"] != "ACTIVE":
        return None
    good = hmac.compare_digest(hmac.new(found[1].encode(), text, hashlib.sha1).digest(), signature)
    return str(found[0]["serviceAccountEmail"]) if good else None
