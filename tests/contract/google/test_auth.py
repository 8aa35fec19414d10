"""`--auth`: who may do what, by the policies of resources and projects, on Google's own clients."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import grpc
import pytest
import requests
from google.api_core import exceptions
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from google.cloud.kms_v1 import KeyManagementServiceClient
from google.cloud.kms_v1.services.key_management_service.transports import KeyManagementServiceGrpcTransport
from google.oauth2.credentials import Credentials
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from isthmus.local.google import GoogleServer

PROJECT = "isthmus-dev"
OWNER, ANN = "user:owner@example.com", "user:ann@example.com"
PUBSUB_AGENT = "serviceAccount:service-000000000000@gcp-sa-pubsub.iam.gserviceaccount.com"
STORAGE_AGENT = "serviceAccount:service-000000000000@gs-project-accounts.iam.gserviceaccount.com"
TOPIC, SUBSCRIPTION = f"projects/{PROJECT}/topics/guarded", f"projects/{PROJECT}/subscriptions/guarded"
DEAD = f"projects/{PROJECT}/topics/dead"


class _Token(grpc.UnaryUnaryClientInterceptor):
    """Adds a bearer token: call credentials of gRPC need TLS."""

    def __init__(self, token: str) -> None:
        self._header = ("authorization", f"Bearer {token}")

    def intercept_unary_unary(self, continuation: Any, details: Any, request: Any) -> Any:
        """Adds it to a call."""
        return continuation(details._replace(metadata=[*(details.metadata or []), self._header]), request)


class Caller:
    """The clients of one member; nobody's without a token."""

    def __init__(self, server: GoogleServer, token: str = "") -> None:
        channel = grpc.insecure_channel(server.grpc, options=[("grpc.enable_http_proxy", 0)])
        if token:
            channel = grpc.intercept_channel(channel, _Token(token))
        self.publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        self.subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        self.kms = KeyManagementServiceClient(transport=KeyManagementServiceGrpcTransport(channel=channel))
        credentials = Credentials(token=token) if token else AnonymousCredentials()
        self.storage = storage.Client(PROJECT, credentials, client_options={"api_endpoint": server.http})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoogleServer]:
    """A server that asks who calls."""
    with GoogleServer(tmp_path_factory.mktemp("auth"), owner=OWNER) as one:
        yield one


@pytest.fixture(scope="module")
def owner(server: GoogleServer) -> Caller:
    """Who may do everything, and what the tests use."""
    one = Caller(server, OWNER)
    one.publisher.create_topic(name=TOPIC)
    one.publisher.create_topic(name=DEAD)
    one.subscriber.create_subscription(name=SUBSCRIPTION, topic=TOPIC)
    one.storage.create_bucket("guarded").blob("x").upload_from_string("x", retry=None)
    return one


@pytest.fixture
def ann(server: GoogleServer, owner: Caller) -> Caller:
    """Who may do nothing at first."""
    return Caller(server, ANN)


def grant(client: Any, resource: str, role: str, *members: str, condition: str = "") -> None:
    """Gives members a role on a resource, and nobody any other."""
    binding: dict[str, Any] = {"role": role, "members": list(members)}
    if condition:
        binding["condition"] = {"expression": condition, "title": "sometimes"}
    client.set_iam_policy(request={"resource": resource, "policy": {"version": 3, "bindings": [binding]}})


def test_nobody_may_do_anything(server: GoogleServer, owner: Caller) -> None:
    """Without a token it is 401, with a stranger's 403."""
    nobody = Caller(server)
    with pytest.raises(exceptions.Unauthenticated) as refused:
        nobody.publisher.publish(topic=TOPIC, messages=[{"data": b"x"}])
    assert (refused.value.reason, refused.value.domain) == ("CREDENTIALS_MISSING", "googleapis.com")
    assert refused.value.metadata == {"service": "pubsub.googleapis.com"}
    answer = requests.get(f"{server.http}/storage/v1/b/guarded/o/x", timeout=5)
    assert (answer.status_code, answer.json()["error"]["errors"][0]["reason"]) == (401, "required")
    assert requests.get(f"{server.http}/v1/{TOPIC}", timeout=5).status_code == 401


