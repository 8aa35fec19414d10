"""Calls by a schedule: what states say of them, when they are due, and what a failed one leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from isthmus.core.errors import ConfigurationError, Unavailable
from isthmus.local.transfers.calls import ScheduledCall, calls_of
from isthmus.local.transfers.runner import JobRunner
from isthmus.local.transfers.schedules import unix_cron

ARN = "arn:aws:lambda:us-east-1:000000000000:function:isthmus-dev-ledger"
EVENTBRIDGE = {
    "name": "isthmus-dev-ledger",
    "schedule_expression": "rate(15 minutes)",
    "state": "ENABLED",
    "target": [{"arn": ARN}],
}
CLOUD_SCHEDULER = {
    "name": "isthmus-dev-ledger",
    "schedule": "*/15 * * * *",
    "attempt_deadline": "120s",
    "http_target": [
        {
            "uri": "http://127.0.0.1:1/run",
            "oidc_token": [{"audience": "isthmus-dev-ledger", "service_account_email": "s@p.iam.gserviceaccount.com"}],
        }
    ],
}
TYPES = {"aws_scheduler_schedule": EVENTBRIDGE, "google_cloud_scheduler_job": CLOUD_SCHEDULER}


def state(kind: str, **other: Any) -> dict[str, Any]:
    """A state that has one schedule of a kind, with these attributes instead."""
    instance = {"attributes": {**TYPES[kind], **other}}
    resource = {"mode": "managed", "type": kind, "name": "this", "module": "module.ledger[0]", "instances": [instance]}
    return {"resources": [resource]}


def test_a_schedule_of_each_cloud_is_read() -> None:
    (aws,) = calls_of(state("aws_scheduler_schedule"))
    (gcp,) = calls_of(state("google_cloud_scheduler_job"))
    assert (aws.target, aws.to, aws.problem) == ("aws", ARN, "")
    assert (gcp.target, gcp.to, gcp.problem) == ("gcp", "http://127.0.0.1:1/run", "")
    assert (gcp.audience, gcp.account, gcp.limit_seconds) == ("isthmus-dev-ledger", "s@p.iam.gserviceaccount.com", 120)
    assert aws.schedule and gcp.schedule
    assert aws.schedule.after(1000, None) == 1900
    assert gcp.schedule.after(1000, None) == 1800


@pytest.mark.parametrize(
    ("kind", "other", "why"),
    [
        ("aws_scheduler_schedule", {"target": [{"arn": "arn:aws:sqs:us-east-1:0:q"}]}, "calls no function"),
        ("aws_scheduler_schedule", {"state": "DISABLED"}, "DISABLED"),
        ("aws_scheduler_schedule", {"target": []}, "incomplete"),
        ("google_cloud_scheduler_job", {"paused": True}, "paused"),
        ("google_cloud_scheduler_job", {"schedule": "0 0 * * 1"}, "no schedule that can be followed"),
    ],
)
def test_what_cannot_be_followed_says_why(kind: str, other: dict[str, Any], why: str) -> None:
    (call,) = calls_of(state(kind, **other))
    assert why in call.problem
    assert call.schedule is None


def test_a_cron_of_each_hour_is_followed() -> None:
    assert unix_cron("0 * * * *").after(1000, None) == 3600
    with pytest.raises(ConfigurationError):
        unix_cron("0 * * *")


def test_a_call_that_is_due_is_made_and_one_that_fails_is_told(tmp_path: Path) -> None:
    now, made = 1000.0, []

    def call(job: ScheduledCall) -> None:
        made.append(job.target)
        if job.target == "gcp":
            raise Unavailable("the service answered 503")

    runner = JobRunner(dict, call, tmp_path / "jobs.json", lambda: now)
    jobs = [*calls_of(state("aws_scheduler_schedule")), *calls_of(state("google_cloud_scheduler_job"))]
    assert runner.tick(jobs) == []
    now = 1950.0
    done = runner.tick(jobs)
    assert made == ["aws", "gcp"]
    assert [run.error for run in done] == ["", "the service answered 503"]
    assert runner.tick(jobs) == []
