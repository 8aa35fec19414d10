"""The whole path on two local clouds: events accepted and stored in both archives, as fast as the publisher sends.

A first round of other events warms the functions up. What limits it is the two cores that everything shares: the
publisher, the proxies, both ingests, both archives and both bridges.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import measure
from measure import Figure

from isthmus.core import keys
from isthmus.gamedays.demo import publisher_config
from isthmus.gamedays.soak import events
from isthmus.gamedays.trial import Trial, run_trial
from isthmus.local import function_logs, lifecycle
from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints
from isthmus.local.outages import Outages
from isthmus.local.rundir import RunDirectory
from isthmus.samples import flights

EVENTS = 50_000
WARM_UP_EVENTS = 20_000
EVENTS_PER_REQUEST = 500
BROKERS = ("sns.Publish", "pubsub.Publish")


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
    endpoints = Endpoints.require(directory)
    config = replace(publisher_config(directory, endpoints), max_batch_events=EVENTS_PER_REQUEST)
    record, buckets, outages = directory.root / "record.ndjson", archives(endpoints), Outages(directory)
    run_trial(Trial(), events(1, WARM_UP_EVENTS), config, record, buckets, outages)
    before = function_logs.calls(directory, endpoints)
    began_ms = time.time_ns() // 1_000_000
    outcome = run_trial(Trial(), flights(limit=EVENTS), config, record, buckets, outages)
    after = function_logs.calls(directory, endpoints)
    calls = sum(after.get(name, 0) - before.get(name, 0) for name in BROKERS)
    assert outcome.verdict.is_whole, outcome.verdict
    stored_ms = max(entry.created_ms for bucket in buckets for entry in bucket.list(keys.EVENTS)) - began_ms
    saved = 2 * EVENTS / max(calls, 1)
    part = "end to end"
    return [
        Figure(part, "accepted", EVENTS / outcome.load_seconds, "events/s", 10_000),
        Figure(part, "stored in both archives", EVENTS / stored_ms * 1000, "events/s", 10_000),
        Figure(part, "events a broker call, against one message per event", saved, "×", 50),
    ]


if __name__ == "__main__":
    measure.main(__doc__, run)
