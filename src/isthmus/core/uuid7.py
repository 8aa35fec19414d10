"""UUIDv7 (RFC 9562): identifiers that sort by the millisecond in which they were made."""

from __future__ import annotations

import hashlib
import os
import time
import uuid

_RANDOM_BYTES = 10


def from_parts(unix_ms: int, entropy: bytes) -> uuid.UUID:
    """Builds the UUIDv7 of a time and 74 bits of entropy (the first ten bytes of `entropy`).

    Args:
        unix_ms: Milliseconds since the Unix epoch, below 2**48.
        entropy: At least ten bytes; the same ones give the same UUID.

    Raises:
        ValueError: when the time or the entropy doesn't fit.
    """
    if not 0 <= unix_ms < 1 << 48:
        raise ValueError(f"a UUIDv7 holds 48 bits of milliseconds, not {unix_ms}")
    if len(entropy) < _RANDOM_BYTES:
        raise ValueError(f"a UUIDv7 needs {_RANDOM_BYTES} bytes of entropy, not {len(entropy)}")
    bits = int.from_bytes(entropy[:_RANDOM_BYTES], "big")
    rand_a, rand_b = bits >> 68, bits & ((1 << 62) - 1)
    return uuid.UUID(int=(unix_ms << 80) | (0x7 << 76) | (rand_a << 64) | (0b10 << 62) | rand_b)


def new(unix_ms: int | None = None) -> uuid.UUID:
    """Returns a fresh UUIDv7 of now, or of the given millisecond."""
    return from_parts(time.time_ns() // 1_000_000 if unix_ms is None else unix_ms, os.urandom(_RANDOM_BYTES))


def derived(unix_ms: int, *parts: bytes) -> uuid.UUID:
    """Returns the UUIDv7 of a time whose random bits are a digest of `parts`: the same parts, the same UUID."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)
    return from_parts(unix_ms, digest.digest())


def unix_ms(value: uuid.UUID) -> int:
    """Returns the milliseconds since the Unix epoch that a UUIDv7 carries.

    Raises:
        ValueError: when it is a UUID of another version.
    """
    if value.version != 7:
        raise ValueError(f"{value} is not a UUIDv7")
    return value.int >> 80