def test_a_role_on_a_topic_lets_publish_and_no_more(owner: Caller, ann: Caller) -> None:
    """Until it is taken away."""
    with pytest.raises(exceptions.PermissionDenied, match="not authorized") as refused:
        ann.publisher.publish(topic=TOPIC, messages=[{"data": b"x"}])
    assert (refused.value.reason, refused.value.domain) == ("IAM_PERMISSION_DENIED", "pubsub.googleapis.com")
    assert refused.value.metadata == {"permission": "pubsub.topics.publish", "resource": TOPIC}
    grant(owner.publisher, TOPIC, "roles/pubsub.publisher", ANN)
    assert ann.publisher.publish(topic=TOPIC, messages=[{"data": b"x"}]).message_ids
    for call in (
        lambda: ann.publisher.get_topic(topic=TOPIC),
        lambda: ann.publisher.delete_topic(topic=TOPIC),
        lambda: ann.publisher.get_iam_policy(request={"resource": TOPIC}),
        lambda: ann.publisher.publish(topic=DEAD, messages=[{"data": b"x"}]),
        lambda: ann.subscriber.pull(subscription=SUBSCRIPTION, max_messages=1),
    ):
        with pytest.raises(exceptions.PermissionDenied):
            call()
    asked = {"resource": TOPIC, "permissions": ["pubsub.topics.publish", "pubsub.topics.get"]}
    assert list(ann.publisher.test_iam_permissions(request=asked).permissions) == ["pubsub.topics.publish"]
    grant(owner.publisher, TOPIC, "roles/pubsub.publisher", ANN, condition="request.time < timestamp('2100-01-01')")
    with pytest.raises(exceptions.PermissionDenied):
        ann.publisher.publish(topic=TOPIC, messages=[{"data": b"x"}])


def test_a_role_on_the_project_holds_for_all_in_it(server: GoogleServer, owner: Caller, ann: Caller) -> None:
    """Also for what a call makes."""
    url = f"{server.http}/v1/projects/{PROJECT}"
    policy = {"policy": {"bindings": [{"role": "roles/pubsub.editor", "members": [ANN]}]}}
    assert requests.post(f"{url}:setIamPolicy", json=policy, headers=bearer(ANN), timeout=5).status_code == 403
    assert requests.post(f"{url}:setIamPolicy", json=policy, headers=bearer(OWNER), timeout=5).ok
    assert ann.publisher.create_topic(name=f"{TOPIC}-of-ann").name
    assert requests.post(f"{url}:setIamPolicy", json={"policy": {}}, headers=bearer(OWNER), timeout=5).ok
    with pytest.raises(exceptions.PermissionDenied):
        ann.publisher.create_topic(name=f"{TOPIC}-again")


def bearer(token: str) -> dict[str, str]:
    """The header."""
    return {"authorization": f"Bearer {token}"}


def test_a_bucket_lets_in_whom_its_policy_names(owner: Caller, ann: Caller) -> None:
    """To read, not to write; to write, not to overwrite what is another's to read."""
    bucket = owner.storage.bucket("guarded")
    with pytest.raises(exceptions.Forbidden, match=r"storage\.objects\.get"):
        ann.storage.bucket("guarded").blob("x").download_as_bytes()
    policy = bucket.get_iam_policy()
    policy.bindings = [{"role": "roles/storage.objectViewer", "members": {ANN}}]
    bucket.set_iam_policy(policy)
    assert ann.storage.bucket("guarded").blob("x").download_as_bytes() == b"x"
    for call in (
        lambda: ann.storage.bucket("guarded").blob("y").upload_from_string("y"),
        lambda: ann.storage.bucket("guarded").blob("x").delete(),
        lambda: ann.storage.bucket("guarded").reload(),
        lambda: list(ann.storage.list_buckets()),
    ):
        with pytest.raises(exceptions.Forbidden):
            call()
    tested = ann.storage.bucket("guarded").test_iam_permissions(["storage.objects.get", "storage.objects.create"])
    assert tested == ["storage.objects.get"]


