"""A listing of a bucket: rows in the order of their names, folded at a delimiter, in pages."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Mapping

import msgspec

from isthmus.local.google.storage.common import Json, is_true
from isthmus.local.google.storage.errors import StorageError

_ROWS = "SELECT name, generation, meta FROM objects WHERE bucket = ? AND name >= ? AND (name, generation) > (?, ?)"
_LIVE_ONLY, _NOT_DELETED, _SOFT_DELETED = "live = 1", "live >= 0", "live = -1"
_MARKS = {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}


class Listing:
    """One listing: rows in the order of their names, from which whole prefixes are skipped."""

    def __init__(self, db: sqlite3.Connection, bucket: str, query: Mapping[str, str]) -> None:
        self._db, self._bucket = db, bucket
        self._prefix, self._delimiter = query.get("prefix", ""), query.get("delimiter", "")
        self._start, self._end = query.get("startOffset", ""), query.get("endOffset", "")
        self._globs = _glob(query.get("matchGlob", ""))
        self._trailing = is_true(query, "includeTrailingDelimiter")
        self._kind = _LIVE_ONLY
        if is_true(query, "softDeleted"):
            self._kind = _SOFT_DELETED
        elif is_true(query, "versions"):
            self._kind = _NOT_DELETED

    def page(self, after: tuple[str, int], limit: int) -> tuple[list[Json], list[str], tuple[str, int] | None]:
        """Objects, prefixes, and where the next page goes on, from behind a name and generation on."""
        items: list[Json] = []
        prefixes: list[str] = []
        place, last, behind = after, after, ""
        while True:
            batch = limit + 1 - len(items) - len(prefixes)
            rows = self._rows(place, batch)
            for name, generation, meta in rows:
                if name < behind:
                    # Folded already; asking anew for each prefix would read the rest of the page each time.
                    continue
                if len(items) + len(prefixes) >= limit:
                    return items, prefixes, last
                folded = self._folded(name)
                if folded:
                    prefixes.append(folded)
                    # Behind everything of that prefix.
                    behind = _behind(folded)
                    place = last = (behind, -1)
                    if self._trailing and name == folded:
                        items.append(dict(msgspec.json.decode(meta)))
                    continue
                items.append(dict(msgspec.json.decode(meta)))
                place = last = (name, generation)
            if len(rows) < batch:
                return items, prefixes, None

    def _rows(self, place: tuple[str, int], count: int) -> list[tuple[str, int, bytes]]:
        least = max(self._prefix, self._start, key=str.encode)
        sql = f"{_ROWS} AND {self._kind} ORDER BY name, generation LIMIT ?"
        rows = self._db.execute(sql, (self._bucket, least, *place, count)).fetchall()
        return [row for row in rows if self._wanted(row[0])]

    def _wanted(self, name: str) -> bool:
        before = not self._end or name.encode() < self._end.encode()
        return name.startswith(self._prefix) and before and self._globs(name)

    def _folded(self, name: str) -> str:
        if not self._delimiter:
            return ""
        head, separator, _ = name[len(self._prefix) :].partition(self._delimiter)
        return self._prefix + head + separator if separator else ""


def _behind(prefix: str) -> str:
    """The first text behind all that begin with a prefix."""
    last = ord(prefix[-1])
    following = 0xE000 if last == 0xD7FF else last + 1
    return prefix[:-1] + (chr(following) if last < 0x10FFFF else prefix[-1] * 2)


def _glob(pattern: str) -> Callable[[str], bool]:
    """Whether a name fits a glob of Cloud Storage: `*`, `**`, `?`, `[…]`, `{a,b}`."""
    if not pattern:
        return lambda name: True
    depth, parts = 0, []
    for mark in re.findall(r"\*\*|\[[^\]]+\]|.", pattern, re.DOTALL):
        depth += (mark == "{") - (mark == "}")
        if mark.startswith("[") and len(mark) > 1:
            inside = re.sub(r"([\\\[\]&~|])", r"\\\1", mark[1:-1])
            parts.append(f"[{'^' + inside[1:] if inside[0] in '!^' else inside}]")
        elif mark in _MARKS and (mark != "," or depth):
            parts.append(_MARKS[mark])
        else:
            parts.append(re.escape(mark))
    if depth:
        raise StorageError(400, f"Invalid glob: '{pattern}'.", "matchGlob")
    compiled = re.compile("".join(parts), re.DOTALL)
    return lambda name: compiled.fullmatch(name) is not None
