"""The Lambda entry points: API Gateway requests, SQS batches, partial failures, poisoned frames."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from isthmus.adapters.memory import MemoryBroker, MemoryBucket
from isthmus.core import frames, keys
from isthmus.core.events import check_batch
from isthmus.core.frames import Frame
from isthmus.core.ingest import Ingest
from isthmus.core.keeping import keep
from isthmus.core.requests import MAX_BODY_BYTES
from isthmus.core.routing import Dispatcher
from isthmus.core.senders import Senders
from isthmus.functions import front as front_module
from isthmus.functions.aws import ingest
from isthmus.functions.aws.queue import QueueWorker, queue_url
from isthmus.functions.front import Front
from isthmus.functions.handling import framed
from isthmus.functions.settings import Settings

KEY = "a-test-key"
EVENT = {"specversion": "1.0", "id": "1", "source": "/s", "type": "com.example.t", "data": {"a": 1}}
SENDERS = json.dumps({"t": {"key_sha256": [hashlib.sha256(KEY.encode()).hexdigest()]}})


def gateway_event(body: bytes, *, method: str = "POST", path: str = "/v1/events", **headers: str) -> dict[str, Any]:
    """A request as API Gateway hands it to Lambda, payload format 2.0."""
    return {
        "version": "2.0",
        "rawPath": path,
        "headers": {"Content-Type": "application/cloudevents-batch+json", "x-api-key": KEY, **headers},
        "requestContext": {"http": {"method": method}},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


def balancer_event(body: bytes, *, method: str = "POST", path: str = "/v1/events", **headers: str) -> dict[str, Any]:
    """A request as a load balancer hands it to Lambda, where its target group has multi-value headers."""
    sent = {"content-type": "application/cloudevents-batch+json", "x-api-key": KEY, **headers}
    return {
        "requestContext": {"elb": {"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:0:targetgroup/t/1"}},
        "httpMethod": method,
        "path": path,
        "multiValueQueryStringParameters": {},
        "multiValueHeaders": {name: [value] for name, value in sent.items()},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }


@pytest.fixture
def brokers(monkeypatch: pytest.MonkeyPatch) -> dict[str, MemoryBroker]:
    """Both brokers in memory behind the ingest function."""
    made = {"aws": MemoryBroker("aws"), "gcp": MemoryBroker("gcp")}
    monkeypatch.setattr(front_module, "broker", lambda cloud, settings: made[cloud])
    settings = Settings(cloud="aws", role="ingest", region="us-east-1", project="p", senders=SENDERS)
    front = Front(settings)
    monkeypatch.setattr(ingest, "_front", lambda: front)
    return made


def test_a_batch_is_accepted(brokers: dict[str, MemoryBroker]) -> None:
    """The home broker has the frame before 202 is answered."""
    answer = ingest.handler(gateway_event(json.dumps([EVENT]).encode()), None)
    assert answer["statusCode"] == 202
    assert json.loads(answer["body"])["accepted"] == 1
    assert [frame.origin for frame in brokers["aws"].frames()] == ["aws"]


def test_without_the_home_broker_the_other_cloud_has_it(brokers: dict[str, MemoryBroker]) -> None:
    """The frame's origin is the broker that holds it first."""
    brokers["aws"].out = True
    answer = ingest.handler(gateway_event(json.dumps([EVENT]).encode()), None)
    assert answer["statusCode"] == 202
    assert [frame.origin for frame in brokers["gcp"].frames()] == ["gcp"]


def test_with_both_brokers_out_nothing_is_accepted(brokers: dict[str, MemoryBroker]) -> None:
    """503 with Retry-After."""
    brokers["aws"].out = brokers["gcp"].out = True
    answer = ingest.handler(gateway_event(json.dumps([EVENT]).encode()), None)
    assert answer["statusCode"] == 503
    assert answer["headers"]["retry-after"]


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/v1/events", 405), ("POST", "/elsewhere", 404)])
def test_other_routes_are_problems(brokers: dict[str, MemoryBroker], method: str, path: str, status: int) -> None:
    """A wrong path or method says what there is."""
    answer = ingest.handler(gateway_event(b"[]", method=method, path=path), None)
    assert answer["statusCode"] == status
    assert json.loads(answer["body"])["status"] == status


def test_a_broken_gateway_body_is_a_problem(brokers: dict[str, MemoryBroker]) -> None:
    """What can't be base64 is 400, not a crash."""
    event = gateway_event(b"[]") | {"body": "%%%"}
    assert ingest.handler(event, None)["statusCode"] == 400


def test_a_compressed_body_that_the_gateway_made_text_says_what_to_send_instead(
    brokers: dict[str, MemoryBroker],
) -> None:
    """API Gateway hands text over, with U+FFFD for what is not UTF-8, where the type is text or application/json."""
    body = gzip.compress(json.dumps([EVENT]).encode())
    event = gateway_event(b"", **{"Content-Type": "application/json", "content-encoding": "gzip", "ce-id": "1"})
    event |= {"body": body.decode(errors="replace"), "isBase64Encoded": False}
    answer = ingest.handler(event, None)
    assert answer["statusCode"] == 415
    assert "application/cloudevents+json" in json.loads(answer["body"])["detail"]


