"""When a job runs."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core.errors import ConfigurationError
from isthmus.local.transfers.schedules import Every, Schedule, expression, repeated, seconds_of


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def runs(schedule: Schedule, since: str, count: int) -> list[str]:
    found: list[str] = []
    moment, last = at(since), None
    for _ in range(count):
        last = schedule.after(moment, last)
        assert last is not None
        moment = last
        found.append(datetime.fromtimestamp(last, UTC).strftime("%Y-%m-%dT%H:%M:%S"))
    return found


START = {"schedule_start_date": [{"year": 2026, "month": 1, "day": 1}]}


def test_a_transfer_job_runs_at_once_and_then_by_its_interval_from_midnight() -> None:
    schedule = repeated({**START, "repeat_interval": "21600s"})
    assert runs(schedule, "2026-03-04T05:06:07", 3) == [
        "2026-03-04T05:06:07",
        "2026-03-04T06:00:00",
        "2026-03-04T12:00:00",
    ]


def test_a_transfer_job_waits_for_its_day_and_its_time_and_ends() -> None:
    fields = {**START, "start_time_of_day": [{"hours": 3, "minutes": 4, "seconds": 0, "nanos": 0}]}
    assert runs(repeated(fields), "2025-12-24T00:00:00", 2) == ["2026-01-01T03:04:00", "2026-01-02T03:04:00"]
    ended = repeated({**fields, "schedule_end_date": [{"year": 2026, "month": 1, "day": 2}]})
    assert ended.after(at("2026-01-02T03:04:00"), at("2026-01-02T03:04:00")) is None
    assert ended.after(at("2026-02-01T00:00:00"), None) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rate(1 hour)", ["2026-02-27T11:30:00", "2026-02-27T12:30:00"]),
        ("rate(2 days)", ["2026-03-01T10:30:00", "2026-03-03T10:30:00"]),
        ("cron(0 3 * * ? *)", ["2026-02-28T03:00:00", "2026-03-01T03:00:00"]),
        ("cron(15,45 */6 ? * MON-FRI *)", ["2026-02-27T12:15:00", "2026-02-27T12:45:00"]),
        ("cron(0 0 29 2 ? *)", ["2028-02-29T00:00:00"]),
        ("cron(0/20 23 ? JAN SUN 2027)", ["2027-01-03T23:00:00", "2027-01-03T23:20:00", "2027-01-03T23:40:00"]),
        ("cron(0 12 1 * ? *)", ["2026-03-01T12:00:00", "2026-04-01T12:00:00"]),
    ],
)
def test_an_expression_of_aws_names_its_times(text: str, expected: list[str]) -> None:
    assert runs(expression(text), "2026-02-27T10:30:00", len(expected)) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "daily",
        "rate(1 days)",
        "rate(2 hour)",
        "rate(0 hours)",
        "rate(1 week)",
        "cron(0 3 * * *)",
        "cron(0 3 * * * *)",
        "cron(0 3 ? * ? *)",
        "cron(60 3 * * ? *)",
        "cron(0 3 L * ? *)",
        "cron(0 3 ? * 2#1 *)",
        "cron(0 9-5 * * ? *)",
        "cron(*/0 3 * * ? *)",
        "cron(0 3 * FOO ? *)",
    ],
)
def test_what_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="no schedule that can be followed"):
        expression(text)


def test_a_schedule_that_has_passed_names_nothing() -> None:
    assert expression("cron(0 3 * * ? 2020)").after(at("2026-01-01T00:00:00"), None) is None


@pytest.mark.parametrize("text", ["1h", "-1s", "0s", "s"])
def test_what_is_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="no length of time"):
        seconds_of(text)


@given(st.floats(60, 1e6), st.floats(0, 1e9), st.floats(0, 1e9))
def test_the_next_run_is_behind_now_and_within_an_interval(interval: float, begin: float, now: float) -> None:
    found = Every(interval, begin).after(now, now)
    assert found is not None
    assert found > now or found == pytest.approx(now)
    assert found <= max(now, begin) + interval * (1 + 1e-6) + 1e-6


def test_a_job_without_a_first_day_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="day on which it starts"):
        repeated({"repeat_interval": "3600s"})
