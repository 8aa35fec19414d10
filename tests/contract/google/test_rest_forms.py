"""The REST forms of Pub/Sub, KMS and their policies: what Terraform and gcloud speak."""

from __future__ import annotations

import base64
from typing import Any

import requests

PROJECT = "projects/isthmus-dev"


def call(cloud: Any, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Calls a method and returns status and answer."""
    answer = requests.request(method, f"{cloud.server.http}/v1/{path}", json=body, timeout=10)
    return answer.status_code, answer.json()


def test_pubsub_is_spoken_in_json(cloud: Any) -> None:
    """From a topic to an acknowledgement."""
    topic, subscription = f"{PROJECT}/topics/rest", f"{PROJECT}/subscriptions/rest"
    assert call(cloud, "PUT", topic, {"labels": {"a": "b"}})[1]["name"] == topic
    status, error = call(cloud, "PUT", topic, {})
    assert (status, error["error"]["status"]) == (409, "ALREADY_EXISTS")
    wanted = {"topic": topic, "ackDeadlineSeconds": 20, "retryPolicy": {"minimumBackoff": "1s"}}
    made = call(cloud, "PUT", subscription, wanted)[1]
    assert (made["ackDeadlineSeconds"], made["retryPolicy"]["maximumBackoff"]) == (20, "600s")
    change = {"subscription": {"ackDeadlineSeconds": 30}, "updateMask": "ackDeadlineSeconds"}
    assert call(cloud, "PATCH", subscription, change)[1]["ackDeadlineSeconds"] == 30
    data = base64.b64encode(b"hello").decode()
    ids = call(cloud, "POST", f"{topic}:publish", {"messages": [{"data": data, "attributes": {"k": "v"}}]})[1]
    received = call(cloud, "POST", f"{subscription}:pull", {"maxMessages": 10})[1]["receivedMessages"]
    assert [(one["message"]["data"], one["message"]["messageId"]) for one in received] == [(data, ids["messageIds"][0])]
    assert call(cloud, "POST", f"{subscription}:acknowledge", {"ackIds": [received[0]["ackId"]]}) == (200, {})
    assert call(cloud, "GET", f"{topic}/subscriptions")[1] == {"subscriptions": [subscription]}
    policy = {"policy": {"bindings": [{"role": "roles/pubsub.publisher", "members": ["user:a@example.com"]}]}}
    kept = call(cloud, "POST", f"{topic}:setIamPolicy", policy)[1]
    assert call(cloud, "GET", f"{topic}:getIamPolicy?options.requestedPolicyVersion=3")[1] == kept
    assert call(cloud, "DELETE", subscription) == (200, {})
    assert call(cloud, "GET", subscription)[0] == 404


def test_a_field_that_is_not_known_is_named(cloud: Any) -> None:
    """In words, and for programs; nothing of the request is carried out."""
    topic = cloud.topic()
    for body, what, field in (
        ({"nonsense": 1}, 'Unknown name "nonsense": Cannot find field.', None),
        ({"messages": [{"deta": ""}]}, "Unknown name \"deta\" at 'messages[0]': Cannot find field.", "messages[0]"),
    ):
        status, answer = call(cloud, "POST", f"{topic}:publish", body)
        said = f"Invalid JSON payload received. {what}"
        assert (status, answer["error"]["status"], answer["error"]["message"]) == (400, "INVALID_ARGUMENT", said)
        violation = {"description": said} | ({"field": field} if field else {})
        kind = "type.googleapis.com/google.rpc.BadRequest"
        assert answer["error"]["details"] == [{"@type": kind, "fieldViolations": [violation]}]


def test_kms_is_spoken_in_json(cloud: Any) -> None:
    """From a ring to a plaintext."""
    place = f"{PROJECT}/locations/us-central1"
    ring = call(cloud, "POST", f"{place}/keyRings?keyRingId=rest", {})[1]["name"]
    body = {"purpose": "ENCRYPT_DECRYPT", "rotationPeriod": "7776000s"}
    key = call(cloud, "POST", f"{ring}/cryptoKeys?cryptoKeyId=rest", body)[1]["name"]
    change = call(cloud, "PATCH", f"{key}?updateMask=labels", {"labels": {"a": "b"}})[1]
    assert (change["labels"], change["rotationPeriod"]) == ({"a": "b"}, "7776000s")
    sealed = call(cloud, "POST", f"{key}:encrypt", {"plaintext": base64.b64encode(b"x").decode()})[1]["ciphertext"]
    assert base64.b64decode(call(cloud, "POST", f"{key}:decrypt", {"ciphertext": sealed})[1]["plaintext"]) == b"x"
    assert len(call(cloud, "GET", f"{key}/cryptoKeyVersions")[1]["cryptoKeyVersions"]) == 1
    assert call(cloud, "POST", f"{key}/cryptoKeyVersions/1:destroy", {})[1]["state"] == "DESTROY_SCHEDULED"
    assert "etag" in call(cloud, "GET", f"{key}:getIamPolicy")[1]
