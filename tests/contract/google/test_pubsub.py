"""Pub/Sub, spoken to by Google's client alone."""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests
from google.api_core.exceptions import AlreadyExists, InvalidArgument, NotFound
from google.auth import jwt

sys.path.insert(0, str(Path(__file__).parent))

from server import Clients

from isthmus.local.google import GoogleServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoogleServer]:
    """One server for all tests of this file."""
    with GoogleServer(tmp_path_factory.mktemp("google")) as running:
        yield running


@pytest.fixture
def clients(server: GoogleServer) -> Clients:
    """Clients of the server."""
    return Clients(server)


def make(clients: Clients, name: str, **options: Any) -> tuple[str, str]:
    """A topic and a subscription of it."""
    topic = f"projects/{clients.project}/topics/{name}"
    subscription = f"projects/{clients.project}/subscriptions/{name}"
    clients.publisher.create_topic(name=topic)
    clients.subscriber.create_subscription(request={"name": subscription, "topic": topic, **options})
    return topic, subscription


def pull(clients: Clients, subscription: str, wanted: int, seconds: float = 10) -> list[Any]:
    """Pulls until so many messages came."""
    found: list[Any] = []
    end = time.monotonic() + seconds
    while len(found) < wanted and time.monotonic() < end:
        answer = clients.subscriber.pull(subscription=subscription, max_messages=wanted)
        found += answer.received_messages
    return found


def nack(clients: Clients, subscription: str, received: list[Any]) -> None:
    """Gives messages back at once."""
    ack_ids = [message.ack_id for message in received]
    clients.subscriber.modify_ack_deadline(subscription=subscription, ack_ids=ack_ids, ack_deadline_seconds=0)


def test_a_message_comes_once_and_is_gone_after_its_acknowledgement(clients: Clients) -> None:
    """With its data, attributes and id."""
    topic, subscription = make(clients, "once")
    ids = clients.publisher.publish(topic=topic, messages=[{"data": b"x", "attributes": {"a": "1"}}]).message_ids
    received = pull(clients, subscription, 1)
    assert [(m.message.message_id, m.message.data, dict(m.message.attributes)) for m in received] == [
        (ids[0], b"x", {"a": "1"})
    ]
    clients.subscriber.acknowledge(subscription=subscription, ack_ids=[received[0].ack_id])
    answer = clients.subscriber.pull(
        request={"subscription": subscription, "max_messages": 1, "return_immediately": True}
    )
    assert not answer.received_messages


def test_only_what_passes_the_filter_is_delivered(clients: Clients) -> None:
    """What the bridge's subscription stands on."""
    topic, subscription = make(
        clients, "filtered", filter='attributes.origin = "gcp" AND NOT hasPrefix(attributes.type, "test.")'
    )
    messages = [
        {"data": b"1", "attributes": {"origin": "aws", "type": "a"}},
        {"data": b"2", "attributes": {"origin": "gcp", "type": "test.a"}},
        {"data": b"3", "attributes": {"origin": "gcp", "type": "a"}},
    ]
    clients.publisher.publish(topic=topic, messages=messages)
    assert [m.message.data for m in pull(clients, subscription, 1)] == [b"3"]


def test_after_its_last_attempt_a_message_is_a_dead_letter(clients: Clients) -> None:
    """With where it came from in its attributes."""
    dead_topic, dead = make(clients, "dead")
    policy = {"dead_letter_topic": dead_topic, "max_delivery_attempts": 5}
    topic, subscription = make(clients, "dying", dead_letter_policy=policy)
    clients.publisher.publish(topic=topic, messages=[{"data": b"poison"}])
    for attempt in range(1, 6):
        received = pull(clients, subscription, 1)
        assert [m.delivery_attempt for m in received] == [attempt]
        nack(clients, subscription, received)
    letters = pull(clients, dead, 1)
    assert letters[0].message.data == b"poison"
    assert letters[0].message.attributes["CloudPubSubDeadLetterSourceSubscription"] == "dying"
    assert letters[0].message.attributes["CloudPubSubDeadLetterSourceDeliveryCount"] == "5"


