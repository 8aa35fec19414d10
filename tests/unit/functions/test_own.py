"""Handlers of your own: the same frame, the same call on both clouds, and what becomes of it."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import pytest

from isthmus.core import frames
from isthmus.core.errors import ConfigurationError, PoisonedFrame, Unavailable
from isthmus.core.events import Checked
from isthmus.functions import handlers, own
from isthmus.functions.handlers import Event


@pytest.fixture
def handler() -> Iterator[Callable[[Any], None]]:
    """Puts a module with this `handle` where handlers are, by the name `tried`."""
    name = f"{handlers.__name__}.tried"

    def install(handle: Any) -> None:
        module = types.ModuleType(name)
        module.handle = handle  # type: ignore[attr-defined]
        sys.modules[name] = module

    yield install
    sys.modules.pop(name, None)


def message(*events: dict[str, Any]) -> tuple[dict[str, str], bytes]:
    """Attributes and body of a frame, as a broker of text hands it over."""
    checked = [Checked(at, event["source"], event["id"], event["type"], event) for at, event in enumerate(events)]
    (frame,), _ = frames.pack(checked, origin="aws", unix_ms=1_700_000_000_000, seed=b"seed")
    return frames.attributes(frame, text=True), frames.body_text(frame).encode()


def event(number: int, **more: Any) -> dict[str, Any]:
    return {"specversion": "1.0", "id": str(number), "source": "/shop", "type": "com.example.order", **more}


def test_it_gets_every_event_of_the_frame_with_all_it_has(handler: Callable[[Any], None]) -> None:
    got: list[Event] = []
    handler(got.extend)
    sent = [
        event(1, data={"total": 7}, subject="a", time="2026-01-01T00:00:00Z", shop="x"),
        event(2, data_base64="AA=="),
    ]
    facts = own.handle_of("tried")(*message(*sent))
    assert (facts["handler"], facts["events"]) == ("tried", 2)
    first, second = got
    assert (first.id, first.data, first.subject, first.time) == ("1", {"total": 7}, "a", "2026-01-01T00:00:00Z")
    assert (first.attributes["shop"], second.data, second.subject) == ("x", "AA==", "")


def test_what_it_raises_brings_the_frame_back_and_tells_nothing_of_what_was_sent(
    handler: Callable[[Any], None], capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(events: Sequence[Event]) -> None:
        raise ValueError(f"secret {events[0].data}")

    handler(fail)
    with pytest.raises(Unavailable, match="the handler tried raised ValueError in line"):
        own.handle_of("tried")(*message(event(1, data="card 4711")))
    said = capsys.readouterr().out
    assert "ValueError" in said and "4711" not in said


def test_a_frame_that_it_calls_poisoned_is_buried(handler: Callable[[Any], None]) -> None:
    def refuse(events: Sequence[Event]) -> None:
        raise PoisonedFrame("no shop has this number")

    handler(refuse)
    with pytest.raises(PoisonedFrame, match="no shop"):
        own.handle_of("tried")(*message(event(1)))


def test_a_frame_whose_line_is_no_event_is_poisoned(handler: Callable[[Any], None]) -> None:
    handler(lambda events: None)
    attributes, _ = message(event(1))
    for body in (b"[1]", b"not json", b'{"id": "1"}'):
        with pytest.raises(PoisonedFrame, match="no event"):
            own.handle_of("tried")(attributes | {"encoding": "identity"}, body)


def test_a_handler_that_is_not_there_or_is_none_is_told(handler: Callable[[Any], None]) -> None:
    with pytest.raises(ConfigurationError, match="there is no handler missing"):
        own.load("missing")
    handler(7)
    with pytest.raises(ConfigurationError, match="has no function `handle`"):
        own.load("tried")
