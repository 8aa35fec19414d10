"""The ingest core: request bytes to checked events to encoded frames, on one core, 500 events of 400 bytes a request.

Beside it, in the same run and interleaved so that a slow moment of the machine hits all alike: the `cloudevents` package
parsing each event of the batch, and the irreducible work (msgspec decodes into structs, encodes, zlib at level 1).

    python bench/ingest_core.py [--check]
"""

from __future__ import annotations

import hashlib
import json
import random
import time
import uuid
import zlib
from collections.abc import Callable

import measure
import msgspec
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from isthmus.adapters.memory import MemoryBroker
from isthmus.core.ingest import Ingest
from isthmus.core.requests import BATCH, Request
from isthmus.core.routing import Dispatcher
from isthmus.core.senders import Sender, Senders

EVENTS = 500
EVENT_BYTES = 400
KEY = "bench"
PACKAGE_TARGET = 12.0
IRREDUCIBLE_TARGET = 0.60


class Irreducible(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """An event as the least that is checked at all: names and types of its attributes."""

    specversion: str
    id: str
    source: str
    type: str
    time: str | None = None
    datacontenttype: str | None = None
    subject: str | None = None
    dataschema: str | None = None
    data: msgspec.Raw = msgspec.Raw(b"")


def batch() -> bytes:
    """Makes a request's body: events as the sample flights are, of 400 bytes each."""
    chance = random.Random(1)
    events = []
    for number in range(EVENTS):
        data = {"flight": number, "carrier": "UA", "origin": "EWR", "dest": "IAH", "tailnum": f"N{chance.randrange(99999)}"}
        data |= {name: chance.randrange(2400) for name in ("dep_time", "arr_time", "sched_dep_time", "sched_arr_time")}
        event = {
            "specversion": "1.0",
            "id": str(uuid.UUID(int=chance.getrandbits(128))),
            "source": "/airlines/UA",
            "type": "com.example.flight.departed",
            "time": "2013-01-01T05:15:00-05:00",
            "datacontenttype": "application/json",
            "data": data,
        }
        room = EVENT_BYTES - len(json.dumps(event, separators=(",", ":"))) - len(',"pad":""')
        data["pad"] = "x" * max(room, 0)
        events.append(event)
    return json.dumps(events, separators=(",", ":")).encode()


def contenders(body: bytes) -> dict[str, Callable[[], object]]:
    """Returns what is measured, each handling one request."""
    sender = Sender("bench", (hashlib.sha256(KEY.encode()).hexdigest(),))
    ingest = Ingest("aws", Senders([sender]), Dispatcher([MemoryBroker("aws")]))
    request = Request({"content-type": BATCH, "idempotency-key": str(uuid7_now())}, body)
    decoder, encoder = msgspec.json.Decoder(list[Irreducible]), msgspec.json.Encoder()
    package = JSONFormat()
    singles = [msgspec.json.encode(event) for event in msgspec.json.decode(body)]

    def isthmus() -> object:
        packed = ingest.pack(request, sender)
        assert sum(frame.count for frame in packed.frames) == EVENTS
        return packed

    return {
        "isthmus": isthmus,
        "irreducible": lambda: zlib.compress(encoder.encode_lines(decoder.decode(body)), 1, 31),
        "cloudevents": lambda: [package.read(CloudEvent, single) for single in singles],
    }


def uuid7_now() -> uuid.UUID:
    """Returns an Idempotency-Key of now."""
    from isthmus.core import uuid7

    return uuid7.new(time.time_ns() // 1_000_000)


def run() -> list[measure.Figure]:
    """Measures, and returns the figures with their targets."""
    body = batch()
    seconds = measure.interleaved(contenders(body))
    rates = {name: EVENTS / value for name, value in seconds.items()}
    return [
        measure.Figure("ingest core", "isthmus", rates["isthmus"], "events/s"),
        measure.Figure("ingest core", "cloudevents package, parsing alone", rates["cloudevents"], "events/s"),
        measure.Figure("ingest core", "decode + encode + gzip, nothing else", rates["irreducible"], "events/s"),
        measure.Figure(
            "ingest core", "isthmus to the package", rates["isthmus"] / rates["cloudevents"], "times", PACKAGE_TARGET
        ),
        measure.Figure(
            "ingest core",
            "isthmus to the irreducible work",
            rates["isthmus"] / rates["irreducible"],
            "share",
            IRREDUCIBLE_TARGET,
        ),
    ]


if __name__ == "__main__":
    measure.main(__doc__, run)
