"""Circuit breaking: an endpoint that is out is left alone, probed, tried with one request, then used again."""

from __future__ import annotations

import random
from typing import Literal

State = Literal["closed", "open", "half-open"]


class Circuit:
    """The state of one endpoint.

    Closed: it is used. Open: it is left alone until a probe is answered. Half-open: one request may try it.

    Args:
        failures_to_open: Failures in a row that open it; a decisive one opens it at once.
        cool_down_seconds: The first wait before a probe; it doubles with each failure until `cap_seconds`.
        cap_seconds: The longest wait.
    """

    def __init__(self, failures_to_open: int, cool_down_seconds: float, cap_seconds: float) -> None:
        self._failures_to_open = failures_to_open
        self._first = cool_down_seconds
        self._cap = cap_seconds
        self._failures = 0
        self._openings = 0
        self.state: State = "closed"
        self.reason = ""

    def succeeded(self) -> None:
        """Notes a good answer."""
        self.state, self.reason = "closed", ""
        self._failures = self._openings = 0

    def failed(self, reason: str, *, decisive: bool) -> bool:
        """Notes a failure; True when this one opened it."""
        self._failures += 1
        if self.state == "open" or not (
            decisive or self.state == "half-open" or self._failures >= self._failures_to_open
        ):
            return False
        self.state, self.reason = "open", reason
        self._openings += 1
        return True

    def probed(self, answered: bool, reason: str = "") -> None:
        """Notes the outcome of a probe while open."""
        if self.state != "open":
            return
        if answered:
            self.state = "half-open"
        else:
            self._openings += 1
            self.reason = reason or self.reason

    def cool_down(self) -> float:
        """Seconds until the next probe: the doubled wait, between half and all of it at random."""
        wait = min(self._cap, self._first * 2.0 ** min(self._openings - 1, 16))
        return wait * random.uniform(0.5, 1.0)  # noqa: S311 - spreads probes, keeps no secret
