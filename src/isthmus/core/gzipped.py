"""Unpacking gzip from outside: one member, whole, never more than a limit in memory."""

from __future__ import annotations

import zlib

_WBITS = 31


class NotGzip(ValueError):
    """The data is not one whole gzip member; the message says why, to be read after what it is ("the body …")."""


class TooLarge(ValueError):
    """The data unpacks to more than the limit."""


def unpack(data: bytes, limit: int) -> bytes:
    """Unpacks one gzip member, never holding more than `limit` bytes.

    Raises:
        NotGzip: when it isn't gzip, is cut off, or has bytes behind its end.
        TooLarge: when it unpacks to more than the limit.
    """
    unpacker = zlib.decompressobj(_WBITS)
    try:
        unpacked = unpacker.decompress(data, limit + 1)
    except zlib.error as error:
        raise NotGzip(f"is not gzip: {error}") from None
    if len(unpacked) > limit:
        raise TooLarge(f"unpacks to more than {limit:,} bytes")
    if not unpacker.eof:
        raise NotGzip("is cut off")
    if unpacker.unused_data:
        raise NotGzip("has bytes behind its end")
    return unpacked
