"""The ledger function on AWS: called by a schedule."""

from __future__ import annotations

from functools import cache

from isthmus.functions.ledger import Ledger
from isthmus.functions.settings import Settings


@cache
def _ledger() -> Ledger:
    return Ledger.of(Settings.from_environment())


def handler(event: object, context: object) -> dict[str, bool]:
    """Compares once. That an archive can't be listed is no error of the function: its alarm waits for the line."""
    return {"compared": _ledger().compare()}
