"""The ingest core: request bytes to checked events to encoded frames, on one core, 500 events of 400 bytes a request.

Beside it, in the same run and interleaved so that a slow moment of the machine hits all alike: the same job with the
`cloudevents` package parsing and writing each event, by both of its APIs (`cloudevents.v1.http.from_json`, which most
programs use, and `cloudevents.core`, which is twice as fast), and the irreducible work: msgspec decodes into structs,
encodes, zlib at level 1. Against `cloudevents.core` 12 times can't be had: the irreducible work itself is only about 11
times as fast.

    python bench/ingest_core.py [--check]
"""

from __future__ import annotations

import hashlib
import json
import random
import uuid
import warnings
import zlib
from collections.abc import Callable
from typing import Any

import measure
import msgspec
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from cloudevents.v1.http import from_json, to_json

from isthmus.adapters.memory import MemoryBroker
from isthmus.core import uuid7
from isthmus.core.ingest import Ingest
from isthmus.core.requests import BATCH, Request
from isthmus.core.routing import Dispatcher
from isthmus.core.senders import Sender, Senders

EVENTS = 500
EVENT_BYTES = 400
KEY = "bench"
PART = "ingest core"
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
        data = {
            "flight": number,
            "carrier": "UA",
            "origin": "EWR",
            "dest": "IAH",
            "tailnum": f"N{chance.randrange(99999)}",
        }
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
    request = Request({"content-type": BATCH, "idempotency-key": str(uuid7.new())}, body)
    decoder, encoder = msgspec.json.Decoder(list[Irreducible]), msgspec.json.Encoder()
    core = JSONFormat()
    singles = [msgspec.json.encode(event) for event in msgspec.json.decode(body)]

    def isthmus() -> object:
        packed = ingest.pack(request, sender)
        assert sum(frame.count for frame in packed.frames) == EVENTS
        return packed

    def job(parse: Callable[[bytes], Any], write: Callable[[Any], bytes]) -> bytes:
        """What isthmus does, with the batch split for nothing and none of isthmus's own checks."""
        return zlib.compress(b"".join(write(parse(single)) + b"\n" for single in singles), 1, 31)

    return {
        "isthmus": isthmus,
        "irreducible": lambda: zlib.compress(encoder.encode_lines(decoder.decode(body)), 1, 31),
        "package": lambda: job(from_json, to_json),
        "package parsing": lambda: [from_json(single) for single in singles],
        "package core": lambda: job(lambda single: core.read(CloudEvent, single), core.write),
    }


def run() -> list[measure.Figure]:
    """Measures, and returns the figures with their targets."""
    warnings.simplefilter("ignore", DeprecationWarning)
    seconds = measure.interleaved(contenders(batch()))
    rate = {name: EVENTS / value for name, value in seconds.items()}
    names = {
        "isthmus": "isthmus",
        "irreducible": "decode + encode + gzip, nothing else",
        "package": "cloudevents package, the same job",
        "package parsing": "cloudevents package, parsing alone",
        "package core": "cloudevents.core, the same job",
    }
    figures = [measure.Figure(PART, text, rate[name], "events/s") for name, text in names.items()]
    ratios = {name: rate["isthmus"] / rate[name] for name in names}
    return [
        *figures,
        measure.Figure(PART, "isthmus to the package", ratios["package"], "times", PACKAGE_TARGET),
        measure.Figure(PART, "isthmus to the package parsing alone", ratios["package parsing"], "times"),
        measure.Figure(PART, "isthmus to cloudevents.core", ratios["package core"], "times"),
        measure.Figure(PART, "isthmus to the irreducible work", ratios["irreducible"], "share", IRREDUCIBLE_TARGET),
    ]


if __name__ == "__main__":
    measure.main(__doc__, run)
