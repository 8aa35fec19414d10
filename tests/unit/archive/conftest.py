"""Two archives in memory, and events to keep in them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from isthmus.adapters.memory import MemoryBucket
from isthmus.core import frames, keeping, keys
from isthmus.core.events import check_batch

T0_MS = 1_764_000_000_000
"""2025-11-24T16:00:00Z."""

HOUR_MS = 3_600_000
Event = dict[str, Any]
Keep = Callable[..., list[str]]


def make_event(id_: object, **more: Any) -> Event:
    data = {"carrier": "UA", "number": 7, "delay": 2.5}
    return {
        "specversion": "1.0",
        "id": str(id_),
        "source": "/airline/UA",
        "type": "com.example.flight.departed",
        "data": data,
        **more,
    }


@pytest.fixture
def aws() -> MemoryBucket:
    return MemoryBucket("aws")


@pytest.fixture
def gcp() -> MemoryBucket:
    return MemoryBucket("gcp")


@pytest.fixture
def event() -> Callable[..., Event]:
    return make_event


@pytest.fixture
def keep() -> Keep:
    """Keeps events in buckets, as one request accepted at a time; returns the keys."""

    def keep_in(
        buckets: Sequence[MemoryBucket], events: list[Event], *, at_ms: int = T0_MS, seed: bytes = b"s"
    ) -> list[str]:
        checked, rejected = check_batch(json.dumps(events).encode())
        assert rejected == []
        packed, _ = frames.pack(checked, origin="aws", unix_ms=at_ms, seed=seed)
        for frame in packed:
            for bucket in buckets:
                keeping.keep(frame, bucket)
        return [keys.event_key(frame) for frame in packed]

    return keep_in
