"""Runs jobs when they are due, and keeps what each run did."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import msgspec

from isthmus.archive.balance import Rules
from isthmus.archive.repair import Order, fill
from isthmus.core.errors import ConfigurationError, IsthmusError
from isthmus.core.frames import Cloud
from isthmus.core.ports import Bucket
from isthmus.local.rundir import write_atomically
from isthmus.local.transfers.calls import Call, ScheduledCall
from isthmus.local.transfers.definitions import Job, TransferJob

RUNS_KEPT = 20
"""Runs of a job that are kept. Ours: what a person looks through."""


@dataclass(frozen=True)
class JobRun:
    """What a run of a job did; a call has no figures but its time.

    Attributes:
        started: Unix seconds.
        seconds: How long it took.
        copied: Objects written.
        copied_bytes: Their bytes.
        failures: Objects that were not copied.
        corrupt: Objects of the same key and other contents, which were left alone.
        called: Whether it called a function, and copied nothing.
        error: Why the run as a whole failed, or the first object's reason; "" when it went well.
    """

    started: float
    seconds: float
    copied: int = 0
    copied_bytes: int = 0
    failures: int = 0
    corrupt: int = 0
    called: bool = False
    error: str = ""


@dataclass
class History:
    """What is remembered of a job: when it was first seen, and its last runs, the latest one last."""

    seen: float
    runs: list[JobRun] = field(default_factory=list)

    @property
    def last(self) -> float | None:
        """When it ran last."""
        return self.runs[-1].started if self.runs else None


_histories = msgspec.json.Decoder(dict[str, History])


class JobRunner:
    """Follows the schedules of jobs.

    Args:
        buckets: Both archives, by cloud; called at the beginning of each transfer.
        call: Calls a function.
        file: Where the histories are kept.
        clock: Unix seconds.
    """

    def __init__(
        self, buckets: Callable[[], Mapping[Cloud, Bucket]], call: Call, file: Path, clock: Callable[[], float]
    ) -> None:
        self._buckets = buckets
        self._call = call
        self._file = file
        self._clock = clock
        self._running = threading.Lock()
        self._histories: dict[str, History] = {}
        # A file that is torn or of another version costs the histories and nothing else.
        with contextlib.suppress(FileNotFoundError, msgspec.DecodeError, UnicodeDecodeError):
            self._histories = _histories.decode(file.read_bytes())

    def history(self, job: Job) -> History:
        """What is remembered of a job; a new one is seen now."""
        if job.name not in self._histories:
            self._histories[job.name] = History(self._clock())
            self._save()
        return self._histories[job.name]

    def due(self, job: Job) -> float | None:
        """When a job runs next, Unix seconds; in the past when it is due; None for never."""
        if job.schedule is None:
            return None
        history = self.history(job)
        return job.schedule.after(history.seen if history.last is None else history.last, history.last)

    def tick(self, jobs: Sequence[Job]) -> list[JobRun]:
        """Runs what is due, one after another."""
        return [self.run(job) for job in jobs if (due := self.due(job)) is not None and due <= self._clock()]

    def run(self, job: Job) -> JobRun:
        """Runs a job now, whatever its schedule says; one at a time.

        Raises:
            ConfigurationError: when it can't be run here.
        """
        if job.problem:
            raise ConfigurationError(f"the job can't be run here: {job.problem}", where=job.address)
        with self._running:
            history = self.history(job)
            started = self._clock()
            try:
                done = self._work(job, started)
            except IsthmusError as error:
                done = JobRun(started, self._clock() - started, error=str(error))
            history.runs = [*history.runs, done][-RUNS_KEPT:]
            self._save()
        return done

    def _work(self, job: Job, started: float) -> JobRun:
        if isinstance(job, TransferJob):
            return self._copy(job, started)
        if not isinstance(job, ScheduledCall):
            raise ConfigurationError(f"a {type(job).__name__} can't be run", where=job.address)
        self._call(job)
        return JobRun(started, self._clock() - started, called=True)

    def _copy(self, job: TransferJob, started: float) -> JobRun:
        buckets = self._buckets()
        idle_ms = (started - job.idle_seconds) * 1000 if job.idle_seconds else 0.0
        rules = Rules(prefixes=job.prefixes, fresh=True, clock_ms=lambda: int(started * 1000))
        order = Order(rules, into=(job.target,), idle_ms=idle_ms)
        copies, before = fill(buckets["aws"], buckets["gcp"], order)
        return JobRun(
            started,
            self._clock() - started,
            copies.copied[job.target],
            copies.copied_bytes,
            copies.failures,
            before.corrupt,
            error=copies.failed[0] if copies.failed else "",
        )

    def _save(self) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        found = {name: asdict(history) for name, history in self._histories.items()}
        write_atomically(self._file, json.dumps(found, indent=1) + "\n")
