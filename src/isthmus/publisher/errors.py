"""What the publisher raises."""

from __future__ import annotations

from isthmus.core.errors import IsthmusError


class InvalidEvent(IsthmusError):
    """An event can't be sent at all: it isn't a JSON object, or can't be encoded as one."""


class BufferFull(IsthmusError):
    """The buffer stayed full for as long as `send` was allowed to wait."""


class Closed(IsthmusError):
    """The publisher is closed and takes no more events."""


class Undelivered(IsthmusError):
    """Events were neither answered by an ingest nor could be spooled; `on_rejected` has been given them."""


class SpoolFault(IsthmusError):
    """The spool can't be opened, read or written."""
