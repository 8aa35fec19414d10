"""What a function does with one message, whichever cloud hands it over."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from isthmus.core import frames, uuid7
from isthmus.core.frames import Frame

Handle = Callable[[Mapping[str, str], bytes], dict[str, Any]]
"""Takes attributes and body; returns facts for the log; PoisonedFrame buries it, Unavailable brings it back."""


def framed(handle: Callable[[Frame], dict[str, Any]]) -> Handle:
    """Makes a handler of messages from one of frames."""

    def read(attributes: Mapping[str, str], body: bytes) -> dict[str, Any]:
        frame = frames.parse(attributes, body)
        done = handle(frame)
        age_ms = max(0, time.time_ns() // 1_000_000 - uuid7.unix_ms(frame.id))
        return {"frame": str(frame.id), "events": frame.count, "origin": frame.origin, "age_ms": age_ms, **done}

    return read


def oldest(facts: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """Returns the greatest age of the handled frames by their origin, in milliseconds since they were accepted.

    At the archive of one cloud the age of what the other held first is the lag of the bridge; alarms read it.
    """
    ages: dict[str, int] = {}
    for fact in facts:
        if "age_ms" in fact:
            ages[fact["origin"]] = max(ages.get(fact["origin"], 0), fact["age_ms"])
    return ages
