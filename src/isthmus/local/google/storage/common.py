"""What buckets and objects share: conditions, merging, times, checksums."""

from __future__ import annotations

import base64
import datetime
import hashlib
from collections.abc import Mapping
from typing import Any

import google_crc32c

from isthmus.local.google.storage.errors import StorageError, precondition_failed

Json = dict[str, Any]
NONCURRENT, LIVE, SOFT_DELETED = 0, 1, -1
"""What `objects.live` says of a generation."""

CONDITIONS = ("GenerationMatch", "GenerationNotMatch", "MetagenerationMatch", "MetagenerationNotMatch")

SCHEMA = """
CREATE TABLE IF NOT EXISTS buckets (name TEXT PRIMARY KEY, body BLOB NOT NULL, policy BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS objects (
  bucket TEXT NOT NULL, name TEXT NOT NULL, generation INTEGER NOT NULL, live INTEGER NOT NULL, meta BLOB NOT NULL,
  data BLOB NOT NULL,
  PRIMARY KEY (bucket, name, generation));
CREATE UNIQUE INDEX IF NOT EXISTS live_objects ON objects (bucket, name) WHERE live = 1;
CREATE TABLE IF NOT EXISTS uploads (
  id TEXT PRIMARY KEY, begun REAL NOT NULL, bucket TEXT NOT NULL, metadata BLOB NOT NULL, query BLOB NOT NULL,
  size INTEGER NOT NULL, result BLOB);
CREATE TABLE IF NOT EXISTS notifications (
  bucket TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (bucket, id));
CREATE TABLE IF NOT EXISTS outbox (
  number INTEGER PRIMARY KEY AUTOINCREMENT, topic TEXT NOT NULL, attributes BLOB NOT NULL, data BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS pieces (
  upload TEXT NOT NULL, start INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (upload, start)) WITHOUT ROWID;
"""


def check(
    conditions: Mapping[str, str], generation: int, metageneration: int, *, reading: bool = False, prefix: str = "if"
) -> None:
    """Raises unless every precondition among the parameters holds; 0 stands for "no such object".

    Args:
        conditions: The request's parameters.
        generation: The object's generation.
        metageneration: Its metageneration.
        reading: Whether "not match" that doesn't hold is 304, not 412.
        prefix: `if`, or `ifSource` for the source of a copy.
    """
    for kind in CONDITIONS:
        name = prefix + kind
        if name not in conditions:
            continue
        try:
            wanted = int(conditions[name])
        except ValueError:
            message = f"Invalid unsigned integer value: '{conditions[name]}'."
            raise StorageError(400, message, name) from None
        actual = metageneration if kind.startswith("Meta") else generation
        if (actual == wanted) == kind.endswith("NotMatch"):
            raise (
                StorageError(304, "not modified")
                if reading and kind.endswith("NotMatch")
                else precondition_failed(name)
            )


def is_true(query: Mapping[str, str], name: str) -> bool:
    """Whether a parameter is true, as the clients of any language write it."""
    return query.get(name, "").lower() == "true"


def merged(base: Json, changes: Json) -> Json:
    """A JSON merge patch, as both PATCH methods mean it: null removes, objects are merged, lists are replaced."""
    result = dict(base)
    for key, value in changes.items():
        if value is None:
            result.pop(key, None)
        elif isinstance(value, dict) and key != "lifecycle":
            here = result.get(key)
            result[key] = merged(here if isinstance(here, dict) else {}, value)
        else:
            result[key] = value
    return result


def checksums(data: bytes) -> dict[str, str]:
    """The checksums of an object as Cloud Storage prints them."""
    crc = base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode()
    return {"crc32c": crc, "md5Hash": base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()}


def verify(sent: Mapping[str, Any], sums: Mapping[str, str]) -> None:
    """Raises a 400 unless the checksums that the client sent, as far as it did, are those of the content."""
    for key in ("md5Hash", "crc32c"):
        if sent.get(key) and sent[key] != sums[key]:
            message = f'Provided {key} "{sent[key]}" doesn\'t match calculated {key} "{sums[key]}".'
            raise StorageError(400, message)


def timestamp(seconds: float) -> str:
    """A time since 1970 as Cloud Storage prints it."""
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def seconds_of(text: str) -> float:
    """The time of a text as Cloud Storage prints it, or of a date. 400 when it is neither."""
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError:
        raise StorageError(400, f"Invalid time: '{text}'.") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.UTC)).timestamp()
