"""Telling people: each alert by each channel once, however often its message comes.

An alert is told before it is marked as told. A crash between the two tells it twice, which people forgive; the other
order would lose it.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from isthmus.core import alerts
from isthmus.core.alerts import Alert
from isthmus.core.errors import PoisonedFrame, Refused, Unavailable
from isthmus.core.ports import Bucket


class Channel(Protocol):
    """A way to people."""

    @property
    def name(self) -> str:
        """What the channel is called in logs and marks."""

    def tell(self, alert: Alert) -> None:
        """Returns when the other side has taken the alert; Unavailable to try again, Refused when that is useless."""


@dataclass(frozen=True)
class Teller:
    """Tells the alerts of messages.

    Attributes:
        channels: The ways to people.
        marks: Where it is kept what was told.
    """

    channels: Sequence[Channel]
    marks: Bucket
    _one: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def handle(self, attributes: Mapping[str, str], body: bytes) -> dict[str, Any]:
        """Tells what a message says; returns facts for the log.

        Every channel is tried, whatever became of the others. One message at a time: two copies of it at once would
        both find it untold.

        Raises:
            PoisonedFrame: The message can't be read, or a channel refuses it for good.
            Unavailable: A channel or the marks can't be reached; the next try tells only what was not told.
        """
        found = alerts.read(attributes, body)
        told, passing, refused = 0, None, None
        for alert, channel in itertools.product(found, self.channels):
            try:
                with self._one:
                    told += self._tell(alert, channel)
            except Unavailable as error:
                passing = passing or error
            except Refused as error:
                refused = refused or error
        if passing:
            raise passing
        if refused:
            raise PoisonedFrame(str(refused)) from refused
        return {"alerts": [alert.kind for alert in found], "told": told, "title": "; ".join(one.title for one in found)}

    def _tell(self, alert: Alert, channel: Channel) -> bool:
        key = f"{alert.key}/{channel.name}"
        if any(entry.key == key for entry in self.marks.list(key)):
            return False
        channel.tell(alert)
        self.marks.put_new(key, b"")
        return True
