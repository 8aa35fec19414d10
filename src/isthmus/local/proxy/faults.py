"""What can go wrong with a link, and how a set of such faults shapes one direction of its traffic."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal

from isthmus.core.errors import ConfigurationError

Kind = Literal["refuse", "hang", "delay", "reset", "throttle", "fail"]
Direction = Literal["both", "up", "down"]

KINDS: tuple[Kind, ...] = ("refuse", "hang", "delay", "reset", "throttle", "fail")
DIRECTIONS: tuple[Direction, ...] = ("both", "up", "down")
#: Mean of the random number of bytes after which `reset` (without a number) cuts a connection.
RANDOM_RESET_MEAN_BYTES = 64 * 1024

_EXAMPLES = (
    "refuse, hang, delay=200ms, delay=1.5s, reset, reset=64KiB, throttle=100KB/s, fail=1%; "
    "add :up or :down for one direction"
)
_NUMBER = re.compile(r"^(?P<number>\d+(?:\.\d+)?)\s*(?P<unit>[a-zA-Z/%]*)$")
_SECONDS = {"": 1.0, "s": 1.0, "ms": 0.001, "m": 60.0}
_SHARES = {"%": 0.01}
_BYTES = {"": 1.0, "b": 1.0, "kb": 1e3, "kib": 1024.0, "k": 1024.0, "mb": 1e6, "mib": 1024.0**2, "m": 1024.0**2}


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a link.

    Attributes:
        kind: `refuse` (connections are refused, open ones are reset), `hang` (nothing is forwarded, connections
            stay; what a client had sent that closes its own meanwhile is lost), `delay`, `reset` (a connection is
            cut in mid-stream), `throttle` or `fail` (a share of the requests cuts its connection instead of passing).
        value: Seconds for `delay`, bytes for `reset` (None = a random number for each connection), bytes a second
            for `throttle`, a share from 0 to 1 for `fail`, None for the others.
        direction: `up` is towards the target of the link, `down` is from it. `refuse` is always both.
    """

    kind: Kind
    value: float | None = None
    direction: Direction = "both"

    def __post_init__(self) -> None:
        if self.kind not in KINDS or self.direction not in DIRECTIONS:
            raise _unreadable(f"{self.kind}:{self.direction}")
        if self.kind == "throttle" and not self.value:
            raise _unreadable("throttle")
        if self.kind == "delay" and self.value is None:
            raise _unreadable("delay")
        if self.kind == "fail" and not 0 < (self.value or 0) <= 1:
            raise _unreadable("fail")

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Reads a fault as it is typed: `hang`, `delay=200ms`, `throttle=100KB/s:up`.

        Raises:
            ConfigurationError: The text is no fault; the message lists what is.
        """
        spec, _, direction = text.strip().partition(":")
        kind, _, value = spec.partition("=")
        if kind not in KINDS or (direction or "both") not in DIRECTIONS:
            raise _unreadable(text)
        if value and kind in ("refuse", "hang"):
            raise _unreadable(text)
        return cls(kind, _value(kind, value, text), direction or "both")  # type: ignore[arg-type]

    @classmethod
    def from_json(cls, fields: dict[str, Any]) -> Fault:
        """Reads what `to_json` wrote."""
        return cls(fields["kind"], fields.get("value"), fields.get("direction", "both"))

    def to_json(self) -> dict[str, Any]:
        """The fault as plain JSON values."""
        return asdict(self)

    def __str__(self) -> str:
        if self.kind == "fail":
            value = f"={(self.value or 0) * 100:g}%"
        else:
            value = "" if self.value is None else f"={self.value:g}"
        unit = {"delay": "s", "throttle": "B/s", "reset": "B"}.get(self.kind, "") if value else ""
        direction = "" if self.direction == "both" else f":{self.direction}"
        return f"{self.kind}{value}{unit}{direction}"


@dataclass(frozen=True)
class Shape:
    """How one direction of a link behaves under all its faults together."""

    hang: bool = False
    delay_seconds: float = 0.0
    resets: bool = False
    reset_bytes: int | None = None
    bytes_per_second: float | None = None
    fail_share: float = 0.0

    @property
    def plain(self) -> bool:
        """Whether data passes as if there were no proxy."""
        return self == PLAIN


PLAIN = Shape()


def refuses(faults: Iterable[Fault]) -> bool:
    """Whether the link refuses connections."""
    return any(fault.kind == "refuse" for fault in faults)


def shape(faults: Iterable[Fault], direction: Direction) -> Shape:
    """Combines faults for one direction: delays add up, the lowest rate, the first cut and the most failures win."""
    here = [fault for fault in faults if fault.direction in ("both", direction)]
    values = {kind: [fault.value for fault in here if fault.kind == kind] for kind in KINDS}
    cuts = [int(value) for value in values["reset"] if value is not None]
    rates = [value for value in values["throttle"] if value]
    return Shape(
        hang=bool(values["hang"]),
        delay_seconds=sum(value or 0.0 for value in values["delay"]),
        resets=bool(values["reset"]),
        reset_bytes=min(cuts) if cuts else None,
        bytes_per_second=min(rates) if rates else None,
        fail_share=max((value or 0.0 for value in values["fail"]), default=0.0) if direction == "up" else 0.0,
    )


def _value(kind: str, value: str, text: str) -> float | None:
    if not value:
        return None
    match = _NUMBER.match(value.strip())
    units = {"delay": _SECONDS, "fail": _SHARES}.get(kind, _BYTES)
    factor = units.get(match["unit"].lower().removesuffix("/s")) if match else None
    if match is None or factor is None:
        raise _unreadable(text)
    return float(match["number"]) * factor


def _unreadable(text: str) -> ConfigurationError:
    return ConfigurationError(f"“{text}” is not a fault", fix=f"use one of: {_EXAMPLES}")
