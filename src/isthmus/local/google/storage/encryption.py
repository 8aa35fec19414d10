"""Keys of the customer's: one that comes with each request (CSEK), or one in Cloud KMS (CMEK).

Without the key, or with a version of it that isn't enabled, an object's content can't be had, as in the cloud. The
content itself is not encrypted on this machine's disk.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Callable, Mapping

from isthmus.local.google.storage.common import Json
from isthmus.local.google.storage.errors import StorageError

PARAMETER, SOURCE_PARAMETER = "\0customerKey", "\0sourceCustomerKey"
"""Where the hash of a key of a request's headers stands among its parameters: no client can name them."""

_HEADERS = {PARAMETER: "x-goog-encryption", SOURCE_PARAMETER: "x-goog-copy-source-encryption"}
_KEY_BYTES = 32
UseKey = Callable[[str], str]
"""Checks that a key or a version can be used; returns the version. Raises a StorageError."""


def customer_keys(headers: Mapping[str, str]) -> dict[str, str]:
    """The hashes of the keys in a request's headers. 400 for a key that isn't one."""
    return {parameter: _hash(headers, prefix) for parameter, prefix in _HEADERS.items() if f"{prefix}-key" in headers}


def _hash(headers: Mapping[str, str], prefix: str) -> str:
    if headers.get(f"{prefix}-algorithm") != "AES256":
        raise StorageError(400, "Missing or unknown encryption algorithm; AES256 is the only one.", reason="invalid")
    try:
        key = base64.b64decode(headers[f"{prefix}-key"], validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _KEY_BYTES:
        message = "The encryption key is not a base64-encoded key of 256 bits."
        raise StorageError(400, message, reason="customerEncryptionKeyFormatIsInvalid")
    found = base64.b64encode(hashlib.sha256(key).digest()).decode()
    if headers.get(f"{prefix}-key-sha256") != found:
        message = "The hash of the encryption key is missing or is not that of the key."
        raise StorageError(400, message, reason="customerEncryptionKeySha256IsInvalid")
    return found


def described(settings: Json, wanted: Json, query: Mapping[str, str], use: UseKey) -> Json:
    """What a new object says of its key. 400 for two keys, or for one in Cloud KMS that can't be used."""
    named = query.get("kmsKeyName") or wanted.get("kmsKeyName")
    if query.get(PARAMETER):
        if named:
            raise StorageError(400, "A customer-supplied key and a Cloud KMS key can't be used together.")
        return {"customerEncryption": {"encryptionAlgorithm": "AES256", "keySha256": query[PARAMETER]}}
    key = named or (settings.get("encryption") or {}).get("defaultKmsKeyName")
    return {"kmsKeyName": use(key)} if key else {}


def check_readable(meta: Json, query: Mapping[str, str], use: UseKey, parameter: str = PARAMETER) -> None:
    """Raises a 400 unless the content can be had with what the request brings."""
    sent, kept = query.get(parameter, ""), (meta.get("customerEncryption") or {}).get("keySha256", "")
    if kept and not sent:
        message = "The target object is encrypted by a customer-supplied encryption key."
        raise StorageError(400, message, reason="resourceIsEncryptedWithCustomerEncryptionKey")
    if sent and not kept:
        message = "The target object is not encrypted by a customer-supplied encryption key."
        raise StorageError(400, message, reason="resourceNotEncryptedWithCustomerEncryptionKey")
    if sent != kept:
        message = "The provided encryption key is incorrect."
        raise StorageError(400, message, reason="customerEncryptionKeyIsIncorrect")
    if meta.get("kmsKeyName"):
        use(meta["kmsKeyName"])


def without_sums(meta: Json, query: Mapping[str, str]) -> Json:
    """An object's metadata; its checksums are shown only to who has the customer-supplied key."""
    if "customerEncryption" not in meta or query.get(PARAMETER) == meta["customerEncryption"]["keySha256"]:
        return meta
    return {key: value for key, value in meta.items() if key not in ("md5Hash", "crc32c")}
