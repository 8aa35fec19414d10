"""What tracing costs when every trace is recorded: of the ingest's core, and of the whole path on two local clouds.

Both are of one run in which on and off take turns. On the whole path the producer decides, as it does in production: an
unsampled traceparent keeps every function from recording. There the core seconds of all processes are compared, which
other work on the machine disturbs less than the clock, and the order is on, off, off, on.

    python bench/tracing.py [--check]
"""

from __future__ import annotations

import hashlib
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import end_to_end
import ingest_core
import measure
from measure import Figure

from isthmus.adapters.memory import MemoryBroker
from isthmus.adapters.traces.messaging import sending
from isthmus.adapters.traces.store import SpanFiles
from isthmus.core import uuid7
from isthmus.core.ingest import Ingest
from isthmus.core.requests import BATCH, Request
from isthmus.core.routing import Dispatcher
from isthmus.core.senders import Sender, Senders
from isthmus.core.spans import Sampler, Tracer
from isthmus.core.trace import parse
from isthmus.local import lifecycle
from isthmus.local.rundir import RunDirectory
from isthmus.local.traces import tracer

PART = "tracing"
TARGET = 0.95
CALLS = 600
ORDER = (True, False, False, True, True, False, False, True)
CALLER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def run() -> list[Figure]:
    """Measures both."""
    return [*_core(), *_whole_path()]


def _core() -> list[Figure]:
    with tempfile.TemporaryDirectory() as scratch:
        recording = Tracer(SpanFiles(Path(scratch), {"service.name": "isthmus-ingest"}).add)
        seconds = _by_turns({"off": _request(Tracer()), "on": _request(recording)})
    rate = {name: ingest_core.EVENTS / value for name, value in seconds.items()}
    return [
        Figure(PART, "ingest core, off", rate["off"], "events/s"),
        Figure(PART, "ingest core, every trace recorded", rate["on"], "events/s"),
        Figure(PART, "ingest core, on to off", rate["on"] / rate["off"], "share", TARGET),
    ]


def _by_turns(contenders: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median core seconds of a call of each, one call of each by turns: two figures this close need it."""
    spent: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(CALLS):
        for name, call in contenders.items():
            began = time.thread_time()
            call()
            spent[name].append(time.thread_time() - began)
    return {name: statistics.median(values) for name, values in spent.items()}


def _request(tracer: Tracer) -> Callable[[], object]:
    """A request as the ingest handles it: its span, and one for each frame."""
    sender = Sender("bench", (hashlib.sha256(ingest_core.KEY.encode()).hexdigest(),))
    ingest = Ingest("aws", Senders([sender]), Dispatcher([MemoryBroker("aws")]))
    headers = {"content-type": BATCH, "idempotency-key": str(uuid7.new()), "traceparent": CALLER}
    request = Request(headers, ingest_core.batch())

    def serve() -> object:
        attributes = {"http.request.method": "POST", "http.route": "/v1/events", "faas.trigger": "http"}
        with tracer.begin("POST /v1/events", "server", parse(CALLER), attributes) as span:
            packed = ingest.pack(request, sender)
            for frame in packed.frames:
                sending("aws.sns", "isthmus-dev-events", frame).end()
            span.set(http__response__status_code=202)
        return packed

    return serve


def _whole_path() -> list[Figure]:
    with tempfile.TemporaryDirectory() as scratch:
        directory = RunDirectory(Path(scratch) / "run")
        lifecycle.up(directory)
        try:
            return _compared(directory)
        finally:
            lifecycle.down(directory, purge=True)


def _compared(directory: RunDirectory) -> list[Figure]:
    on = tracer(directory, "isthmus-publisher")
    off = Tracer(on.sink, Sampler(0.0))
    end_to_end.round_of(directory, 0, on)  # the functions start
    found: dict[bool, list[end_to_end.Round]] = {True: [], False: []}
    for number, traced in enumerate(ORDER, 1):
        found[traced].append(end_to_end.round_of(directory, number, on if traced else off))
    cores = {traced: statistics.mean(sum(r.core_seconds.values()) for r in rounds) for traced, rounds in found.items()}
    accepted = {traced: statistics.median(r.accepted for r in rounds) for traced, rounds in found.items()}
    spans = sum(file.read_bytes().count(b"\n") for file in directory.traces.glob("*.ndjson"))
    return [
        Figure(PART, "whole path, off, accepted", accepted[False], "events/s"),
        Figure(PART, "whole path, every trace recorded, accepted", accepted[True], "events/s"),
        Figure(PART, "whole path, core seconds of a round, off", cores[False], "s"),
        Figure(PART, "whole path, core seconds of a round, on", cores[True], "s"),
        Figure(PART, "whole path, events for the same work, on to off", cores[False] / cores[True], "share", TARGET),
        Figure(PART, "spans of a round", spans / (1 + ORDER.count(True)), "spans"),
    ]


if __name__ == "__main__":
    measure.main(__doc__, run)
