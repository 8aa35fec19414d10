"""The ledger: two listings of a million objects compared, checked and added up hour by hour, in seconds of one core.

Every key is looked at: that it is a frame's, that it is on both sides, that sizes and checksums are equal; and each
hour's digest is made. A key counts once, though it is read on both sides. The listings are in memory, as the SDKs give
them after parsing; a real listing takes far longer to arrive (1,000 objects a request). Memory is measured apart, over
ten million objects a side that are made while they are read.

    python bench/ledger.py [--check]
"""

from __future__ import annotations

import base64
import random
import resource
import subprocess
import sys
import time
from collections.abc import Iterator

from measure import Figure, main

from isthmus.archive.balance import Reckoning, Rules
from isthmus.core import keys, uuid7
from isthmus.core.frames import Cloud
from isthmus.core.ledger import Entry, chunks, findings
from isthmus.core.tally import Tally, without_strangers

PART = "ledger"
OBJECTS = 1_000_000
MANY = 10_000_000
HOUR_OBJECTS = 10_000
HOUR_MS = 3_600_000
T0_MS = 1_764_000_000_000
ROUNDS = 3
TARGET = 1_000_000.0
MISSING_EVERY = 1000
MOST_MIB = 100.0


def listing(objects: int) -> Iterator[Entry]:
    """Objects in the order of their keys, the same ones each time."""
    chance = random.Random(1)
    tails = [str(uuid7.from_parts(0, chance.randbytes(10)))[14:] + ".ndjson.gz" for _ in range(HOUR_OBJECTS)]
    checksums = [base64.b64encode(chance.randbytes(4)).decode() for _ in range(HOUR_OBJECTS)]
    for number in range(objects // HOUR_OBJECTS):
        day, hour = divmod(number, 24)
        date = f"{2000 + day // 28:04}-01-{day % 28 + 1:02}"
        folder = f"events/type=com.example.flight.departed/date={date}/hour={hour:02}/"
        for n, (tail, checksum) in enumerate(zip(tails, checksums, strict=True)):
            time_hex = f"{T0_MS + number * HOUR_MS + n * 300:012x}"
            yield Entry(f"{folder}{time_hex[:8]}-{time_hex[8:]}-{tail}", checksum, 30_000 + n, T0_MS, 400)


def compared(left: list[Entry], right: list[Entry]) -> float:
    """Seconds of a core for what `isthmus replication status` does with two listings."""
    began = time.process_time()
    tally: Tally | None = None
    hours = missing = 0
    for raw in chunks(left, right):
        chunk, _ = without_strangers(raw)
        if tally is None or tally.folder != chunk.folder:
            hours += bool(tally and tally.hour())
            tally = Tally(chunk.folder)
        found = findings(chunk)
        missing += len(found.only_left)
        tally.add(chunk, found)
    assert missing == len(left) - len(right)
    return time.process_time() - began


class Made:
    """An archive whose listing is made while it is read."""

    def __init__(self, cloud: Cloud, objects: int) -> None:
        self.cloud = cloud
        self._objects = objects

    def list(self, prefix: str = "", after: str = "") -> Iterator[Entry]:
        """The listing of events."""
        return listing(self._objects) if prefix == keys.EVENTS else iter(())


def memory_mib(objects: int) -> float:
    """The largest size of a process that draws up the balance of two archives of so many objects."""
    command = [sys.executable, __file__, "--memory", str(objects)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _measure_memory(objects: int) -> None:
    reckoning = Reckoning(Made("aws", objects), Made("gcp", objects), Rules())  # type: ignore[arg-type]
    for _ in reckoning.walk():
        pass
    assert reckoning.balance.is_whole
    assert reckoning.balance.totals()[0].objects == objects
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def run() -> list[Figure]:
    """Measures, and returns the figures with their targets."""
    # Before anything large is made here: a child begins with its parent's size.
    memory = memory_mib(MANY)
    left = list(listing(OBJECTS))
    gaps = [entry for number, entry in enumerate(left) if number % MISSING_EVERY]
    alike, differing = (min(compared(left, right) for _ in range(ROUNDS)) for right in (list(left), gaps))
    del left, gaps
    return [
        Figure(PART, "compare, both alike", OBJECTS / alike, "keys/s", TARGET),
        Figure(PART, "compare, one of a thousand missing", OBJECTS / differing, "keys/s", TARGET),
        Figure(PART, "memory of a whole process, 10 million objects a side", memory, "MiB", MOST_MIB, most=True),
    ]


if __name__ == "__main__":
    if sys.argv[1:2] == ["--memory"]:
        _measure_memory(int(sys.argv[2]))
    else:
        main(__doc__, run)
