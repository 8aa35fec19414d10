"""Key rings, keys, versions and their secrets in SQLite."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from google.cloud.kms_v1 import types

from isthmus.local.google.clock import Clock
from isthmus.local.google.database import connect
from isthmus.local.google.kms import algorithms
from isthmus.local.google.rpc import RpcError, invalid

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
SOFTWARE = int(types.ProtectionLevel.SOFTWARE)
_NONCE_BYTES = 12


class Keys:
    """The state of Cloud KMS; each change is committed before it is answered.

    Args:
        path: The SQLite file, readable by its owner only.
        clock: The time.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._clock = clock
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        os.close(descriptor)
        self._db = connect(path)
        self._db.executescript(_SCHEMA)
        # For those who ask from another thread whether a key can be used.
        self._states, self._states_lock = connect(path), threading.Lock()

    def get(self, kind: str, name: str) -> Any:
        """Returns a resource of `rings`, `keys` or `versions`. NOT_FOUND when there is none."""
        row = self._db.execute(f"SELECT body FROM {kind} WHERE name = ?", (name,)).fetchone()  # noqa: S608 - ours
        if row is None:
            raise RpcError(grpc.StatusCode.NOT_FOUND, f"{name} not found.")
        found = _KINDS[kind].FromString(row[0])
        if kind == "keys" and found.HasField("primary"):
            found.primary.CopyFrom(self.get("versions", found.primary.name))
        if kind == "versions" and found.state == DESTROY_SCHEDULED and found.destroy_time.seconds <= self._clock.now():
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
        body.create_time.FromNanoseconds(self._clock.now_ns())
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
        algorithm = key.version_template.algorithm or algorithms.SYMMETRIC
        version = Version(state=ENABLED, algorithm=algorithm, protection_level=SOFTWARE)
        version.generate_time.FromNanoseconds(self._clock.now_ns())
        secret = algorithms.secret(algorithm)
        return self.add("versions", f"{key.name}/cryptoKeyVersions/{number}", version, secret)

    def rotate(self) -> None:
        """Gives every key whose time has come a new primary version."""
        now = self._clock.now()
        for (name,) in self._db.execute("SELECT name FROM keys").fetchall():
            key = self.get("keys", name)
            if not key.HasField("next_rotation_time") or key.next_rotation_time.seconds > now:
                continue
            period = key.rotation_period.seconds
            # Once, however long nobody looked: the time of the next one is ahead again.
            missed = int((now - key.next_rotation_time.seconds) // period) if period else 0
            with self.together():
                key.primary.CopyFrom(self.add_version(key))
                if period:
                    key.next_rotation_time.seconds += (missed + 1) * period
                else:
                    key.ClearField("next_rotation_time")
                self.save("keys", key)

    def use(self, name: str) -> str:
        """The version that a key encrypts with now, or the version itself; its state is checked. Any thread may ask.

        Raises:
            RpcError: NOT_FOUND, INVALID_ARGUMENT for a key of another purpose, FAILED_PRECONDITION if it is off.
        """
        owner, inside, _ = name.partition("/cryptoKeyVersions/")
        key = self._kept("keys", owner)
        if key.purpose != algorithms.ENCRYPT_DECRYPT:
            raise invalid(f"{owner} is not a key for ENCRYPT_DECRYPT.")
        version = name if inside else key.primary.name
        if not version:
            raise RpcError(grpc.StatusCode.FAILED_PRECONDITION, f"{name} has no primary version.")
        _check_enabled(self._kept("versions", version))
        return version

    def _kept(self, kind: str, name: str) -> Any:
        with self._states_lock:
            row = self._states.execute(f"SELECT body FROM {kind} WHERE name = ?", (name,)).fetchone()  # noqa: S608
        if row is None:
            raise RpcError(grpc.StatusCode.NOT_FOUND, f"{name} not found.")
        return _KINDS[kind].FromString(row[0])

    def encrypt(self, name: str, plaintext: bytes, bound: bytes) -> tuple[str, bytes]:
        """Encrypts with a version, or with a key's primary one; returns the version used and the ciphertext."""
        version = self.use(name)
        nonce = os.urandom(_NONCE_BYTES)
        number = int(version.rpartition("/")[2])
        sealed = AESGCM(self.secret(version)).encrypt(nonce, plaintext, bound)
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
            return version, AESGCM(self.secret(version)).decrypt(nonce, sealed, bound)
        except (InvalidTag, ValueError):
            raise broken from None

    def destroy(self, name: str) -> Any:
        """Schedules a version's destruction: it can't be used from now on."""
        version = self.get("versions", name)
        if version.state not in (ENABLED, DISABLED):
            raise RpcError(grpc.StatusCode.FAILED_PRECONDITION, f"{name} is not enabled or disabled.")
        wait = self.get("keys", name.rpartition("/cryptoKeyVersions/")[0]).destroy_scheduled_duration.seconds
        version.state = DESTROY_SCHEDULED
        version.destroy_time.FromSeconds(int(self._clock.now()) + wait)
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

    def secret(self, version: str) -> bytes:
        """A version's secret. FAILED_PRECONDITION when it isn't enabled."""
        _check_enabled(self.get("versions", version))
        row = self._db.execute("SELECT secret FROM versions WHERE name = ?", (version,)).fetchone()
        return bytes(row[0])


def _check_enabled(version: Any) -> None:
    if version.state != ENABLED:
        words = types.CryptoKeyVersion.CryptoKeyVersionState(version.state).name
        message = f"{version.name} is not enabled, current state is: {words}."
        raise RpcError(grpc.StatusCode.FAILED_PRECONDITION, message)
