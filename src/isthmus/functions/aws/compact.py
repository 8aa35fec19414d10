"""The compaction function on AWS: called by a schedule."""

from __future__ import annotations

from functools import cache

from isthmus.functions.compact import Compactor
from isthmus.functions.settings import Settings


@cache
def _compactor() -> Compactor:
    return Compactor.of(Settings.from_environment())


def handler(event: object, context: object) -> dict[str, bool]:
    """Compacts once. What could not be compacted is no error of the function: its alarm waits for the line."""
    return {"compacted": _compactor().run()}
