"""What a function does with one message, whichever cloud hands it over."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from isthmus.core import frames
from isthmus.core.frames import Frame

Handle = Callable[[Mapping[str, str], bytes], dict[str, Any]]
"""Takes attributes and body; returns facts for the log; PoisonedFrame buries it, Unavailable brings it back."""


def framed(handle: Callable[[Frame], dict[str, Any]]) -> Handle:
    """Makes a handler of messages from one of frames."""

    def read(attributes: Mapping[str, str], body: bytes) -> dict[str, Any]:
        frame = frames.parse(attributes, body)
        return {"frame": str(frame.id), "events": frame.count, **handle(frame)}

    return read