def test_a_key_is_used_by_who_may(owner: Caller, ann: Caller) -> None:
    """A role on the ring holds for its keys; encrypting isn't decrypting."""
    parent = f"projects/{PROJECT}/locations/us-central1"
    ring = owner.kms.create_key_ring(parent=parent, key_ring_id="guarded", key_ring={}).name
    key = owner.kms.create_crypto_key(parent=ring, crypto_key_id="k", crypto_key={"purpose": 1}).name
    grant(owner.kms, ring, "roles/cloudkms.cryptoKeyEncrypter", ANN)
    sealed = ann.kms.encrypt(name=key, plaintext=b"x").ciphertext
    with pytest.raises(exceptions.PermissionDenied, match="useToDecrypt"):
        ann.kms.decrypt(name=key, ciphertext=sealed)


def test_the_services_own_agents_need_leave(owner: Caller, server: GoogleServer) -> None:
    """Storage's to use a bucket's key, Pub/Sub's to move dead letters: without it those stay."""
    parent = f"projects/{PROJECT}/locations/us-central1"
    ring = owner.kms.create_key_ring(parent=parent, key_ring_id="agents", key_ring={}).name
    key = owner.kms.create_crypto_key(parent=ring, crypto_key_id="k", crypto_key={"purpose": 1}).name
    bucket = owner.storage.bucket("encrypted")
    bucket.default_kms_key_name = key
    bucket.create()
    with pytest.raises(exceptions.Forbidden, match="gs-project-accounts"):
        bucket.blob("x").upload_from_string("x")
    grant(owner.kms, key, "roles/cloudkms.cryptoKeyEncrypterDecrypter", STORAGE_AGENT)
    bucket.blob("x").upload_from_string("x")
    name, dead = f"{SUBSCRIPTION}-dlq", f"{SUBSCRIPTION}-dead"
    policy = {"dead_letter_topic": DEAD, "max_delivery_attempts": 5}
    owner.subscriber.create_subscription(request={"name": name, "topic": TOPIC, "dead_letter_policy": policy})
    owner.subscriber.create_subscription(name=dead, topic=DEAD)
    owner.publisher.publish(topic=TOPIC, messages=[{"data": b"bad"}])

    def refuse(times: int) -> None:
        for _ in range(times):
            received = owner.subscriber.pull(subscription=name, max_messages=1).received_messages
            owner.subscriber.modify_ack_deadline(
                subscription=name, ack_ids=[one.ack_id for one in received], ack_deadline_seconds=0
            )

    refuse(6)
    grant(owner.publisher, DEAD, "roles/pubsub.publisher", PUBSUB_AGENT)
    grant(owner.subscriber, name, "roles/pubsub.subscriber", PUBSUB_AGENT)
    refuse(1)
    (received,) = owner.subscriber.pull(subscription=dead, max_messages=5).received_messages
    assert received.message.attributes["CloudPubSubDeadLetterSourceDeliveryCount"] == "7"


def test_a_service_accounts_own_token_says_who_it_is(server: GoogleServer, owner: Caller) -> None:
    """By the key file that the server made for it; a forged one says nothing."""
    from google.auth.transport.requests import Request
    from google.oauth2 import service_account

    base = f"{server.http}/v1/projects/{PROJECT}/serviceAccounts"
    assert requests.post(base, json={"accountId": "publisher-app"}, timeout=5).status_code == 401
    requests.post(base, json={"accountId": "publisher-app"}, headers=bearer(OWNER), timeout=5)
    email = f"publisher-app@{PROJECT}.iam.gserviceaccount.com"
    made = requests.post(f"{base}/{email}/keys", json={}, headers=bearer(OWNER), timeout=20).json()
    file = json.loads(base64.b64decode(made["privateKeyData"]))
    credentials = service_account.Credentials.from_service_account_info(file, scopes=["any"])
    credentials.refresh(Request())
    grant(owner.publisher, TOPIC, "roles/pubsub.publisher", f"serviceAccount:{email}")
    app = Caller(server, credentials.token)
    assert app.publisher.publish(topic=TOPIC, messages=[{"data": b"x"}]).message_ids
    head, body, signature = credentials.token.split(".")
    forged = Caller(server, ".".join([head, body, signature[::-1]]))
    with pytest.raises(exceptions.Unauthenticated):
        forged.publisher.publish(topic=TOPIC, messages=[{"data": b"x"}])
