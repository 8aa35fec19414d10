"""Service level objectives, and how fast their error budgets burn.

A burn rate is the share of bad over the share that the objective allows: at 1 the budget lasts exactly as long as the
objective's window. An alert needs two windows that burn too fast (Google's SRE workbook, chapter 5: "Multiwindow,
Multi-Burn-Rate Alerts"): the long one tells what matters from a blip, the short one what goes on from what is over.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from isthmus.core import metrics
from isthmus.core.errors import ConfigurationError

MAX_WINDOW_MINUTES = 1440
"""A day: the most that an alarm on minutes looks back on CloudWatch (periods times evaluations) and an alert on a burn
rate on Cloud Monitoring (both docs, 2026-11)."""

Severity = Literal["page", "ticket"]


class Requests(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Good is a request that doesn't end in an error.

    Attributes:
        part: The part that answers.
    """

    part: Literal["ingest"]


class Minutes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Good is a minute in which no series of a gauge is above a figure; one without a figure is good.

    Attributes:
        metric: A gauge of `core.metrics`.
        above: What is too much, in the gauge's unit.
    """

    metric: str
    above: Annotated[float, msgspec.Meta(ge=0)]


class Objective(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is promised: a share of good requests, or of good minutes.

    Attributes:
        says: What is good, for people.
        objective: The share that must be good, below 1: of no budget nothing can burn.
        runbook: What to do when its budget burns.
        requests: What is counted, for a share of requests.
        minutes: What is looked at, for a share of minutes.
    """

    says: str
    objective: Annotated[float, msgspec.Meta(gt=0, lt=1)]
    runbook: str
    requests: Requests | None = None
    minutes: Minutes | None = None

    @property
    def allowed(self) -> float:
        """The share that may be bad."""
        return 1 - self.objective


class Alert(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When somebody is told.

    Attributes:
        burn_rate: Above this.
        long_minutes: Over this window.
        short_minutes: And still over this one.
        severity: `page` wakes somebody; `ticket` waits for the morning.
    """

    burn_rate: Annotated[float, msgspec.Meta(gt=0)]
    long_minutes: Annotated[int, msgspec.Meta(ge=1, le=MAX_WINDOW_MINUTES)]
    short_minutes: Annotated[int, msgspec.Meta(ge=1, le=MAX_WINDOW_MINUTES)]
    severity: Severity

    def budget_share(self, window_days: int) -> float:
        """The share of the budget that is gone when the long window has burnt at this rate."""
        return self.burn_rate * self.long_minutes / (window_days * 24 * 60)

    def fires(self, long_rate: float, short_rate: float) -> bool:
        """Whether both windows burn too fast."""
        return long_rate > self.burn_rate and short_rate > self.burn_rate


class Objectives(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The content of `terraform/slo.yaml`.

    Attributes:
        window_days: What an objective is held over.
        slos: The objectives by name.
        alerts: The alerts on each of them by name.
    """

    window_days: Annotated[int, msgspec.Meta(ge=1, le=30)]
    slos: dict[str, Objective]
    alerts: dict[str, Alert]


class Count(msgspec.Struct, frozen=True):
    """How much was bad, and of how much."""

    bad: float = 0
    total: float = 0

    def __add__(self, other: Count) -> Count:
        """Both together."""
        return Count(self.bad + other.bad, self.total + other.total)

    @property
    def attained(self) -> float:
        """The share that was good; all of nothing."""
        return 1 - self.bad / self.total if self.total else 1.0


def parse(content: Any, where: str) -> Objectives:
    """Reads the objectives from a decoded file.

    Raises:
        ConfigurationError: Something is wrong in it, which is told.
    """
    try:
        found = msgspec.convert(content, type=Objectives)
    except msgspec.ValidationError as error:
        raise ConfigurationError(f"the objectives can't be read: {error}", where=where) from None
    for problem in _problems(found):
        raise ConfigurationError(problem, where=where)
    return found


def _problems(found: Objectives) -> list[str]:
    problems = []
    for name, slo in found.slos.items():
        if (slo.requests is None) == (slo.minutes is None):
            problems.append(f"{name}: give either requests or minutes")
        elif slo.minutes and metrics.BY_NAME.get(slo.minutes.metric, metrics.NONE).kind != "gauge":
            problems.append(f"{name}: {slo.minutes.metric} is no gauge of docs/metrics.md")
    for name, alert in found.alerts.items():
        if alert.short_minutes >= alert.long_minutes:
            problems.append(f"{name}: short_minutes is {alert.short_minutes}; less than long_minutes")
        for slo_name, slo in found.slos.items():
            if alert.burn_rate * slo.allowed >= 1:
                problems.append(f"{name}: {slo_name} can't burn {alert.burn_rate} times as fast: all bad is less")
    return problems


def burn_rate(count: Count, objective: float) -> float:
    """How many times as fast as allowed the budget burns; 0 where nothing happened."""
    return count.bad / count.total / (1 - objective) if count.total else 0.0


def budget_left(count: Count, objective: float) -> float:
    """The share of the error budget that is left; negative when more is gone than there was."""
    return 1 - burn_rate(count, objective)


def bad_minutes(alert: Alert, objective: float, window_minutes: int) -> int:
    """The fewest bad minutes of a window that burn faster than the alert allows: M of CloudWatch's "M out of N"."""
    return math.floor(round(alert.burn_rate * (1 - objective) * window_minutes, 9)) + 1


def firing(alerts: Mapping[str, Alert], rates: Mapping[int, float]) -> list[str]:
    """The names of the alerts that fire.

    Args:
        alerts: By name.
        rates: The burn rate over each window, by its minutes.
    """
    return [name for name, one in alerts.items() if one.fires(rates[one.long_minutes], rates[one.short_minutes])]