def test_a_retry_waits_for_its_backoff(clients: Clients) -> None:
    """The first retry a second later, by the retry policy."""
    backoff = {"minimum_backoff": {"seconds": 1}, "maximum_backoff": {"seconds": 10}}
    topic, subscription = make(clients, "patient", retry_policy=backoff)
    clients.publisher.publish(topic=topic, messages=[{"data": b"x"}])
    began = time.monotonic()
    nack(clients, subscription, pull(clients, subscription, 1))
    assert len(pull(clients, subscription, 1)) == 1
    assert time.monotonic() - began >= 1


def test_messages_of_one_key_come_in_order_one_at_a_time(clients: Clients) -> None:
    """The next only after the one before is acknowledged."""
    topic, subscription = make(clients, "ordered", enable_message_ordering=True)
    messages = [{"data": str(number).encode(), "ordering_key": "k"} for number in range(3)]
    clients.publisher.publish(topic=topic, messages=messages)
    for number in range(3):
        received = pull(clients, subscription, 1)
        assert [m.message.data for m in received] == [str(number).encode()]
        clients.subscriber.acknowledge(subscription=subscription, ack_ids=[received[0].ack_id])


def test_a_push_carries_a_token_that_google_auth_accepts(server: GoogleServer, clients: Clients) -> None:
    """Refused twice, it comes a third time; its token is signed for the audience by the published key."""
    pushes: list[tuple[dict[str, Any], str]] = []

    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            pushes.append((body, self.headers["authorization"]))
            self.send_response(503 if len(pushes) < 3 else 204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    endpoint = ThreadingHTTPServer(("127.0.0.1", 0), Endpoint)
    threading.Thread(target=endpoint.serve_forever, daemon=True).start()
    push = {
        "push_endpoint": f"http://127.0.0.1:{endpoint.server_port}/push",
        "oidc_token": {"service_account_email": "push@p.iam.gserviceaccount.com", "audience": "isthmus"},
    }
    topic, _ = make(clients, "pushed", push_config=push)
    clients.publisher.publish(topic=topic, messages=[{"data": b"x" * 200_000, "attributes": {"frame": "f"}}])
    end = time.monotonic() + 10
    while len(pushes) < 3 and time.monotonic() < end:
        time.sleep(0.01)
    endpoint.shutdown()
    assert len(pushes) == 3
    body, authorization = pushes[-1]
    assert body["message"]["attributes"] == {"frame": "f"}
    certificates = requests.get(f"{server.http}/oauth2/v1/certs", timeout=5).json()
    claims = jwt.decode(authorization.removeprefix("Bearer "), certs=certificates, audience="isthmus")
    assert claims["email"] == "push@p.iam.gserviceaccount.com"
    assert claims["email_verified"] is True


def test_errors_are_googles(clients: Clients) -> None:
    """By class, as the client raises them."""
    topic, subscription = make(clients, "errors")
    with pytest.raises(AlreadyExists):
        clients.publisher.create_topic(name=topic)
    with pytest.raises(NotFound):
        clients.publisher.publish(topic=topic + "x", messages=[{"data": b"x"}])
    with pytest.raises(InvalidArgument):
        clients.publisher.publish(topic=topic, messages=[{"data": b""}])
    with pytest.raises(InvalidArgument, match="filter"):
        request = {"name": subscription + "x", "topic": topic, "filter": "origin is gcp"}
        clients.subscriber.create_subscription(request=request)


def test_what_was_acknowledged_survives_a_sigkill(tmp_path: Path) -> None:
    """Messages, objects and keys are there when the server is started again; acknowledged messages don't come back."""
    server = GoogleServer(tmp_path / "durable").start()
    try:
        clients = Clients(server)
        topic, subscription = make(clients, "durable")
        clients.publisher.publish(topic=topic, messages=[{"data": b"done"}])
        done = pull(clients, subscription, 1)
        clients.subscriber.acknowledge(subscription=subscription, ack_ids=[done[0].ack_id])
        bucket = clients.storage.create_bucket("durable-bucket")
        for number in range(50):
            clients.publisher.publish(topic=topic, messages=[{"data": str(number).encode()}])
            bucket.blob(f"o/{number}").upload_from_string(b"x" * 1000, if_generation_match=0)
        server.kill()
        server.start()
        again = Clients(server)
        received = pull(again, subscription, 50)
        assert sorted(int(m.message.data) for m in received) == list(range(50))
        assert len(list(again.storage.list_blobs("durable-bucket"))) == 50
    finally:
        server.stop()
