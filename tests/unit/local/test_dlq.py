"""Dead letters can be seen, brought back and removed, each once."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

from isthmus.core import frames
from isthmus.core.errors import ConfigurationError, Unavailable
from isthmus.core.frames import Frame
from isthmus.core.uuid7 import derived
from isthmus.local.dlq.aws import AwsLetters
from isthmus.local.dlq.letters import NO_REASON, Letter
from isthmus.local.dlq.operations import counts, discard, look, queues, redrive
from isthmus.local.endpoints import Endpoints
from isthmus.local.links import LINKS
from isthmus.local.process import kill_leftovers
from isthmus.local.rundir import RunDirectory
from isthmus.local.supervise import Supervisor

LINES = (
    b'{"specversion":"1.0","source":"UA","id":"1","type":"t"}\n{"specversion":"1.0","source":"UA","id":"2","type":"t"}'
)


@dataclass
class Cloud:
    """A local AWS with the archive's two queues."""

    letters: AwsLetters
    sqs: Any
    source: str
    dead: str

    def bury(self, seed: bytes, reason: str = "") -> str:
        """Puts a dead letter there; returns its frame's id."""
        frame = Frame(derived(1_700_000_000_000, seed), "t", "aws", 2, LINES, compressed=False)
        attributes = frames.attributes(frame, text=True) | ({"reason": reason, "failed_at": "now"} if reason else {})
        self.send(frames.body_text(frame), attributes)
        return str(frame.id)

    def send(self, body: str, attributes: dict[str, str]) -> None:
        """Puts any message there."""
        values = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
        self.sqs.send_message(QueueUrl=self.dead, MessageBody=body, MessageAttributes=values)

    def arrived(self) -> list[dict[str, Any]]:
        """What the consumer's queue got."""
        return list(
            self.sqs.receive_message(
                QueueUrl=self.source, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=0
            ).get("Messages", [])
        )


@pytest.fixture(scope="module")
def endpoints(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoints]:
    """A local AWS; the other ports are nobody's."""
    run = RunDirectory(Path(tmp_path_factory.mktemp("dlq") / "run"))
    run.create()
    run.update(ports=dict.fromkeys([*LINKS, "gcp.http", "gcp.pubsub"], 1))
    run.update(ports={**run.read().ports, "gcp.http.front": 1, "gcp.pubsub.front": 1})
    supervisor = Supervisor(run)
    supervisor.ensure("aws")
    yield Endpoints.of(run.read())
    supervisor.stop("aws")
    kill_leftovers(run.root)


@pytest.fixture
def cloud(endpoints: Endpoints, request: pytest.FixtureRequest) -> Cloud:
    """Two fresh queues."""
    from dataclasses import replace

    sqs = boto3.client("sqs", **endpoints.aws_client_options())
    name = f"q{abs(hash(request.node.name))}"
    source, dead = (sqs.create_queue(QueueName=name + end)["QueueUrl"] for end in ("", "-dlq"))
    outputs = {"aws": {"dead_letters": {"archive": dead}, "queues": {"archive": source}}}
    return Cloud(AwsLetters(replace(endpoints, outputs=outputs), "archive"), sqs, source, dead)


def test_letters_are_counted(cloud: Cloud) -> None:
    for seed in (b"a", b"b", b"c"):
        cloud.bury(seed)
    assert counts([cloud.letters]) == {"aws/archive": 3}


def test_a_letter_shows_its_frame_its_reason_and_its_first_events_and_stays(cloud: Cloud) -> None:
    frame = cloud.bury(b"a", reason="no such bucket")
    for _ in range(2):
        (letter,) = look(cloud.letters)
        shown = letter.describe()
        assert (shown["frame"], shown["type"], shown["count"], shown["reason"]) == (frame, "t", "2", "no such bucket")
        assert [event["id"] for event in shown["first_events"]] == ["1", "2"]


def test_an_unreadable_letter_shows_why_and_how_its_body_begins(cloud: Cloud) -> None:
    cloud.send("not a frame", {"v": "1", "encoding": "gzip+base64"})
    (letter,) = look(cloud.letters)
    assert letter.describe()["body"] == "not a frame"
    assert "not base64" in letter.describe()["reason"]


def test_redriving_gives_the_consumer_the_frame_as_it_was_and_removes_the_letter(cloud: Cloud) -> None:
    frame = cloud.bury(b"a", reason="bad luck")
    assert [letter.frame for letter in redrive(cloud.letters)] == [frame]
    (message,) = cloud.arrived()
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    assert frames.parse(attributes, message["Body"].encode()).payload == LINES
    assert not {"reason", "failed_at"} & set(attributes)
    assert counts([cloud.letters]) == {"aws/archive": 0}
    assert redrive(cloud.letters) == []


def test_one_frame_can_be_redriven_and_the_others_stay(cloud: Cloud) -> None:
    wanted, other = cloud.bury(b"a"), cloud.bury(b"b")
    assert [letter.frame for letter in redrive(cloud.letters, wanted)] == [wanted]
    assert [letter.frame for letter in look(cloud.letters)] == [other]


def test_discarding_removes_a_letter_for_good(cloud: Cloud) -> None:
    cloud.bury(b"a")
    assert len(discard(cloud.letters)) == 1
    assert look(cloud.letters) == []
    assert cloud.arrived() == []


def test_a_letter_without_a_reason_died_of_too_many_tries() -> None:
    frame = Frame(derived(1_700_000_000_000, b"x"), "t", "gcp", 2, LINES, compressed=False)
    attributes = {**frames.attributes(frame, text=False), "CloudPubSubDeadLetterSourceSubscription": "archive"}
    letter = Letter("gcp", "archive", "ack", "7", attributes, LINES)
    assert letter.describe()["reason"] == NO_REASON
    assert letter.original_attributes == frames.attributes(frame, text=False)


def test_a_queue_that_does_not_exist_is_refused_with_the_names_that_do(endpoints: Endpoints) -> None:
    with pytest.raises(ConfigurationError, match="azure") as caught:
        queues(endpoints, "azure")
    assert "gcp/bridge" in caught.value.fix


def endpoints_at(port: int) -> Endpoints:
    """Both clouds behind one port."""
    outputs = {
        "aws": {"dead_letters": {"archive": "http://x/0/d"}, "queues": {"archive": "http://x/0/q"}},
        "gcp": {"dead_letters": {"archive": "d"}, "topic": "t"},
    }
    url, host = f"http://127.0.0.1:{port}", f"127.0.0.1:{port}"
    return Endpoints(url, url, url, url, host, host, {}, "", outputs)


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
@pytest.mark.parametrize("listens", [True, False], ids=["hangs", "is gone"])
def test_a_cloud_that_does_not_answer_is_a_sentence_and_never_no_letters(
    monkeypatch: pytest.MonkeyPatch, cloud: str, listens: bool
) -> None:
    """A hanging Pub/Sub looks like an empty one to a pull alone."""
    monkeypatch.setattr("isthmus.local.dlq.aws.READ_SECONDS", 0.3)
    monkeypatch.setattr("isthmus.local.dlq.gcp.ANSWER_SECONDS", 0.3)
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if listens:
            server.listen()
        (queue,) = queues(endpoints_at(server.getsockname()[1]), f"{cloud}/archive")
        for ask in (counts, lambda found: look(found[0])):
            with pytest.raises(Unavailable, match="did not answer"):
                ask([queue])