def test_text_in_which_the_gateway_replaced_bytes_is_refused(brokers: dict[str, MemoryBroker]) -> None:
    """What is kept would not be what was sent; a U+FFFD that was sent has the length that was announced."""
    headers = {"Content-Type": "text/plain", "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/s", "ce-type": "t"}
    lossy = gateway_event(b"", **headers, **{"content-length": "1"}) | {"body": "\ufffd", "isBase64Encoded": False}
    assert ingest.handler(lossy, None)["statusCode"] == 400
    meant = gateway_event(b"", **headers, **{"content-length": "3"}) | {"body": "\ufffd", "isBase64Encoded": False}
    assert ingest.handler(meant, None)["statusCode"] == 202
    assert len(brokers["aws"].frames()) == 1


@pytest.mark.parametrize("packed", [False, True])
def test_a_load_balancer_is_answered_in_its_own_form(brokers: dict[str, MemoryBroker], packed: bool) -> None:
    """The same request, the same acceptance; headers as lists, or the balancer would drop them."""
    body, encoding = json.dumps([EVENT]).encode(), {"content-encoding": "gzip"} if packed else {}
    answer = ingest.handler(balancer_event(gzip.compress(body) if packed else body, **encoding), None)
    assert answer["statusCode"] == 202
    assert json.loads(answer["body"])["accepted"] == 1
    assert answer["multiValueHeaders"]["content-type"] == ["application/json"]
    assert "headers" not in answer
    assert len(brokers["aws"].frames()) == 1


def test_a_load_balancer_hands_json_over_as_text(brokers: dict[str, MemoryBroker]) -> None:
    """Not base64 for application/json and text; a header that came twice is one, joined."""
    event = balancer_event(b"", **{"content-type": "application/json"})
    event |= {"body": json.dumps(EVENT["data"]), "isBase64Encoded": False}
    event["multiValueHeaders"] |= {
        "ce-specversion": ["1.0"],
        "ce-id": ["1"],
        "ce-type": ["t"],
        "ce-source": ["/a", "b"],
    }
    assert ingest.handler(event, None)["statusCode"] == 202
    assert json.loads(frames.lines(brokers["aws"].frames()[0]))["source"] == "/a,b"


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/healthz", 200), ("GET", "/v1/events", 405), ("POST", "/elsewhere", 404)]
)
def test_a_load_balancer_asks_by_method_and_path(
    brokers: dict[str, MemoryBroker], method: str, path: str, status: int
) -> None:
    assert ingest.handler(balancer_event(b"[]", method=method, path=path), None)["statusCode"] == status


@pytest.mark.parametrize("event", [gateway_event, balancer_event])
def test_no_front_takes_more_than_the_other(brokers: dict[str, MemoryBroker], event: Any) -> None:
    """A request that fails over must be taken there, too: 1 MB is what a load balancer hands over."""
    assert MAX_BODY_BYTES <= 1_000_000
    answer = ingest.handler(event(b"[" + b" " * MAX_BODY_BYTES + b"]"), None)
    assert answer["statusCode"] == 413


class FakeQueue:
    """Remembers what the worker asks of SQS; the real thing is exercised in tests/e2e."""

    def __init__(self) -> None:
        self.buried: list[dict[str, Any]] = []
        self.delays: list[int] = []
        self.refuses = False

    def send_message(self, **message: Any) -> None:
        """Keeps a dead letter."""
        if self.refuses:
            raise ClientError({"Error": {"Code": "MissingParameter"}}, "SendMessage")
        self.buried.append(message)

    def change_message_visibility(self, **change: Any) -> None:
        """Keeps a backoff."""
        self.delays.append(change["VisibilityTimeout"])


def record(frame: Frame, number: int, received: int = 1) -> dict[str, Any]:
    """A frame as the event source mapping hands it over."""
    return {
        "messageId": str(number),
        "receiptHandle": f"r{number}",
        "body": frames.body_text(frame),
        "attributes": {"ApproximateReceiveCount": str(received)},
        "messageAttributes": {k: {"stringValue": v} for k, v in frames.attributes(frame, text=True).items()},
        "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:q",
    }


def some_frame(number: int = 1) -> Frame:
    """One frame of one event."""
    checked, _ = check_batch(json.dumps([EVENT | {"id": str(number)}]).encode())
    return frames.pack(checked, origin="aws", unix_ms=1_700_000_000_000, seed=b"s")[0][0]


