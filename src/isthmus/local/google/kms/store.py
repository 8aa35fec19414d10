"""Key rings, keys, versions and their secrets in SQLite."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.cloud.kms_v1 import types

from isthmus.local.google.database import connect
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
DISABLED = int(types.CryptoKeyVersion.CryptoKeyVersionState.DISABLED)
DESTROYED = int(types.CryptoKeyVersion.CryptoKeyVersionState.DESTROYED)
DESTROY_SCHEDULED = int(types.CryptoKeyVersion.CryptoKeyVersionState.DESTROY_SCHEDULED)
SYMMETRIC = int(types.CryptoKeyVersion.CryptoKeyVersionAlgorithm.GOOGLE_SYMMETRIC_ENCRYPTION)
SOFTWARE = int(types.ProtectionLevel.SOFTWARE)
_NONCE_BYTES = 12


class Keys:
    """The state of Cloud KMS; each change is committed before it is answered."""

    def __init__(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.close(descriptor)
        self._db = connect(path)
        self._db.executescript(_SCHEMA)
        self._states = connect(path)
        self._states_lock = threading.Lock()

    def get(self, kind: str, name: str) -> Any:
        """Returns a resource of `rings`, `keys` or `versions`. NOT_FOUND when there is none."""
        row = self._db.execute(f"SELECT body FROM {kind} WHERE name = ?", (name,)).fetchone()  # noqa: S608 - ours
        if row is None:
            raise RpcError(grpc.StatusCode.NOT_FOUND, f"{name} not found.")
        found = _KINDS[kind].FromString(row[0])
        if kind == "keys" and found.HasField("primary"):
            found.primary.CopyFrom(self.get("versions", found.primary.name))
        if kind == "versions" and found.state == DESTROY_SCHEDULED and found.destroy_time.seconds <= time.time():
            return self._destroyed(found)
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
        if not version:
            raise RpcError(grpc.StatusCode.FAILED_PRECONDITION, f"{name} has no primary version.")
        nonce = os.urandom(_NONCE_BYTES)
        number = int(version.rpartition("/")[2])
        sealed = AESGCM(self._secret(version)).encrypt(nonce, plaintext, bound)
        return version, number.to_bytes(4, "big") + nonce + sealed

    def decrypt(self, key: str, ciphertext: bytes, bound: bytes) -> tuple[str, bytes]:
        """Decrypts what `encrypt` made with any version of the key; returns the version too."""
        self.get("keys", key)
        number, nonce, sealed = ciphertext[:4], ciphertext[4:16], ciphertext[16:]
        version = f"{key}/cryptoKeyVersions/{int.from_bytes(number, 'big')}"
        broken = RpcError(grpc.StatusCode.INVALID_ARGUMENT, "Decryption failed: the ciphertext is invalid.")
        if not self._db.execute("SELECT 1 FROM versions WHERE name = ?", (version,)).fetchone():
            raise broken
        try:
            return version, AESGCM(self._secret(version)).decrypt(nonce, sealed, bound)
        except (InvalidTag, ValueError):
            raise broken from None

    def destroy(self, name: str) -> Any:
        """Schedules a version's destruction: it can't be used from now on."""
        version = self.get("versions", name)
        if version.state not in (ENABLED, DISABLED):
            raise RpcError(grpc.StatusCode.FAILED_PRECONDITION, f"{name} is not enabled or disabled.")
        wait = self.get("keys", name.rpartition("/cryptoKeyVersions/")[0]).destroy_scheduled_duration.seconds
        version.state = DESTROY_SCHEDULED
        version.destroy_time.FromSeconds(int(time.time()) + wait)
        return self.save("versions", version)

    def restore(self, name: str) -> Any:
        """Takes a scheduled destruction back; the version is disabled then."""
        version = self.get("versions", name)
        if version.state != DESTROY_SCHEDULED:
            raise RpcError(grpc.StatusCode.FAILED_PRECONDITION, f"{name} is not scheduled for destruction.")
        version.state = DISABLED
        version.ClearField("destroy_time")
        return self.save("versions", version)

    def require(self, name: str) -> None:
        """Raises NOT_FOUND unless there is a ring or a key of that name."""
        self.get("keys" if "/cryptoKeys/" in name else "rings", name)

    def usable(self, version: str) -> bool:
        """Whether a version can be used now; one that was never made here is taken for somebody else's. Any thread."""
        with self._states_lock:
            row = self._states.execute("SELECT body FROM versions WHERE name = ?", (version,)).fetchone()
        return row is None or Version.FromString(row[0]).state == ENABLED

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Keeps all that is written meanwhile, or nothing of it."""
        self._db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def close(self) -> None:
        """Closes the file."""
        self._db.close()
        self._states.close()

    def _destroyed(self, version: Any) -> Any:
        """Erases the secret of a version whose time has come."""
        version.state = DESTROYED
        version.destroy_event_time.CopyFrom(version.destroy_time)
        version.ClearField("destroy_time")
        values = (version.SerializeToString(), version.name)
        self._db.execute("UPDATE versions SET body = ?, secret = x'' WHERE name = ?", values)
        return version

    def _secret(self, version: str) -> bytes:
        if self.get("versions", version).state != ENABLED:
            message = f"{version} is not enabled."
            raise RpcError(grpc.StatusCode.FAILED_PRECONDITION, message)
        row = self._db.execute("SELECT secret FROM versions WHERE name = ?", (version,)).fetchone()
        return bytes(row[0])
