"""A trial: events are sent while faults are carried out, and then both archives must become whole.

The demo, the soak and the bench of the whole path are trials that differ in load and schedule.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from isthmus.core import keys
from isthmus.core.errors import IsthmusError, Unavailable
from isthmus.core.ports import Bucket
from isthmus.core.spans import Tracer
from isthmus.gamedays import checker
from isthmus.gamedays.carrying import FaultRunner, Target
from isthmus.gamedays.checker import Verdict
from isthmus.gamedays.record import Acknowledged, RecordWriter, identities
from isthmus.gamedays.schedule import Schedule
from isthmus.publisher import Publisher, PublisherConfig, RejectedEvent, Stats

CHUNK_SECONDS = 0.05
"""How finely a paced load is cut."""

POLL_SECONDS = 0.25
SAY_SECONDS = 5.0
"""How often it is told how far the archives are."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Trial:
    """What is tried.

    Attributes:
        events_per_second: Pace of the load; None for as fast as the publisher takes it.
        schedule: The faults.
        flush_seconds: How long the publisher may need for the last event after the faults.
        whole_seconds: How long the archives may need after that.
        prefix: Where the archives keep what is sent; they are compared below it alone.
    """

    schedule: Schedule = ()
    events_per_second: float | None = None
    flush_seconds: float = 60.0
    whole_seconds: float = 90.0
    prefix: str = keys.EVENTS


@dataclass(frozen=True)
class Outcome:
    """What came of a trial.

    Attributes:
        stats: The publisher's figures.
        verdict: The checker's.
        load_seconds: From the first event to the last acknowledgement.
        whole_seconds: From the first event until both archives were whole, or until patience ended.
    """

    stats: Stats
    verdict: Verdict
    load_seconds: float
    whole_seconds: float

    @property
    def passed(self) -> bool:
        """Whether every event sent was acknowledged and both archives hold each of them once."""
        return self.verdict.is_whole and self.stats.accepted == self.stats.sent and not self.stats.rejected


def run_trial(
    trial: Trial,
    lines: Iterable[bytes],
    config: PublisherConfig,
    record: Path,
    buckets: Sequence[Bucket],
    target: Target,
    say: Say = lambda _: None,
    tracer: Tracer | None = None,
) -> Outcome:
    """Runs a trial; whatever it broke is healed when it ends, however it ends.

    Args:
        trial: What is tried.
        lines: The events.
        config: The publisher's.
        record: The producer's record; what is there already counts, too.
        buckets: Both archives, past the faults.
        target: What the faults are carried out on.
        say: Told what happens.
        tracer: Records the publisher's spans.

    Raises:
        IsthmusError: when a fault could not be set, or events are left with the publisher.
    """
    began = time.monotonic()
    with RecordWriter(record) as writer, FaultRunner(trial.schedule, target, say) as faults:
        stats = _load(trial, lines, config, writer, faults, say, tracer)
    loaded = time.monotonic() - began
    say(f"{stats.accepted:,} events accepted in {loaded:.1f} s; waiting until both archives are whole")
    verdict = await_whole(record, buckets, trial.whole_seconds, say, prefix=trial.prefix)
    return Outcome(stats, verdict, loaded, time.monotonic() - began)


def _load(
    trial: Trial,
    lines: Iterable[bytes],
    config: PublisherConfig,
    writer: RecordWriter,
    faults: FaultRunner,
    say: Say,
    tracer: Tracer | None,
) -> Stats:
    def accepted(events: Sequence[bytes], seconds: float, endpoint: str) -> None:
        now = time.time_ns() // 1_000_000
        writer.add(Acknowledged(now, round(seconds * 1000, 1), endpoint, identities(events)))

    def rejected(events: Sequence[RejectedEvent]) -> None:
        say(f"{len(events)} events rejected: {events[0].reason}")

    with Publisher(config, on_accepted=accepted, on_rejected=rejected, tracer=tracer) as publisher:
        for chunk in _paced(lines, trial.events_per_second):
            publisher.send_many(chunk)
        faults.wait()
        whole = publisher.flush(trial.flush_seconds)
        stats = publisher.stats()
    if not whole:
        left = stats.sent - stats.accepted - stats.rejected
        raise IsthmusError(
            f"{left:,} events are still with the publisher {trial.flush_seconds:g} s after the faults",
            where=", ".join(f"{name}: {why}" for name, why in stats.out.items()),
            fix="see `isthmus logs`",
        )
    return stats


def _paced(lines: Iterable[bytes], events_per_second: float | None) -> Iterator[list[bytes]]:
    """Cuts a load into chunks, each given out when its time has come."""
    source = iter(lines)
    size = 2000 if events_per_second is None else max(1, round(events_per_second * CHUNK_SECONDS))
    began, given = time.monotonic(), 0
    while chunk := list(islice(source, size)):
        if events_per_second is not None:
            time.sleep(max(0.0, began + given / events_per_second - time.monotonic()))
        given += len(chunk)
        yield chunk


def await_whole(
    record: Path, buckets: Sequence[Bucket], seconds: float, say: Say = lambda _: None, *, prefix: str = keys.EVENTS
) -> Verdict:
    """Waits until both archives hold all that is in the record, and returns the checker's last verdict.

    The archives are read in full only once their listings agree. Now and then it is told how far they are.
    """
    began = told = time.monotonic()
    while True:
        late = time.monotonic() > began + seconds
        try:
            objects = checker.objects(buckets, prefix)
            if late or checker.agree(objects):
                verdict = checker.check(record, buckets, prefix)
                if verdict.is_whole or late:
                    return verdict
            if time.monotonic() - told >= SAY_SECONDS:
                told = time.monotonic()
                say("objects so far: " + ", ".join(f"{cloud} {len(found):,}" for cloud, found in objects.items()))
        except Unavailable:
            if late:
                raise
        time.sleep(POLL_SECONDS)
