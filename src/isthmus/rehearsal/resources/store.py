"""The file that holds a whole provider's schemas, from which single types are read.

Layout: one JSON line (the index: type to chunk number, and where each chunk is), then the chunks, each a
compressed run of about 200 KB of JSON lines. Reading one type costs decompressing one chunk.
"""

from __future__ import annotations

import functools
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isthmus.rehearsal.resources import statements

DIRECTORY = Path(__file__).parent / "schemas"
_CHUNK_CHARACTERS = 200_000


@dataclass(frozen=True)
class Catalogue:
    """An opened schema file.

    Attributes:
        provider: `aws` or `google`.
        version: The provider's version that the schemas are of.
        source: The package that they were generated from.
        index: `kind type` to the number of its chunk; kind is r, d or p.
        spans: Offset and length of each chunk.
        body: The compressed chunks.
    """

    provider: str
    version: str
    source: str
    index: Mapping[str, int]
    spans: tuple[tuple[int, int], ...]
    body: bytes

    def block(self, kind: str, type_name: str) -> Any:
        """The compact block of a type; KeyError when the provider has no such type."""
        found = self._read(kind, type_name)
        return statements.typed(type_name, found, lambda other: self._read(kind, other)) if kind == "r" else found

    def _read(self, kind: str, type_name: str) -> Any:
        key = f"{kind} {type_name}"
        return json.loads(_chunk(self.provider, self.index[key])[key])

    def names(self, kind: str) -> list[str]:
        """All type names of a kind (`r` resources, `d` data sources)."""
        return [key[2:] for key in self.index if key.startswith(f"{kind} ")]


@functools.cache
def catalogue(provider: str) -> Catalogue:
    """Opens a provider's schema file."""
    header, _, body = (DIRECTORY / f"{provider}.bin").read_bytes().partition(b"\n")
    fields = json.loads(header)
    index = {key: number for number, keys in enumerate(fields["types"]) for key in keys.split(",")}
    return Catalogue(
        provider=provider,
        version=fields["version"],
        source=fields["source"],
        index=index,
        spans=tuple((start, length) for start, length in fields["spans"]),
        body=body,
    )


@functools.lru_cache(maxsize=64)
def _chunk(provider: str, number: int) -> dict[str, str]:
    opened = catalogue(provider)
    start, length = opened.spans[number]
    lines = zlib.decompress(opened.body[start : start + length]).decode().splitlines()
    return dict(line.split("\t", 1) for line in lines)


def write(provider: str, entries: Mapping[str, str], facts: Mapping[str, str]) -> int:
    """Writes a provider's schemas (compact JSON by `kind type`). Returns the size in bytes."""
    groups: list[list[str]] = [[]]
    size = 0
    for key in sorted(entries, key=lambda key: (key[2:], key)):
        if size > _CHUNK_CHARACTERS:
            groups.append([])
            size = 0
        groups[-1].append(key)
        size += len(entries[key])
    chunks = [_compressed("\n".join(f"{key}\t{entries[key]}" for key in group)) for group in groups]
    spans, start = [], 0
    for chunk in chunks:
        spans.append((start, len(chunk)))
        start += len(chunk)
    header = {**facts, "spans": spans, "types": [",".join(group) for group in groups]}
    data = json.dumps(header, separators=(",", ":")).encode() + b"\n" + b"".join(chunks)
    DIRECTORY.mkdir(exist_ok=True)
    (DIRECTORY / f"{provider}.bin").write_bytes(data)
    return len(data)


def _compressed(text: str) -> bytes:
    return zlib.compress(text.encode(), 9)
