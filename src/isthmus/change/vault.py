"""Where saved plans and approvals are kept: files that nobody else can read, sealed where there is a key.

A saved plan holds secrets. On a person's machine it is a file of mode 0600 in the run directory. Whatever leaves the
machine, as an artifact of CI does, is sealed with AES-256-GCM under the key of ISTHMUS_PLAN_KEY; without a key nothing
is written out. Who can write into the run directory and has no key to fear can approve for himself: the digest binds,
the key and CI's environments say who.
"""

from __future__ import annotations

import base64
import binascii
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from isthmus.core.errors import ConfigurationError, Refused

KEY = "ISTHMUS_PLAN_KEY"
_KEY_BYTES = 32
_NONCE_BYTES = 12
_SEALED = b"isthmus sealed 1\n"
_OPEN = b"isthmus open 1\n"


@dataclass(frozen=True)
class Vault:
    """A folder of sealed files.

    Attributes:
        folder: Where they are.
        key: 32 bytes; empty for none.
    """

    folder: Path
    key: bytes = b""

    def put(self, name: str, content: bytes) -> Path:
        """Writes a file that only its owner can read."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = self.folder / name
        write_privately(path, self.seal(content, name))
        return path

    def get(self, name: str) -> bytes:
        """What a file holds.

        Raises:
            Refused: It isn't there, was changed, or was sealed under another key.
        """
        path = self.folder / name
        if not path.is_file():
            raise Refused("there is no such file", where=str(path))
        return self.unseal(path.read_bytes(), name)

    def names(self, suffix: str) -> list[str]:
        """The files whose names end so, the newest first."""
        found = sorted(self.folder.glob(f"*{suffix}"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        return [path.name for path in found]

    def remove(self, name: str) -> None:
        """Takes a file away."""
        (self.folder / name).unlink(missing_ok=True)

    def seal(self, content: bytes, name: str) -> bytes:
        """The content as it is written; its name is bound to it."""
        if not self.key:
            return _OPEN + content
        nonce = os.urandom(_NONCE_BYTES)
        return _SEALED + nonce + AESGCM(self.key).encrypt(nonce, content, name.encode())

    def unseal(self, written: bytes, name: str) -> bytes:
        """What `seal` made it from.

        Raises:
            Refused: It was changed, or sealed under another key, or isn't sealed although there is a key.
        """
        if written.startswith(_OPEN) and not self.key:
            return written.removeprefix(_OPEN)
        if not self.key and not written.startswith(_SEALED):
            raise Refused("the file was changed, or is not whole", where=name, fix="plan again, and have it approved")
        if not written.startswith(_SEALED):
            raise Refused("the file is not sealed", where=name, fix=f"make it again, with {KEY} set")
        if not self.key:
            raise Refused("the file is sealed, and there is no key", where=name, fix=f"set {KEY} as it was then")
        body = written.removeprefix(_SEALED)
        try:
            return AESGCM(self.key).decrypt(body[:_NONCE_BYTES], body[_NONCE_BYTES:], name.encode())
        except (InvalidTag, ValueError):
            raise Refused(
                "the file was changed, or sealed under another key", where=name, fix="plan again, and have it approved"
            ) from None


def key_of(environ: Mapping[str, str] = os.environ) -> bytes:
    """The key of the environment; empty where there is none.

    Raises:
        ConfigurationError: It is not 32 bytes in base64.
    """
    text = environ.get(KEY, "")
    if not text:
        return b""
    try:
        key = base64.b64decode(text, validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _KEY_BYTES:
        raise ConfigurationError(
            f"the key is not {_KEY_BYTES} bytes in base64", where=KEY, fix="make one with: openssl rand -base64 32"
        )
    return key


def write_privately(path: Path, content: bytes) -> None:
    """Writes a file of mode 0600 in one step."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.unlink(missing_ok=True)
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        out.write(content)
    temporary.replace(path)
