"""Runs a handler of your own, the same on both clouds: a frame is read, and its events are handed over."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from isthmus.core import frames
from isthmus.core.errors import ConfigurationError, IsthmusError, PoisonedFrame, Unavailable
from isthmus.core.frames import Frame
from isthmus.functions import handlers, log
from isthmus.functions.handlers import Event
from isthmus.functions.handling import Handle, framed

Own = Callable[[Sequence[Event]], None]
"""What a handler's module has by the name `handle`."""


def handle_of(name: str) -> Handle:
    """Makes a handler of messages from the one of that name.

    Raises:
        ConfigurationError: There is none, or it has no `handle`.
    """
    own = load(name)
    return framed(lambda frame: _handled(name, own, frame))


def load(name: str) -> Own:
    """Finds a handler.

    Raises:
        ConfigurationError: There is none, or it has no `handle`.
    """
    module = f"{handlers.__name__}.{name}"
    try:
        own = getattr(importlib.import_module(module), "handle", None)
    except ModuleNotFoundError as error:
        if error.name != module:
            raise
        raise ConfigurationError(f"there is no handler {name}", where=module, fix="see `isthmus new handler`") from None
    if not callable(own):
        raise ConfigurationError(f"the handler {name} has no function `handle`", where=module)
    return own  # type: ignore[no-any-return]


def events_of(frame: Frame) -> list[Event]:
    """The events of a frame, in their order.

    Raises:
        PoisonedFrame: One of its lines is no event.
    """
    try:
        return [_event(msgspec.json.decode(line)) for line in frames.lines(frame).splitlines()]
    except (msgspec.DecodeError, UnicodeDecodeError, KeyError, AttributeError) as error:
        raise PoisonedFrame(f"a line of the frame is no event: {type(error).__name__}") from None


def _event(read: dict[str, Any]) -> Event:
    data = read.get("data", read.get("data_base64"))
    attributes = {name: value for name, value in read.items() if name not in ("data", "data_base64")}
    return Event(
        id=read["id"],
        source=read["source"],
        type=read["type"],
        data=data,
        time=read.get("time", ""),
        subject=read.get("subject", ""),
        attributes=attributes,
    )


def _handled(name: str, own: Own, frame: Frame) -> dict[str, Any]:
    """Calls the handler; what it raises brings the frame back, unless it says itself that no try will help."""
    events = events_of(frame)
    try:
        own(events)
    except IsthmusError:
        raise
    except Exception as error:
        # The error's text may hold what was sent, so the line has its kind and place alone.
        place = traceback.extract_tb(error.__traceback__)[-1]
        log.write("handler failed", severity="ERROR", handler=name, frame=str(frame.id), reason=log.crash(error))
        raise Unavailable(f"the handler {name} raised {type(error).__name__} in line {place.lineno}") from error
    return {"handler": name}
