"""Listing several archives at once, and which of them holds what."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from isthmus.archive.cache import Fetched, ObjectCache, Progress
from isthmus.core import keys
from isthmus.core.errors import Unavailable
from isthmus.core.frames import Cloud
from isthmus.core.ledger import Entry, same_content
from isthmus.core.ports import Bucket

Prefixes = Sequence[str]
Wanted = Callable[[str], bool]


@dataclass
class Survey:
    """What the archives that answered have.

    Attributes:
        held: For each key the clouds that hold it, each with its entry, in the order of the buckets given.
        read: The clouds that answered.
        out: Why a cloud did not answer.
        differing: Keys whose bytes can't be the same on both clouds.
    """

    held: dict[str, dict[Cloud, Entry]] = field(default_factory=dict)
    read: tuple[Cloud, ...] = ()
    out: dict[Cloud, str] = field(default_factory=dict)
    differing: list[str] = field(default_factory=list)


def survey(
    buckets: Sequence[Bucket], prefixes: Prefixes = (keys.EVENTS,), wanted: Wanted | None = None, since: str = ""
) -> Survey:
    """Lists the buckets side by side; goes on without those that are out.

    Args:
        buckets: One for each cloud.
        prefixes: What to list.
        wanted: Which keys to keep; all of ours without it.
        since: A day below each prefix, which is then a type's; what comes before it is not listed.

    Raises:
        Unavailable: when none answers.
    """
    found = Survey()
    with ThreadPoolExecutor(max(1, len(buckets)), "isthmus-list") as pool:
        for bucket, outcome in zip(
            buckets, pool.map(lambda b: _list(b, prefixes, wanted, since), buckets), strict=True
        ):
            if isinstance(outcome, Unavailable):
                found.out[bucket.cloud] = str(outcome)
                continue
            found.read += (bucket.cloud,)
            for entry in outcome:
                found.held.setdefault(entry.key, {})[bucket.cloud] = entry
    if buckets and not found.read:
        raise Unavailable(
            "no archive can be read: " + "; ".join(found.out.values()), fix="`isthmus status` says what is up"
        )
    found.differing = [key for key, entries in found.held.items() if not _alike(list(entries.values()))]
    return found


def _list(bucket: Bucket, prefixes: Prefixes, wanted: Wanted | None, since: str) -> list[Entry] | Unavailable:
    try:
        return [
            entry
            for prefix in prefixes
            for entry in bucket.list(prefix, after=f"{prefix}date={since}/" if since else "")
            if keys.place(entry.key) and (wanted is None or wanted(entry.key))
        ]
    except Unavailable as error:
        return error


def _alike(entries: list[Entry]) -> bool:
    return all(same_content(entries[0], other) for other in entries[1:])


@dataclass
class Gathered:
    """Local files of a survey's objects.

    Attributes:
        paths: Local file by key.
        problems: What could not be used or was read from the other cloud instead, as sentences.
        downloaded: Objects that were not in the cache.
    """

    paths: dict[str, Path] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    downloaded: int = 0


def gather(found: Survey, buckets: Sequence[Bucket], cache: ObjectCache, progress: Progress | None = None) -> Gathered:
    """Brings each object of a survey here once: from the cache, else from the first cloud that gives it whole."""
    by_cloud = {bucket.cloud: bucket for bucket in buckets}
    gathered = Gathered()
    pending = {key: _choices(by_cloud, entries, cache) for key, entries in found.held.items()}
    while pending:
        plan: dict[Cloud, list[Entry]] = {}
        for choices in pending.values():
            plan.setdefault(choices[0][0], []).append(choices[0][1])
        for cloud, entries in plan.items():
            fetched = cache.fetch(by_cloud[cloud], entries, progress=progress)
            _settle(fetched, pending, gathered)
    return gathered


def _choices(
    by_cloud: dict[Cloud, Bucket], entries: dict[Cloud, Entry], cache: ObjectCache
) -> list[tuple[Cloud, Entry]]:
    return sorted(entries.items(), key=lambda item: not cache.has(by_cloud[item[0]], item[1]))


def _settle(fetched: Fetched, pending: dict[str, list[tuple[Cloud, Entry]]], gathered: Gathered) -> None:
    gathered.downloaded += fetched.downloaded
    for key, path in fetched.paths.items():
        gathered.paths[key] = path
        del pending[key]
    for key, why in (fetched.corrupt | fetched.unavailable).items():
        gathered.problems.append(why)
        pending[key].pop(0)
        if not pending[key]:
            del pending[key]
