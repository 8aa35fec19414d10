"""What buckets and objects can be called.

Source: Cloud Storage documentation, "About Cloud Storage buckets" and "About Cloud Storage objects", 2026-11.
"""

from __future__ import annotations

import re

from isthmus.local.google.storage.errors import StorageError

_BUCKET = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,220})[a-z0-9]")
_ADDRESS = re.compile(r"\d+\.\d+\.\d+\.\d+")
_GOOGLE = re.compile(r"^goog|g[o0]{2}g[l1]e")
_MAX_PART = 63
_MAX_OBJECT_BYTES = 1024
_RESERVED = ".well-known/acme-challenge/"


def check_bucket_name(name: str) -> None:
    """Raises a 400 unless a bucket can be called so."""
    parts = name.split(".")
    fits = _BUCKET.fullmatch(name) and all(0 < len(part) <= _MAX_PART for part in parts)
    if not fits or _ADDRESS.fullmatch(name) or _GOOGLE.search(name):
        raise StorageError(400, f"Invalid bucket name: '{name}'")


def check_object_name(name: str) -> None:
    """Raises a 400 unless an object can be called so."""
    if not name or len(name.encode()) > _MAX_OBJECT_BYTES or name in (".", "..") or "\n" in name or "\r" in name:
        raise StorageError(400, "An object's name has 1 to 1024 bytes and no line break.", "name")
    if name.startswith(_RESERVED):
        raise StorageError(400, f"An object's name can't begin with {_RESERVED}.", "name")
