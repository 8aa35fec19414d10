"""Push: what is posted, who signed it, what acknowledges it, and what comes of it otherwise."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests
from google.auth.transport.requests import Request
from google.oauth2 import id_token

Until = Callable[..., None]
ACCOUNT = "push@isthmus-dev.iam.gserviceaccount.com"
BACKOFF = {"minimum_backoff": {"nanos": 200_000_000}, "maximum_backoff": {"seconds": 1}}


def subscribe(cloud: Any, endpoint: Any, topic: str, push: dict[str, Any] | None = None, **settings: Any) -> str:
    """Makes a push subscription to the endpoint."""
    return cloud.subscription(topic, push_config={"push_endpoint": endpoint.url, **(push or {})}, **settings)


def test_a_message_is_posted_wrapped(cloud: Any, endpoint: Any, until: Until) -> None:
    """In Pub/Sub's JSON, once."""
    topic = cloud.topic()
    name = subscribe(cloud, endpoint, topic)
    (number,) = cloud.publish(topic, b"\x00\xff" * 120_000, frame="1")
    until(lambda: endpoint.requests)
    _, headers, body = endpoint.requests[0]
    push = json.loads(body)
    assert headers["content-type"] == "application/json" and "authorization" not in headers
    assert push["subscription"] == name and "deliveryAttempt" not in push
    assert base64.b64decode(push["message"]["data"]) == b"\x00\xff" * 120_000
    assert push["message"]["attributes"] == {"frame": "1"}
    assert push["message"]["messageId"] == push["message"]["message_id"] == number
    assert push["message"]["publishTime"].endswith("Z")
    time.sleep(0.3)
    assert len(endpoint.requests) == 1


def test_the_token_is_one_that_google_auth_accepts(cloud: Any, endpoint: Any, until: Until) -> None:
    """By the certificates that the server publishes, for the subscription's audience and service account."""
    topic = cloud.topic()
    token = {"service_account_email": ACCOUNT, "audience": "https://audience.example"}
    subscribe(cloud, endpoint, topic, {"oidc_token": token})
    cloud.publish(topic, b"x")
    until(lambda: endpoint.requests)
    scheme, _, text = endpoint.requests[0][1]["authorization"].partition(" ")
    certs = f"{cloud.server.http}/oauth2/v1/certs"
    claims = id_token.verify_token(text, Request(), audience="https://audience.example", certs_url=certs)
    assert (scheme, claims["iss"], claims["email"]) == ("Bearer", "https://accounts.google.com", ACCOUNT)
    assert claims["email_verified"] is True and claims["sub"] and claims["exp"] - claims["iat"] == 3600
    with pytest.raises(ValueError, match="audience"):
        id_token.verify_token(text, Request(), audience="https://other.example", certs_url=certs)


def test_the_audience_is_the_endpoint_unless_told(cloud: Any, endpoint: Any, until: Until) -> None:
    """As Pub/Sub has it."""
    topic = cloud.topic()
    subscribe(cloud, endpoint, topic, {"oidc_token": {"service_account_email": ACCOUNT}})
    cloud.publish(topic, b"x")
    until(lambda: endpoint.requests)
    text = endpoint.requests[0][1]["authorization"].partition(" ")[2]
    certs = f"{cloud.server.http}/oauth2/v1/certs"
    assert id_token.verify_token(text, Request(), audience=endpoint.url, certs_url=certs)["aud"] == endpoint.url


def test_a_message_is_posted_unwrapped(cloud: Any, endpoint: Any, until: Until) -> None:
    """As it is, with what describes it in headers where that is wanted."""
    topic, plain = cloud.topic(), cloud.topic()
    name = subscribe(cloud, endpoint, topic, {"no_wrapper": {"write_metadata": True}})
    subscribe(cloud, endpoint, plain, {"no_wrapper": {}})
    cloud.publish(topic, b"\x00body", frame="1", host="evil")
    cloud.publish(plain, b"plain", frame="2")
    until(lambda: len(endpoint.requests) == 2)
    by_body = {body: headers for _, headers, body in endpoint.requests}
    told = by_body[b"\x00body"]
    assert (told["x-goog-pubsub-subscription-name"], told["frame"]) == (name, "1")
    assert told["x-goog-pubsub-message-id"] and told["x-goog-pubsub-publish-time"] and told["host"] != "evil"
    assert "frame" not in by_body[b"plain"] and "x-goog-pubsub-message-id" not in by_body[b"plain"]


