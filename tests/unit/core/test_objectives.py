"""Error budgets, how fast they burn, and files that promise what can't be held."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core import objectives
from isthmus.core.errors import ConfigurationError
from isthmus.core.objectives import Alert, Count

SHARES = st.floats(0.5, 0.9999)
COUNTS = st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)).map(lambda pair: Count(min(pair), max(pair)))
GOOD: dict[str, Any] = {
    "window_days": 30,
    "slos": {
        "availability": {"says": "s", "objective": 0.999, "runbook": "r", "requests": {"part": "ingest"}},
        "latency": {
            "says": "s",
            "objective": 0.99,
            "runbook": "r",
            "minutes": {"metric": "isthmus.queue.oldest_age", "above": 60},
        },
    },
    "alerts": {"fast": {"burn_rate": 14.4, "long_minutes": 60, "short_minutes": 5, "severity": "page"}},
}


def test_the_workbooks_figures() -> None:
    """14.4 for an hour is 2% of 30 days' budget, 6 for six hours 5%, 3 for a day 10% (SRE workbook, table 5-6)."""
    alerts = [Alert(14.4, 60, 5, "page"), Alert(6, 360, 30, "page"), Alert(3, 1440, 120, "ticket")]
    assert [round(alert.budget_share(30), 4) for alert in alerts] == [0.02, 0.05, 0.1]


@given(COUNTS, SHARES)
def test_a_budget_that_burns_at_one_is_used_up_exactly(count: Count, objective: float) -> None:
    rate = objectives.burn_rate(count, objective)
    assert rate >= 0
    assert objectives.budget_left(count, objective) == pytest.approx(1 - rate)
    spent = Count(count.total * (1 - objective), count.total)
    assert objectives.burn_rate(spent, objective) == pytest.approx(1.0 if count.total else 0.0)


@given(COUNTS, COUNTS, SHARES)
def test_two_stretches_together_burn_no_faster_than_the_faster_one(one: Count, other: Count, objective: float) -> None:
    rates = [objectives.burn_rate(count, objective) for count in (one, other)]
    assert objectives.burn_rate(one + other, objective) <= max(rates) * (1 + 1e-9)


@given(COUNTS, SHARES)
def test_one_more_error_never_burns_slower(count: Count, objective: float) -> None:
    worse = Count(count.bad + 1, count.total + 1)
    assert objectives.burn_rate(worse, objective) >= objectives.burn_rate(count, objective)


@given(st.floats(1, 14.4), st.integers(1, 1440), st.floats(0.95, 0.9999))
def test_so_many_bad_minutes_are_too_many_and_one_fewer_are_not(rate: float, window: int, objective: float) -> None:
    """What CloudWatch counts and what the laptop divides agree on every window."""
    fewest = objectives.bad_minutes(Alert(rate, 1440, 5, "page"), objective, window)
    assert objectives.burn_rate(Count(fewest, window), objective) > rate
    assert objectives.burn_rate(Count(fewest - 1, window), objective) <= rate * (1 + 1e-6)


@pytest.mark.parametrize(
    ("long", "short", "fires"), [(20, 20, True), (20, 1, False), (1, 20, False), (14.4, 20, False)]
)
def test_an_alert_needs_both_windows(long: float, short: float, fires: bool) -> None:
    alert = Alert(14.4, 60, 5, "page")
    assert objectives.firing({"fast": alert}, {60: long, 5: short}) == (["fast"] if fires else [])


def test_a_good_file_is_read() -> None:
    found = objectives.parse(GOOD, "slo.yaml")
    assert found.slos["latency"].minutes
    assert found.slos["latency"].minutes.above == 60


def _with(path: str, value: Any) -> dict[str, Any]:
    def put(node: dict[str, Any], keys: list[str]) -> dict[str, Any]:
        head, *rest = keys
        return {**node, head: put(node.get(head, {}), rest) if rest else value}

    return put(GOOD, path.split("/"))


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("slos/latency/objective", 1, "objective"),
        ("slos/latency/objectiv", 0.9, "objectiv"),
        ("slos/latency/minutes/metric", "isthmus.requests", "no gauge"),
        ("slos/latency/minutes/metric", "isthmus.nothing", "no gauge"),
        ("slos/latency/requests", {"part": "ingest"}, "either"),
        ("alerts/fast/short_minutes", 60, "less than long_minutes"),
        ("alerts/fast/long_minutes", 4320, "long_minutes"),
        ("alerts/fast/burn_rate", 101, "all bad is less"),
        ("alerts/fast/severity", "loud", "severity"),
        ("window_days", 90, "window_days"),
    ],
)
def test_a_promise_that_can_not_be_held_is_refused(path: str, value: Any, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        objectives.parse(_with(path, value), "slo.yaml")
