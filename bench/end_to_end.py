"""The whole path on two local clouds: events accepted and stored in both archives, as fast as the publisher sends.

The first round finds functions that have yet to start, as after a deployment; it is told apart. The figures are the
median of the rounds after it. What limits them is printed with them: who used how much of the two cores.
"""

from __future__ import annotations

import collections
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import measure
import psutil
from measure import Figure

from isthmus.core import keys
from isthmus.core.spans import Tracer
from isthmus.gamedays.breaker import Breaker
from isthmus.gamedays.demo import publisher_config
from isthmus.gamedays.site import Site
from isthmus.gamedays.trial import Trial, run_trial
from isthmus.local import function_logs, lifecycle, process
from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory
from isthmus.samples import flights

EVENTS = 50_000
WARM_ROUNDS = 3
EVENTS_PER_REQUEST = 500
BROKERS = ("sns.Publish", "pubsub.Publish")
PART = "end to end"


@dataclass(frozen=True)
class Round:
    """What one round came to: events a second, calls to brokers, and the core seconds of each part."""

    accepted: float
    stored: float
    calls: int
    core_seconds: dict[str, float]


def run() -> list[Figure]:
    """Starts the clouds, sends the flights, and stops."""
    with tempfile.TemporaryDirectory() as scratch:
        directory = RunDirectory(Path(scratch) / "run")
        lifecycle.up(directory)
        try:
            return _measure(directory)
        finally:
            lifecycle.down(directory, purge=True)


def _measure(directory: RunDirectory) -> list[Figure]:
    cold, *warm = [round_of(directory, number) for number in range(1 + WARM_ROUNDS)]
    calls = statistics.median(found.calls for found in warm)
    return [
        Figure(PART, "accepted", statistics.median(found.accepted for found in warm), "events/s", 10_000),
        Figure(PART, "stored in both", statistics.median(found.stored for found in warm), "events/s", 10_000),
        Figure(PART, "stored in both, functions cold", cold.stored, "events/s"),
        Figure(PART, "events a broker call, against one message per event", 2 * EVENTS / max(calls, 1), "×", 50),
        *_limits(warm),
    ]


def _limits(rounds: list[Round]) -> list[Figure]:
    """The two cores are what limits it: who used them, for a round's events."""
    parts = sorted({part for found in rounds for part in found.core_seconds})
    used = {part: statistics.median(found.core_seconds.get(part, 0.0) for found in rounds) for part in parts}
    return [
        Figure(PART, f"core seconds of {part}", seconds, "s")
        for part, seconds in sorted(used.items(), key=lambda item: -item[1])
        if seconds >= 0.1
    ]


def round_of(directory: RunDirectory, number: int, tracer: Tracer | None = None) -> Round:
    """Sends the flights once and waits until both archives have them.

    Args:
        directory: A run that is up.
        number: Another one for each round: the flights are other events then.
        tracer: Records the publisher's spans.
    """
    endpoints = Endpoints.require(directory)
    config = replace(publisher_config(directory, endpoints), max_batch_events=EVENTS_PER_REQUEST)
    record, buckets = directory.root / "record.ndjson", archives(endpoints)
    calls, cores = _broker_calls(directory, endpoints), _core_seconds(directory)
    began_ms = time.time_ns() // 1_000_000
    outcome = run_trial(Trial(), _flights(number), config, record, buckets, Breaker(Site.of(directory)), tracer=tracer)
    assert outcome.verdict.is_whole, outcome.verdict
    stored_ms = max(entry.created_ms for bucket in buckets for entry in bucket.list(keys.EVENTS)) - began_ms
    return Round(
        EVENTS / outcome.load_seconds,
        EVENTS / stored_ms * 1000,
        _broker_calls(directory, endpoints) - calls,
        {part: spent - cores.get(part, 0.0) for part, spent in _core_seconds(directory).items()},
    )


def _flights(number: int) -> Iterator[bytes]:
    """The flights, in each round as other events."""
    return (line.replace(b'"id":"', b'"id":"%d-' % number, 1) for line in flights(limit=EVENTS))


def _broker_calls(directory: RunDirectory, endpoints: Endpoints) -> int:
    calls = function_logs.calls(directory, endpoints)
    return sum(calls.get(name, 0) for name in BROKERS)


def _core_seconds(directory: RunDirectory) -> dict[str, float]:
    spent = collections.Counter({"publisher and checker": _spent(psutil.Process())})
    for one in process.members(directory.root):
        spent[_part_of(one)] += _spent(one)
    return dict(spent)


def _part_of(one: psutil.Process) -> str:
    words = " ".join(one.cmdline())
    names = {
        "ministack-lambda": "Lambda functions",
        "-m isthmus.local.aws": "local AWS",
        "functions.gcp": "Cloud Run services",
    }
    names |= {"isthmus.local.google": "local Google Cloud", "isthmus.local.proxy": "proxies"}
    return next((name for sign, name in names.items() if sign in words), "others")


def _spent(one: psutil.Process) -> float:
    times = one.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    measure.main(__doc__, run)