@pytest.mark.parametrize("status", [200, 201, 202, 204, 102])
def test_these_statuses_acknowledge(cloud: Any, endpoint: Any, until: Until, status: int) -> None:
    """The message doesn't come again."""
    topic = cloud.topic()
    name = subscribe(cloud, endpoint, topic)
    endpoint.statuses = [status]
    cloud.publish(topic, b"x")
    until(lambda: endpoint.requests)
    time.sleep(0.25)
    cloud.subscriber.modify_push_config(subscription=name, push_config={})
    assert len(endpoint.requests) == 1 and cloud.pull(name) == []


@pytest.mark.parametrize("status", [203, 301, 400, 500, 503])
def test_any_other_status_brings_it_again_after_the_backoff(
    cloud: Any, endpoint: Any, until: Until, status: int
) -> None:
    """The attempt is counted where there is a dead-letter topic."""
    topic = cloud.topic()
    policy = {"dead_letter_topic": cloud.topic(), "max_delivery_attempts": 5}
    subscribe(cloud, endpoint, topic, retry_policy=BACKOFF, dead_letter_policy=policy)
    endpoint.statuses = [status]
    cloud.publish(topic, b"x")
    until(lambda: len(endpoint.requests) == 2)
    (first, _, body), (second, _, again) = endpoint.requests
    assert second - first > 0.19
    assert [json.loads(one)["deliveryAttempt"] for one in (body, again)] == [1, 2]


def test_a_poisoned_message_ends_in_the_dead_letter_topic(cloud: Any, endpoint: Any, until: Until) -> None:
    """And the others go on meanwhile."""
    topic, dead = cloud.topic(), cloud.topic()
    graveyard = cloud.subscription(dead)
    policy = {"dead_letter_topic": dead, "max_delivery_attempts": 5}
    subscribe(
        cloud, endpoint, topic, retry_policy={"minimum_backoff": {}, "maximum_backoff": {}}, dead_letter_policy=policy
    )
    endpoint.statuses = [500] * 5
    cloud.publish(topic, b"poison")
    (letter,) = cloud.pulled(graveyard, 1)
    assert letter.message.data == b"poison" and len(endpoint.requests) == 5
    cloud.publish(topic, b"good")
    until(lambda: len(endpoint.requests) == 6)


def test_an_endpoint_that_is_away_gets_it_when_it_is_back(cloud: Any, endpoint: Any, until: Until) -> None:
    """And one that names no place keeps the subscription going."""
    topic = cloud.topic()
    push = {"push_endpoint": "http://127.0.0.1:9/nobody"}
    name = cloud.subscription(topic, push_config=push, retry_policy=BACKOFF)
    cloud.publish(topic, b"x")
    time.sleep(0.1)
    cloud.subscriber.modify_push_config(subscription=name, push_config={"push_endpoint": "http://host.invalid:0x/"})
    time.sleep(0.1)
    cloud.subscriber.modify_push_config(subscription=name, push_config={"push_endpoint": endpoint.url})
    until(lambda: endpoint.requests)


def test_pushes_go_on_side_by_side_and_are_counted(cloud: Any, endpoint: Any, until: Until) -> None:
    """A slow one doesn't hold the others up, and there are only so many at once."""
    topic = cloud.topic()
    subscribe(cloud, endpoint, topic)
    endpoint.delay_seconds = 0.05
    before = requests.get(f"{cloud.server.http}/_isthmus/calls", timeout=5).json()["pubsub.Push"]
    cloud.publish(topic, *(str(number).encode() for number in range(40)))
    until(lambda: len(endpoint.requests) >= 40)
    assert 4 <= endpoint.busiest <= 8
    bodies = {base64.b64decode(json.loads(body)["message"]["data"]) for _, _, body in endpoint.requests}
    assert len(bodies) == len(endpoint.requests) == 40
    assert requests.get(f"{cloud.server.http}/_isthmus/calls", timeout=5).json()["pubsub.Push"] == before + 40
