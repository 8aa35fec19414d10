"""Messages on their way to people: each once, none lost, through a queue and through a push."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from isthmus.adapters.channels.mail import MailChannel, Smtp
from isthmus.adapters.channels.slack import SlackChannel
from isthmus.adapters.memory import MemoryBucket
from isthmus.core.errors import ConfigurationError, PoisonedFrame, Unavailable
from isthmus.core.telling import Teller
from isthmus.functions import alerting
from isthmus.functions.aws.queue import QueueWorker
from isthmus.functions.gcp.push import PushEndpoint
from isthmus.functions.settings import Settings

Read = Callable[..., bytes]
GOOGLE = {"budgetId": "b-1"}


class Queue:
    """What a worker asks SQS for."""

    def __init__(self) -> None:
        self.buried: list[dict[str, Any]] = []
        self.waits: list[int] = []

    def send_message(self, **message: Any) -> None:
        self.buried.append(message)

    def change_message_visibility(self, **change: Any) -> None:
        self.waits.append(change["VisibilityTimeout"])


class AnyToken:
    """Accepts every push."""

    def check(self, authorization: str) -> None:
        """Accepts."""


@pytest.fixture
def marks() -> MemoryBucket:
    return MemoryBucket("aws")


@pytest.fixture
def teller(slack: Any, mail_server: Any, marks: MemoryBucket) -> Teller:
    mail = MailChannel(Smtp(mail_server.url), "isthmus@example.com", ["a@example.com"])
    return Teller([SlackChannel(slack.webhook, lambda _: None), mail], marks)


def record(body: bytes) -> dict[str, Any]:
    """A message of a queue as Lambda gets it, delivered raw."""
    return {
        "messageId": "1",
        "receiptHandle": "r",
        "body": body.decode(),
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:isthmus-dev-alert",
        "attributes": {"ApproximateReceiveCount": "1"},
    }


def test_a_repeated_message_is_told_once_by_each_channel(
    teller: Teller, slack: Any, mail_server: Any, message: Read
) -> None:
    for cost in (13.1, 13.9, 14.2):
        teller.handle(GOOGLE, message("google-budget.json", costAmount=cost))
    assert (len(slack.posts), len(mail_server.mails)) == (2, 2)


def test_copies_that_come_at_once_are_told_once(teller: Teller, slack: Any, message: Read) -> None:
    """Pub/Sub may push a message twice at the same time."""
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: teller.handle(GOOGLE, message("google-budget.json")), range(8)))
    assert len(slack.posts) == 2


def test_what_one_channel_could_not_take_is_told_later_and_by_that_channel_alone(
    teller: Teller, slack: Any, mail_server: Any, message: Read
) -> None:
    slack.answers = [(500, {}, "")]
    with pytest.raises(Unavailable):
        teller.handle({}, message("drift.json"))
    assert (len(slack.posts), len(mail_server.mails)) == (0, 1)
    teller.handle({}, message("drift.json"))
    assert (len(slack.posts), len(mail_server.mails)) == (1, 1)


def test_marks_that_cannot_be_read_hold_the_message_back(
    teller: Teller, marks: MemoryBucket, slack: Any, message: Read
) -> None:
    marks.out = True
    with pytest.raises(Unavailable):
        teller.handle({}, message("drift.json"))
    assert slack.posts == []


def test_a_message_that_slack_will_never_take_is_poison(teller: Teller, slack: Any, message: Read) -> None:
    slack.answers = [(404, {}, "no_service")]
    with pytest.raises(PoisonedFrame, match=r"no_service.*renew the webhook"):
        teller.handle({}, message("drift.json"))


def test_a_queue_waits_as_long_as_slack_asks(teller: Teller, slack: Any, message: Read) -> None:
    queue = Queue()
    slack.answers = [(429, {"Retry-After": "45"}, "")]
    answer = QueueWorker(queue, "dlq", teller.handle).run({"Records": [record(message("cloudwatch-alarm.json"))]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert queue.waits == [45]


def test_a_queue_buries_what_cannot_be_read_with_the_reason(teller: Teller, slack: Any) -> None:
    queue = Queue()
    answer = QueueWorker(queue, "dlq", teller.handle).run({"Records": [record(b"who knows")]})
    assert answer == {"batchItemFailures": []}
    (buried,) = queue.buried
    assert buried["MessageBody"] == "who knows"
    assert "neither a notification" in buried["MessageAttributes"]["reason"]["StringValue"]
    assert slack.posts == []


def test_nothing_that_is_logged_names_the_webhook(
    teller: Teller, slack: Any, message: Read, capsys: pytest.CaptureFixture[str]
) -> None:
    for status in (200, 404, 429, 500):
        slack.answers = [(status, {"Retry-After": "99"}, "")]
        body = message("cloudwatch-alarm.json", StateChangeTime=str(status))
        QueueWorker(Queue(), "dlq", teller.handle).run({"Records": [record(body)]})
    said = capsys.readouterr()
    assert "handled" in said.out
    assert "a-secret" not in said.out + said.err


@pytest.mark.parametrize(("answers", "status"), [([], 204), ([(503, {}, "")], 503)])
def test_a_push_is_acknowledged_when_it_is_told(
    answers: list[Any], status: int, teller: Teller, slack: Any, message: Read
) -> None:
    slack.answers = answers
    endpoint = PushEndpoint(AnyToken(), teller.handle, lambda data, kept: None)  # type: ignore[arg-type]
    data = base64.b64encode(message("google-incident.json")).decode()
    assert endpoint.receive("", json.dumps({"message": {"data": data}}).encode()).status == status


def test_a_push_that_cannot_be_read_is_buried_with_the_reason(teller: Teller) -> None:
    buried: list[Any] = []
    endpoint = PushEndpoint(AnyToken(), teller.handle, lambda data, kept: buried.append((data, kept["reason"])))  # type: ignore[arg-type]
    body = {"message": {"data": base64.b64encode(b"{}").decode(), "attributes": GOOGLE}}
    assert endpoint.receive("", json.dumps(body).encode()).status == 204
    ((data, reason),) = buried
    assert data == b"{}"
    assert "no budget's" in reason


def settings(cloud: str) -> Settings:
    """An alert function's settings on a cloud."""
    names = ("ISTHMUS_PUSH_AUDIENCE", "ISTHMUS_PUSH_SERVICE_ACCOUNT", "ISTHMUS_BUCKET", "ISTHMUS_DLQ")
    values = {"ISTHMUS_CLOUD": cloud, "ISTHMUS_ROLE": "alert", "ISTHMUS_GCP_PROJECT": "isthmus-dev"}
    return Settings.from_environment(values | dict.fromkeys(names, "x"))


