"""Service accounts, their keys, and the HMAC keys of Cloud Storage, in SQLite."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import time
from pathlib import Path
from typing import Any

import msgspec
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from isthmus.local.google.database import connect

Json = dict[str, Any]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS accounts (email TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS keys (id TEXT PRIMARY KEY, email TEXT NOT NULL, body BLOB NOT NULL, public BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS hmac_keys (access_id TEXT PRIMARY KEY, body BLOB NOT NULL, secret TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS system_keys (email TEXT PRIMARY KEY, id TEXT NOT NULL, private TEXT NOT NULL);
"""
_KEY_BITS = 2048


class Accounts:
    """The state; each change is committed before it is answered.

    Args:
        path: The SQLite file, readable by its owner only.
    """

    def __init__(self, path: Path) -> None:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        self._db = connect(path)
        self._db.executescript(_SCHEMA)

    def create(self, project: str, account_id: str, described: Json) -> Json | None:
        """Keeps a new account; None when there is one of that address."""
        email = f"{account_id}@{project}.iam.gserviceaccount.com"
        if self.find(email):
            return None
        unique = str(100000000000000000000 + secrets.randbelow(10**20))
        body: Json = {"name": f"projects/{project}/serviceAccounts/{email}", "projectId": project, "uniqueId": unique}
        body |= {"email": email, "oauth2ClientId": unique, **described}
        self._db.execute("INSERT INTO accounts VALUES (?, ?)", (email, msgspec.json.encode(body)))
        return _with_etag(body)

    def find(self, name: str) -> Json | None:
        """The account of an address or a unique id."""
        row = self._db.execute("SELECT body FROM accounts WHERE email = ?", (name,)).fetchone()
        if row is None and name.isdigit():
            sql = "SELECT body FROM accounts WHERE json_extract(CAST(body AS TEXT), '$.uniqueId') = ?"
            row = self._db.execute(sql, (name,)).fetchone()
        return _with_etag(msgspec.json.decode(row[0])) if row else None

    def of_project(self, project: str) -> list[Json]:
        """The accounts of a project."""
        rows = self._db.execute("SELECT body FROM accounts ORDER BY email").fetchall()
        return [_with_etag(body) for (data,) in rows if (body := msgspec.json.decode(data))["projectId"] == project]

    def save(self, body: Json) -> Json:
        """Keeps a changed account."""
        kept = {key: value for key, value in body.items() if key != "etag"}
        self._db.execute("UPDATE accounts SET body = ? WHERE email = ?", (msgspec.json.encode(kept), body["email"]))
        return _with_etag(kept)

    def delete(self, email: str) -> None:
        """Removes an account and its keys."""
        self._db.execute("BEGIN")
        self._db.execute("DELETE FROM accounts WHERE email = ?", (email,))
        self._db.execute("DELETE FROM keys WHERE email = ?", (email,))
        self._db.execute("DELETE FROM system_keys WHERE email = ?", (email,))
        self._db.execute("COMMIT")

    def add_key(self, email: str, key: rsa.RSAPrivateKey, kind: str = "USER_MANAGED") -> Json:
        """Keeps the public half of a new key; returns what Google says of it."""
        number = secrets.token_hex(20)
        project = self.find(email)["projectId"]  # type: ignore[index]
        body: Json = {
            "name": f"projects/{project}/serviceAccounts/{email}/keys/{number}",
            "keyAlgorithm": f"KEY_ALG_RSA_{_KEY_BITS}",
            "keyOrigin": "GOOGLE_PROVIDED",
            "keyType": kind,
            "validAfterTime": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "validBeforeTime": "9999-12-31T23:59:59Z",
        }
        self._db.execute("INSERT INTO keys VALUES (?, ?, ?, ?)", (number, email, msgspec.json.encode(body), pem(key)))
        return body

    def keys(self, email: str) -> list[tuple[Json, bytes]]:
        """The keys of an account and their public halves, as PEM."""
        sql = "SELECT body, public FROM keys WHERE email = ? ORDER BY id"
        return [(msgspec.json.decode(body), public) for body, public in self._db.execute(sql, (email,))]

    def delete_key(self, email: str, number: str) -> bool:
        """Removes a key; False when there is none, or when it is the one that the server keeps."""
        sql = "DELETE FROM keys WHERE email = ? AND id = ? AND id NOT IN (SELECT id FROM system_keys)"
        return self._db.execute(sql, (email, number)).rowcount > 0

    def add_system_key(self, email: str, key: rsa.RSAPrivateKey) -> tuple[str, rsa.RSAPrivateKey]:
        """Keeps a key that never leaves the server; returns its id, and itself."""
        number = str(self.add_key(email, key, "SYSTEM_MANAGED")["name"]).rpartition("/")[2]
        self._db.execute("INSERT OR REPLACE INTO system_keys VALUES (?, ?, ?)", (email, number, private_pem(key)))
        return number, key

    def system_key(self, email: str) -> tuple[str, rsa.RSAPrivateKey] | None:
        """The key of an account that never left the server, and its id."""
        row = self._db.execute("SELECT id, private FROM system_keys WHERE email = ?", (email,)).fetchone()
        key = serialization.load_pem_private_key(row[1].encode(), None) if row else None
        return (row[0], key) if isinstance(key, rsa.RSAPrivateKey) else None

    def add_hmac(self, project: str, email: str, now: str) -> tuple[Json, str]:
        """Makes an HMAC key of Cloud Storage; its secret is shown this once."""
        access_id = "GOOG1E" + base64.b32encode(secrets.token_bytes(35)).decode()[:55]
        secret = base64.b64encode(secrets.token_bytes(30)).decode()
        body: Json = {"kind": "storage#hmacKeyMetadata", "id": f"{project}/{access_id}", "accessId": access_id}
        body |= {"projectId": project, "serviceAccountEmail": email, "state": "ACTIVE", "timeCreated": now}
        body |= {"updated": now}
        self._db.execute("INSERT INTO hmac_keys VALUES (?, ?, ?)", (access_id, msgspec.json.encode(body), secret))
        return _with_etag(body), secret

    def hmac_keys(self, project: str) -> list[Json]:
        """The HMAC keys of a project."""
        rows = self._db.execute("SELECT body FROM hmac_keys ORDER BY access_id").fetchall()
        return [_with_etag(body) for (data,) in rows if (body := msgspec.json.decode(data))["projectId"] == project]

    def hmac_key(self, access_id: str) -> tuple[Json, str] | None:
        """An HMAC key and its secret."""
        sql = "SELECT body, secret FROM hmac_keys WHERE access_id = ?"
        row = self._db.execute(sql, (access_id,)).fetchone()
        return (_with_etag(msgspec.json.decode(row[0])), row[1]) if row else None

    def save_hmac(self, body: Json) -> Json:
        """Keeps a changed HMAC key; a deleted one stays known, without its secret."""
        kept = {key: value for key, value in body.items() if key != "etag"}
        values = (msgspec.json.encode(kept), body["accessId"])
        self._db.execute("UPDATE hmac_keys SET body = ? WHERE access_id = ?", values)
        if body["state"] == "DELETED":
            self._db.execute("UPDATE hmac_keys SET secret = '' WHERE access_id = ?", (body["accessId"],))
        return _with_etag(kept)

    def close(self) -> None:
        """Closes the file."""
        self._db.close()


def new_key() -> rsa.RSAPrivateKey:
    """Makes a key; it takes a moment."""
    return rsa.generate_private_key(public_exponent=65537, key_size=_KEY_BITS)


def pem(key: rsa.RSAPrivateKey) -> bytes:
    """The public half of a key."""
    public = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, public)


def private_pem(key: rsa.RSAPrivateKey) -> str:
    """A key as it stands in a key file."""
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return key.private_bytes(serialization.Encoding.PEM, form, none).decode()


def _with_etag(body: Json) -> Json:
    digest = hashlib.sha256(msgspec.json.encode(body, order="deterministic")).digest()[:8]
    return body | {"etag": base64.b64encode(digest).decode()}
