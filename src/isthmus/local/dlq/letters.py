"""A dead letter, read as far as it can be read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from isthmus.core import frames
from isthmus.core.errors import PoisonedFrame

#: What was added to a message when it died; redriving takes it off again.
ADDED = ("reason", "failed_at")
_ADDED_PREFIX = "CloudPubSubDeadLetterSource"
EVENTS_SHOWN = 3
TEXT_SHOWN_CHARS = 200
COUNT_SHOWN_CHARS = 12
STATUS = "see `isthmus status`; a letter that was taken out comes back within a minute"
NO_REASON = "its consumer failed on it too often"


@dataclass(frozen=True)
class Letter:
    """One message in a dead-letter queue.

    Attributes:
        handle: What the broker calls this delivery of it.
        message_id: What the broker calls the message.
        attributes: All its attributes.
        body: Its body as the consumer got it.
    """

    cloud: str
    consumer: str
    handle: str = field(repr=False)
    message_id: str
    attributes: Mapping[str, str]
    body: bytes = field(repr=False)

    @property
    def frame(self) -> str:
        """The frame's id; the message's where it has none."""
        return self.attributes.get("frame") or self.message_id

    @property
    def original_attributes(self) -> dict[str, str]:
        """The attributes as they were before it died."""
        return {
            name: value
            for name, value in self.attributes.items()
            if name not in ADDED and not name.startswith(_ADDED_PREFIX)
        }

    def describe(self) -> dict[str, Any]:
        """What `dlq show` prints, as JSON values."""
        events, unreadable = self._events()
        shown = {
            "cloud": self.cloud,
            "queue": self.consumer,
            "frame": self.frame,
            "type": self.attributes.get("type", "")[:TEXT_SHOWN_CHARS],
            "count": self.attributes.get("count", "")[:COUNT_SHOWN_CHARS],
            "reason": self.attributes.get("reason") or unreadable or NO_REASON,
            "failed_at": self.attributes.get("failed_at", ""),
            "first_events": events,
        }
        return shown if not unreadable else {**shown, "body": self.body[:TEXT_SHOWN_CHARS].decode(errors="replace")}

    def _events(self) -> tuple[list[Any], str]:
        try:
            frame = frames.parse(self.original_attributes, self.body)
            lines = frames.lines(frame).splitlines()[:EVENTS_SHOWN]
            return [json.loads(line) for line in lines], ""
        except PoisonedFrame as error:
            return [], error.what
        except ValueError as error:
            return [], f"an event is not JSON: {error}"