def test_a_poisoned_record_is_buried_with_its_reason_and_holds_nobody_up() -> None:
    """The other records of the batch are kept, and nothing comes back."""
    queue, bucket = FakeQueue(), MemoryBucket("aws")
    worker = QueueWorker(queue, "dlq", framed(lambda frame: {"key": keep(frame, bucket).key}))
    poisoned = record(some_frame(2), 2) | {"body": "not base64 or json"}
    answer = worker.run({"Records": [record(some_frame(1), 1), poisoned, record(some_frame(3), 3)]})
    assert answer == {"batchItemFailures": []}
    assert [key.split("/")[0] for key in sorted(bucket.objects)] == ["events", "events", "quarantine"]
    missing = record(some_frame(4), 4) | {"messageAttributes": {}}
    worker.run({"Records": [missing]})
    assert "attribute v is None" in queue.buried[-1]["MessageAttributes"]["reason"]["StringValue"]


def test_the_log_says_how_old_the_oldest_frame_of_each_origin_was(capsys: pytest.CaptureFixture[str]) -> None:
    """What the alarm on the bridge's lag reads: the age since the frame was accepted, in milliseconds."""
    bridged = frames.pack(
        check_batch(json.dumps([EVENT]).encode())[0], origin="gcp", unix_ms=1_600_000_000_000, seed=b"s"
    )[0][0]
    worker = QueueWorker(FakeQueue(), "dlq", framed(lambda frame: {}))
    worker.run({"Records": [record(some_frame(1), 1), record(bridged, 2)]})
    ages = json.loads(capsys.readouterr().out.splitlines()[-1])["age_ms"]
    assert set(ages) == {"aws", "gcp"}
    assert 100_000_000_000 <= ages["gcp"] - ages["aws"] <= 100_000_001_000


def test_when_the_bucket_is_out_the_records_come_back_later_each_time() -> None:
    """The wait doubles with the receive count; the second record isn't tried in vain."""
    queue, bucket = FakeQueue(), MemoryBucket("aws")
    bucket.out = True
    worker = QueueWorker(queue, "dlq", framed(lambda frame: {"key": keep(frame, bucket).key}))
    answer = worker.run({"Records": [record(some_frame(1), 1, received=1), record(some_frame(2), 2, received=4)]})
    assert [failure["itemIdentifier"] for failure in answer["batchItemFailures"]] == ["1", "2"]
    assert queue.delays == [1, 8]
    assert queue.buried == []


def test_a_frame_that_cannot_be_buried_holds_nobody_up() -> None:
    """It comes back later; the others of its batch are kept."""
    queue, bucket = FakeQueue(), MemoryBucket("aws")
    queue.refuses = True
    worker = QueueWorker(queue, "dlq", framed(lambda frame: {"key": keep(frame, bucket).key}))
    poisoned = record(some_frame(1), 1) | {"messageAttributes": {}}
    answer = worker.run({"Records": [poisoned, record(some_frame(2), 2)]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert len(bucket.objects) == 1


def test_a_record_that_crashes_the_function_fails_alone(capsys: pytest.CaptureFixture[str]) -> None:
    """The others of its batch are kept, and the log says where it crashed, without the error's text."""
    queue, kept = FakeQueue(), []

    def handle(frame: Frame) -> dict[str, Any]:
        if not kept:
            kept.append("")
            raise ZeroDivisionError("a defect")
        kept.append(str(frame.id))
        return {}

    worker = QueueWorker(queue, "dlq", framed(handle))
    answer = worker.run({"Records": [record(some_frame(1), 1), record(some_frame(2), 2)]})
    assert answer == {"batchItemFailures": [{"itemIdentifier": "1"}]}
    assert len(kept) == 2
    reason = json.loads(capsys.readouterr().out.splitlines()[0])["reason"]
    assert reason.endswith("ZeroDivisionError")
    assert "test_aws.py" in reason


def test_the_queue_url_follows_the_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    """On AWS it is the region's; a local endpoint replaces the host."""
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    arn = "arn:aws:sqs:eu-west-1:123456789012:q"
    assert queue_url(arn) == "https://sqs.eu-west-1.amazonaws.com/123456789012/q"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert queue_url(arn) == "http://127.0.0.1:1/123456789012/q"


def test_the_ingest_core_is_what_the_function_uses(brokers: dict[str, MemoryBroker]) -> None:
    """The same request through core alone gives the same acceptance."""
    alone = Ingest("aws", Senders.from_json(SENDERS), Dispatcher([MemoryBroker("aws"), MemoryBroker("gcp")]))
    event = gateway_event(json.dumps([EVENT]).encode())
    request = front_module.Request(ingest._headers(event), base64.b64decode(event["body"]))
    assert alone.accept(request).body.decode() == ingest.handler(event, None)["body"]


def test_a_key_of_the_archive_is_the_frames() -> None:
    """What keep writes is where keys says."""
    bucket, frame = MemoryBucket("aws"), some_frame()
    assert keep(frame, bucket).key == keys.event_key(frame)
