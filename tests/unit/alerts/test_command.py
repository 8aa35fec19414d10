"""`isthmus alert`: what CI has to tell."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from isthmus.change import alert as alerting
from isthmus.cli.app import app
from isthmus.core.errors import ConfigurationError

TOPIC = "arn:aws:sns:us-east-1:000000000000:isthmus-dev-alarms"
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
Read = Callable[..., bytes]


class Sns:
    """What is published."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def publish(self, **message: Any) -> None:
        self.sent.append(message)


@pytest.fixture
def sns(monkeypatch: pytest.MonkeyPatch) -> Sns:
    made = Sns()
    monkeypatch.setattr("isthmus.adapters.aws.session.client", lambda *_, **__: made)
    return made


def test_a_report_without_a_date_gets_one_and_loses_what_is_not_told(message: Read) -> None:
    body = alerting.dated(message("drift.json", at=None, commit=None), NOW, "c" * 40, "https://example.com/")
    document = json.loads(body)
    assert document["at"] == "2026-11-24T03:00:00+00:00"
    assert document["commit"] == "c" * 40
    assert document["stacks"][0]["differences"][0].keys() == {"address", "kind"}


def test_another_message_stays_as_it_is(message: Read) -> None:
    for name in ("aws-budget-actual.txt", "google-budget.json", "cloudwatch-alarm.json"):
        assert alerting.dated(message(name), NOW) == message(name)


def test_a_drift_is_published_as_json_and_as_text(sns: Sns, message: Read, tmp_path: Path) -> None:
    (tmp_path / "drift.json").write_bytes(message("drift.json", at=None))
    result = CliRunner().invoke(app, ["alert", str(tmp_path / "drift.json"), "--topic", TOPIC])
    assert result.exit_code == 0, result.output
    assert "prod: 2 things are not as the Terraform says" in result.stdout
    (sent,) = sns.sent
    kinds = json.loads(sent["Message"])
    assert json.loads(kinds["default"])["drift"] is True
    assert kinds["email"].startswith("prod: 2 things")
    assert sent["MessageStructure"] == "json"
    assert sent["Subject"].isascii()


def test_nothing_is_published_without_drift(sns: Sns, message: Read) -> None:
    alerting.publish(TOPIC, message("drift.json", drift=False, stacks=[]))
    assert sns.sent == []


@pytest.mark.parametrize("topic", ["alarms", "projects/p/topics/t", "arn:aws:sqs:us-east-1:000000000000:alarms"])
def test_a_topic_of_another_kind_is_refused(topic: str, message: Read) -> None:
    with pytest.raises(ConfigurationError, match="no ARN of an SNS topic"):
        alerting.publish(topic, message("drift.json"))


def test_what_would_be_a_dead_letter_is_said_before() -> None:
    with pytest.raises(ConfigurationError, match="dead letter"):
        alerting.read(b"hello")


def test_a_report_that_no_topic_takes_is_refused(message: Read) -> None:
    with pytest.raises(ConfigurationError, match="200,000"):
        alerting.dated(message("drift.json", more="x" * 200_001), NOW)
