"""Key rings, keys, versions and their secrets in SQLite."""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path
from typing import Any

import grpc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.cloud.kms_v1 import types

from isthmus.local.google.rpc import RpcError

KeyRing = types.KeyRing.pb()
CryptoKey = types.CryptoKey.pb()
Version = types.CryptoKeyVersion.pb()
_SCHEMA = """
CREATE TABLE IF NOT EXISTS rings (name TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS keys (name TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS versions (name TEXT PRIMARY KEY, body BLOB NOT NULL, secret BLOB NOT NULL);
"""
_KINDS = {"rings": KeyRing, "keys": CryptoKey, "versions": Version}
ENABLED = int(types.CryptoKeyVersion.CryptoKeyVersionState.ENABLED)
DESTROY_SCHEDULED = int(types.CryptoKeyVersion.CryptoKeyVersionState.DESTROY_SCHEDULED)
SYMMETRIC = int(types.CryptoKeyVersion.CryptoKeyVersionAlgorithm.GOOGLE_SYMMETRIC_ENCRYPTION)
SOFTWARE = int(types.ProtectionLevel.SOFTWARE)
_NONCE_BYTES = 12
_DESTROY_SECONDS = 30 * 86400


class Keys:
    """The state of Cloud KMS; each change is committed before it is answered."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.close(descriptor)
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(_SCHEMA)

    def get(self, kind: str, name: str) -> Any:
        """Returns a resource of `rings`, `keys` or `versions`. NOT_FOUND when there is none."""
        row = self._db.execute(f"SELECT body FROM {kind} WHERE name = ?", (name,)).fetchone()  # noqa: S608 - ours
        if row is None:
            raise RpcError(grpc.StatusCode.NOT_FOUND, f"{name} not found.")
        found = _KINDS[kind].FromString(row[0])
        if kind == "keys" and found.HasField("primary"):
            found.primary.CopyFrom(self.get("versions", found.primary.name))
        return found

    def list(self, kind: str, parent: str) -> list[Any]:
        """Returns the resources right below a parent in the order of their names."""
        rows = self._db.execute(f"SELECT name FROM {kind} ORDER BY name").fetchall()  # noqa: S608
        return [self.get(kind, name) for (name,) in rows if name.rsplit("/", 2)[0] == parent]

    def add(self, kind: str, name: str, body: Any, secret: bytes = b"") -> Any:
        """Keeps a new resource. ALREADY_EXISTS when there is one of that name."""
        if self._db.execute(f"SELECT 1 FROM {kind} WHERE name = ?", (name,)).fetchone():  # noqa: S608
            raise RpcError(grpc.StatusCode.ALREADY_EXISTS, f"{name} already exists.")
        body.name = name
        body.create_time.GetCurrentTime()
        values = (name, body.SerializeToString(), secret) if kind == "versions" else (name, body.SerializeToString())
        marks = ", ".join("?" * len(values))
        self._db.execute(f"INSERT INTO {kind} VALUES ({marks})", values)  # noqa: S608
        return body

    def save(self, kind: str, body: Any) -> Any:
        """Keeps a changed resource."""
        self._db.execute(f"UPDATE {kind} SET body = ? WHERE name = ?", (body.SerializeToString(), body.name))  # noqa: S608
        return self.get(kind, body.name)

    def add_version(self, key: Any) -> Any:
        """Makes the next version of a key with a secret of its own."""
        number = len(self.list("versions", key.name)) + 1
        version = Version(state=ENABLED, algorithm=SYMMETRIC, protection_level=SOFTWARE)
        version.generate_time.GetCurrentTime()
        secret = AESGCM.generate_key(256)
        return self.add("versions", f"{key.name}/cryptoKeyVersions/{number}", version, secret)

    def encrypt(self, name: str, plaintext: bytes, bound: bytes) -> tuple[str, bytes]:
        """Encrypts with a version, or with a key's primary one; returns the version used and the ciphertext."""
        version = name if "/cryptoKeyVersions/" in name else self.get("keys", name).primary.name
        nonce = os.urandom(_NONCE_BYTES)
        number = int(version.rpartition("/")[2])
        sealed = AESGCM(self._secret(version)).encrypt(nonce, plaintext, bound)
        return version, number.to_bytes(4, "big") + nonce + sealed

    def decrypt(self, key: str, ciphertext: bytes, bound: bytes) -> bytes:
        """Decrypts what `encrypt` made with any version of the key."""
        self.get("keys", key)
        number, nonce, sealed = ciphertext[:4], ciphertext[4:16], ciphertext[16:]
        version = f"{key}/cryptoKeyVersions/{int.from_bytes(number, 'big')}"
        try:
            return AESGCM(self._secret(version)).decrypt(nonce, sealed, bound)
        except (InvalidTag, ValueError):
            message = "Decryption failed: the ciphertext is invalid."
            raise RpcError(grpc.StatusCode.INVALID_ARGUMENT, message) from None

    def destroy(self, name: str) -> Any:
        """Schedules a version's destruction: it can't be used from now on."""
        version = self.get("versions", name)
        version.state = DESTROY_SCHEDULED
        version.destroy_time.FromSeconds(int(time.time()) + _DESTROY_SECONDS)
        return self.save("versions", version)

    def _secret(self, version: str) -> bytes:
        if self.get("versions", version).state != ENABLED:
            message = f"{version} is not enabled."
            raise RpcError(grpc.StatusCode.FAILED_PRECONDITION, message)
        row = self._db.execute("SELECT secret FROM versions WHERE name = ?", (version,)).fetchone()
        return bytes(row[0])
