"""A target that resets while the rest of a stream is held back must not spoil the healing of the link."""

from __future__ import annotations

import random
from typing import Any

from isthmus.local.proxy.faults import Shape
from isthmus.local.proxy.pump import Pump


class ResetSink:
    """A transport whose socket the other end has just reset."""

    def __init__(self) -> None:
        self.asked = False

    def is_closing(self) -> bool:
        """Not yet: the event loop hears of the reset later."""
        return False

    def write_eof(self) -> None:
        """What the system says then."""
        self.asked = True
        raise OSError(107, "Transport endpoint is not connected")


async def _end_held_back_then_heal(sink: Any) -> bool:
    ended: list[bool] = []
    pump = Pump(lambda: None, lambda: ended.append(True), lambda count: None, random.Random(1))
    pump.write_to(sink)
    pump.reshape(Shape(hang=True))
    pump.finish()
    assert not ended
    pump.reshape(Shape())
    return bool(ended)


def test_an_end_that_comes_too_late_is_no_error() -> None:
    """The pump is finished all the same."""
    import asyncio

    sink = ResetSink()
    assert asyncio.run(_end_held_back_then_heal(sink))
    assert sink.asked