@pytest.mark.parametrize(
    ("cloud", "values", "channels"),
    [
        ("aws", {"ISTHMUS_SLACK_WEBHOOK": "https://example.com/x"}, ["slack"]),
        ("aws", {"ISTHMUS_EMAILS": "a@example.com", "ISTHMUS_EMAIL_SENDER": "i@example.com"}, ["mail"]),
        (
            "gcp",
            {
                "ISTHMUS_SLACK_WEBHOOK": "https://example.com/x",
                "ISTHMUS_EMAILS": "a@example.com, b@example.com",
                "ISTHMUS_EMAIL_SENDER": "i@example.com",
                "ISTHMUS_SMTP_URL": "smtps://user@example.com",
            },
            ["slack", "mail"],
        ),
    ],
)
def test_the_settings_name_the_channels(
    cloud: str, values: dict[str, str], channels: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STORAGE_EMULATOR_HOST", "http://127.0.0.1:9")
    made = alerting.teller(settings(cloud), values)
    assert [channel.name for channel in made.channels] == channels


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "nobody would be told"),
        ({"ISTHMUS_EMAILS": "a@example.com"}, "ISTHMUS_EMAIL_SENDER"),
        ({"ISTHMUS_EMAILS": "a@example.com", "ISTHMUS_EMAIL_SENDER": "i@example.com"}, "ISTHMUS_SMTP_URL"),
    ],
)
def test_settings_that_tell_nobody_are_refused(values: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        alerting.teller(settings("gcp"), values)
