"""What is noted beside an object, the same on both clouds."""

from __future__ import annotations

from collections.abc import Mapping

EVENTS = "events"
"""The name of an object's metadata that says how many events are in it."""


def count(metadata: Mapping[str, str] | None) -> int:
    """Returns how many events an object's metadata says are in it; 0 when it says none that can be read."""
    text = (metadata or {}).get(EVENTS, "")
    return int(text[:9]) if text.isascii() and text.isdigit() else 0
