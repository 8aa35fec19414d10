"""Handlers of your own: a module each, with `def handle(events: Sequence[Event]) -> None`.

`isthmus new handler` writes one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Event:
    """A CloudEvent, as a handler gets it.

    Attributes:
        id: Its id, unique within its source.
        source: Who sent it.
        type: Its type; the same for all events of a call.
        data: Its data: JSON as Python values; text in base64 where the sender sent bytes; None where it has none.
        time: When it happened, RFC 3339; "" where it doesn't say.
        subject: What it is about; "" where it doesn't say.
        attributes: All attributes but the data, extensions too.
    """

    id: str
    source: str
    type: str
    data: Any = None
    time: str = ""
    subject: str = ""
    attributes: Mapping[str, Any] = field(default_factory=dict)
