"""The balance of the last hours alone: what a function can draw up again and again, however much the archives hold.

Keys begin with the type, then comes the hour. So the types are found by leaps, a request for each, and of each type
the listing begins at the window's first hour.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain

from isthmus.archive.balance import PREFIXES, Balance, Progress, Rules, reckon
from isthmus.core.ports import Bucket


def recent(
    left: Bucket, right: Bucket, hours: int, rules: Rules | None = None, *, progress: Progress | None = None
) -> Balance:
    """Draws up the balance of the frames that were accepted in the last hours, the hour that is begun not counted.

    Args:
        left: By custom the archive on AWS.
        right: By custom the one on Google Cloud.
        hours: How many.
        rules: How; its prefixes are those below which types are looked for.
        progress: Is told how many objects were compared; 0 after each type that was found.

    Raises:
        Unavailable: when either can't be listed: what it has is not known then.
    """
    rules = rules or Rules()
    begin = datetime.fromtimestamp(rules.clock_ms() / 1000, UTC) - timedelta(hours=hours)
    folders = type_folders((left, right), rules.prefixes, progress)
    window = replace(rules, prefixes=folders, fresh=True, since=f"{begin:date=%Y-%m-%d/hour=%H/}")
    return reckon(left, right, window, progress=progress)


def type_folders(
    buckets: Sequence[Bucket], prefixes: Sequence[str] = PREFIXES, progress: Progress | None = None
) -> list[str]:
    """The types that any of the buckets has: what their keys begin with, in order.

    Raises:
        Unavailable: when a bucket can't be listed.
    """
    found = set()
    for folder in chain.from_iterable(_leaps(bucket, prefix) for bucket in buckets for prefix in prefixes):
        found.add(folder)
        if progress:
            progress(0)
    return sorted(found)


def _leaps(bucket: Bucket, prefix: str) -> Iterator[str]:
    after = ""
    while (entry := next(bucket.list(prefix, after=after), None)) is not None:
        folder, slash, _ = entry.key[len(prefix) :].partition("/")
        # An object that lies beside the types is no frame's.
        if slash:
            yield f"{prefix}{folder}/"
        # "0" is the character behind "/".
        after = f"{prefix}{folder}0" if slash else entry.key
