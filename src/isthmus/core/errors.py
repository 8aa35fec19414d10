"""The error tree of Isthmus.

    IsthmusError
    ├── ConfigurationError        a setting is missing or wrong
    │   └── Several               more than one is, each told by itself
    ├── Unavailable               a broker, a bucket or an ingest can't be reached now; trying again may help
    │   └── Throttled             the other side said when to try again
    ├── Interrupted               somebody pressed Ctrl-C; it says what was done by then
    ├── PoisonedFrame             a message that no retry will make readable
    └── Refused                   a request that was understood and is not allowed

Every error says what was wrong, where, and what to do next.
"""

from __future__ import annotations

from collections.abc import Sequence


class IsthmusError(Exception):
    """Base of every error that Isthmus raises on purpose.

    Args:
        what: What was wrong, as a sentence without a full stop.
        where: The place: a file and line, a resource name, an endpoint.
        fix: What to do next, as a sentence.
    """

    def __init__(self, what: str, *, where: str = "", fix: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.fix = fix

    def __str__(self) -> str:
        parts = [self.what]
        if self.where:
            parts.append(f"at {self.where}")
        if self.fix:
            parts.append(f"({self.fix})")
        return " ".join(parts)


class ConfigurationError(IsthmusError):
    """A setting is missing or has a value that can't be used."""


class Several(ConfigurationError):
    """More than one thing is wrong in what was given; whoever tells it tells each.

    Args:
        errors: What is wrong, in the order of the places.
    """

    def __init__(self, errors: Sequence[IsthmusError]) -> None:
        super().__init__(f"{len(errors)} things are wrong")
        self.errors = tuple(errors)

    def __str__(self) -> str:
        return "\n".join(map(str, self.errors))


class Unavailable(IsthmusError):
    """A dependency can't be reached or answered with a passing fault; nothing is known to have happened."""


class Throttled(Unavailable):
    """A dependency asks for a wait before the next try.

    Args:
        what: As for every error.
        after_seconds: How long it asks to be left alone.
    """

    def __init__(self, what: str, *, after_seconds: float) -> None:
        super().__init__(what)
        self.after_seconds = after_seconds


class Interrupted(IsthmusError):
    """Somebody stopped it, and something was done by then, which `what` tells."""


class PoisonedFrame(IsthmusError):
    """A message that is not a readable frame; it belongs in the dead-letter queue with this reason."""


class Refused(IsthmusError):
    """The other side understood the request and refuses it; trying again won't help."""
