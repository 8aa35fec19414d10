"""Messages of the clouds and of CI, read as alerts."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from isthmus.core import alerts
from isthmus.core.alerts import Alert
from isthmus.core.errors import PoisonedFrame

GOOGLE = {"billingAccountId": "000000-000000-000000", "budgetId": "b-1", "schemaVersion": "1.0"}
Read = Callable[..., bytes]


def one(body: bytes, **attributes: str) -> Alert:
    (alert,) = alerts.read(attributes, body)
    return alert


def test_a_notification_of_aws_budgets_is_read(message: Read) -> None:
    alert = one(message("aws-budget-actual.txt"))
    assert (alert.kind, alert.severity) == ("budget", "critical")
    assert alert.title == "isthmus-dev: AWS has cost $1,310.25 of $1,250.00 in November 2026"
    assert dict(alert.facts)["threshold"] == "$1,000.00"


def test_a_forecast_of_aws_budgets_is_another_alert_and_less_urgent(message: Read) -> None:
    forecast, actual = one(message("aws-budget-forecast.txt")), one(message("aws-budget-actual.txt"))
    assert forecast.severity == "warning"
    assert "is forecast to cost" in forecast.title
    assert forecast.key != actual.key


def test_the_next_month_is_told_anew_and_another_day_is_not(message: Read) -> None:
    body = message("aws-budget-actual.txt")
    again = one(body.replace(b"November 24", b"November 25"))
    later = one(body.replace(b"November 24", b"December 3"))
    assert again.key == one(body).key
    assert later.key != one(body).key


def test_google_says_both_thresholds_in_one_message(message: Read) -> None:
    spent, forecast = alerts.read(GOOGLE, message("google-budget.json"))
    assert dict(spent.facts)["threshold"] == "50% spent"
    assert dict(forecast.facts)["threshold"] == "100% forecast"
    assert spent.severity == forecast.severity == "warning"
    assert spent.link == "https://console.cloud.google.com/billing/000000-000000-000000/budgets"


def test_google_repeats_itself_with_another_cost_and_the_same_identity(message: Read) -> None:
    first, *_ = alerts.read(GOOGLE, message("google-budget.json"))
    again, *_ = alerts.read(GOOGLE, message("google-budget.json", costAmount=14.7))
    higher, *_ = alerts.read(GOOGLE, message("google-budget.json", costAmount=21, alertThresholdExceeded=0.8))
    december, *_ = alerts.read(GOOGLE, message("google-budget.json", costIntervalStart="2026-12-01T08:00:00Z"))
    assert first.key == again.key
    assert len({first.key, higher.key, december.key}) == 3


def test_google_below_every_threshold_says_nothing(message: Read) -> None:
    body = message("google-budget.json", alertThresholdExceeded=None, forecastThresholdExceeded=None)
    assert alerts.read(GOOGLE, body) == ()


@pytest.mark.parametrize(
    ("state", "severity"), [("ALARM", "critical"), ("OK", "info"), ("INSUFFICIENT_DATA", "warning")]
)
def test_an_alarm_of_cloudwatch_is_read(state: str, severity: str, message: Read) -> None:
    alert = one(message("cloudwatch-alarm.json", NewStateValue=state))
    assert (alert.kind, alert.severity) == ("alarm", severity)
    assert alert.title == f"isthmus-dev-archive-dead-letters: {state} (was OK)"
    assert "docs/runbooks/dead-letters.md" in alert.text


def test_an_incident_of_cloud_monitoring_is_read_when_it_opens_and_when_it_closes(message: Read) -> None:
    opened = one(message("google-incident.json"))
    incident = json.loads(message("google-incident.json"))["incident"] | {"state": "closed", "ended_at": 1795489500}
    closed = one(message("google-incident.json", incident=incident))
    assert (opened.severity, closed.severity) == ("critical", "info")
    assert opened.key != closed.key
    assert "dead-letters.md" in opened.text


def test_drift_is_told_once_a_day_while_it_stays_the_same(message: Read) -> None:
    """Whatever the commit, and in whichever order."""
    report: dict[str, Any] = json.loads(message("drift.json"))
    stack = report["stacks"][0]

    def drift(**changes: Any) -> tuple[Alert, ...]:
        return alerts.read({}, json.dumps(report | changes).encode())

    def of(*differences: Any, **more: Any) -> tuple[Alert, ...]:
        return drift(stacks=[stack | {"differences": list(differences), **more}])

    (first,) = drift()
    assert first.title == "prod: 2 things are not as the Terraform says"
    assert "platform/aws module.archive.aws_s3_bucket.archive: gone" in first.text
    assert of(*stack["differences"][::-1])[0].key == drift(commit="f" * 40)[0].key == first.key
    assert drift(at="2026-11-25T03:17:00+00:00")[0].key != first.key
    assert of(stack["differences"][0])[0].key != first.key
    assert of(*[{"address": f"r{i}", "kind": "gone"} for i in range(50)])[0].text.endswith("… and 30 more")
    assert of() == ()


def test_what_could_not_be_read_is_told_like_a_difference(message: Read) -> None:
    """Nobody should take silence for health."""
    target = {"environment": "dev", "stack": "platform/gcp"}
    problems = [{"level": "warning", "message": "old"}, {"level": "error", "message": "no credentials"}]
    stacks = [{"target": target, "differences": [], "problems": problems}]
    alert = one(message("drift.json", stacks=stacks))
    assert alert.title == "dev: 1 thing is not as the Terraform says"
    assert alert.text == "platform/gcp could not be read: no credentials"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "neither a notification"),
        (b"hello", "neither a notification"),
        (b"[]", "neither a notification"),
        (b"[" * 100_000, "neither a notification"),
        (b"{}", "no budget's, no alarm's"),
        (b"\xff\xfe", "not UTF-8"),
        (b"AWS Budget Notification November 24, 2026\n", "'Budget Name' is missing"),
        (b'{"AlarmName": "a"}', "'NewStateValue' is missing"),
        (b'{"incident": null}', "not whole"),
        (b'{"drift": true, "at": "yesterday", "stacks": []}', "Invalid isoformat"),
        (b'{"drift": true, "stacks": []}', "'at' is missing"),
        (b'{"budgetDisplayName": "b", "alertThresholdExceeded": "much"}', "could not convert"),
        (b'{"budgetDisplayName": "b", "alertThresholdExceeded": 0.5}', "'currencyCode' is missing"),
    ],
)
def test_what_cannot_be_read_says_why(body: bytes, said: str) -> None:
    with pytest.raises(PoisonedFrame, match=said):
        alerts.read({}, body)


def test_an_amount_that_is_no_number_is_poison(message: Read) -> None:
    body = message("aws-budget-actual.txt").replace(b"Budgeted Amount: $1,250.00", b"Budgeted Amount: plenty")
    with pytest.raises(PoisonedFrame, match="'plenty', which is no number"):
        alerts.read({}, body)
