"""One local Google Cloud for all tests that don't end it, and Google's own clients of it."""

from __future__ import annotations

import base64
import http.server
import itertools
import json
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import grpc
import pytest
import requests
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from google.cloud.kms_v1 import KeyManagementServiceClient
from google.cloud.kms_v1.services.key_management_service.transports import KeyManagementServiceGrpcTransport
from google.oauth2 import service_account
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from isthmus.local.google import GoogleServer

PROJECT = "isthmus-dev"
SERVICE = (sys.executable, str(Path(__file__).with_name("run_host.py")), "service")
_numbers = itertools.count(1)


@dataclass
class Cloud:
    """A server and the clients of it."""

    server: GoogleServer

    def __post_init__(self) -> None:
        self.connect()

    def connect(self) -> None:
        """Makes the clients anew: after a restart."""
        channel = grpc.insecure_channel(self.server.grpc, options=[("grpc.enable_http_proxy", 0)])
        self.channel = channel
        self.publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
        self.subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
        self.kms = KeyManagementServiceClient(transport=KeyManagementServiceGrpcTransport(channel=channel))
        self.storage = storage.Client(
            project=PROJECT, credentials=AnonymousCredentials(), client_options={"api_endpoint": self.server.http}
        )

    def topic(self, **settings: Any) -> str:
        """Makes a topic with a name of its own."""
        name = f"projects/{PROJECT}/topics/topic-{next(_numbers)}"
        return self.publisher.create_topic(request={"name": name, **settings}).name

    def subscription(self, topic: str, **settings: Any) -> str:
        """Makes a subscription with a name of its own."""
        name = f"projects/{PROJECT}/subscriptions/subscription-{next(_numbers)}"
        return self.subscriber.create_subscription(request={"name": name, "topic": topic, **settings}).name

    def key(self, **settings: Any) -> str:
        """Makes a key with a name of its own, in a ring of its own."""
        parent = f"projects/{PROJECT}/locations/us-central1"
        ring = self.kms.create_key_ring(parent=parent, key_ring_id=f"ring-{next(_numbers)}", key_ring={}).name
        made = {"purpose": "ENCRYPT_DECRYPT", **settings}
        return self.kms.create_crypto_key(parent=ring, crypto_key_id="key", crypto_key=made).name

    def publish(self, topic: str, *payloads: bytes, **attributes: str) -> list[str]:
        """Publishes payloads that share their attributes."""
        messages = [{"data": data, "attributes": attributes} for data in payloads]
        return list(self.publisher.publish(topic=topic, messages=messages).message_ids)

    def pull(self, subscription: str, count: int = 100) -> list[Any]:
        """What can be pulled now."""
        request = {"subscription": subscription, "max_messages": count, "return_immediately": True}
        with warnings.catch_warnings():
            # Deprecated by Google, and the only way to ask whether there is something without waiting for it.
            warnings.simplefilter("ignore", DeprecationWarning)
            return list(self.subscriber.pull(request=request).received_messages)

    def pulled(self, subscription: str, count: int) -> list[Any]:
        """Pulls until so many messages came."""
        got: list[Any] = []
        until(lambda: got.extend(self.pull(subscription)) or len(got) >= count)
        return got

    def service_account(self, name: str) -> service_account.Credentials:
        """Makes a service account and a key file of it, as `gcloud iam service-accounts keys create` does."""
        base = f"{self.server.http}/v1/projects/{PROJECT}/serviceAccounts"
        requests.post(base, json={"accountId": name}, timeout=20)
        made = requests.post(f"{base}/{name}@{PROJECT}.iam.gserviceaccount.com/keys", json={}, timeout=20).json()
        file = json.loads(base64.b64decode(made["privateKeyData"]))
        return service_account.Credentials.from_service_account_info(file)

    def bucket(self, **settings: Any) -> storage.Bucket:
        """Makes a bucket with a name of its own."""
        bucket = self.storage.bucket(f"bucket-{next(_numbers)}")
        for name, value in settings.items():
            setattr(bucket, name, value)
        bucket.create(location="us-central1")
        return bucket


def until(condition: Callable[[], object], seconds: float = 10) -> None:
    """Waits for a condition."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.01)


@pytest.fixture(name="until")
def _until() -> Callable[..., None]:
    return until


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cloud]:
    """The server that the tests share."""
    with GoogleServer(tmp_path_factory.mktemp("google"), PROJECT, SERVICE) as server:
        yield Cloud(server)


@pytest.fixture
def mortal(tmp_path: Path) -> Iterator[Cloud]:
    """A server of the test's own, to be killed."""
    with GoogleServer(tmp_path / "data", PROJECT, SERVICE) as server:
        yield Cloud(server)


@dataclass
class Endpoint:
    """Receives pushes; answers each with the next status, or with 204 when there is none."""

    statuses: list[int] = field(default_factory=list)
    requests: list[tuple[float, dict[str, str], bytes]] = field(default_factory=list)
    delay_seconds: float = 0
    busy: int = 0
    busiest: int = 0
    url: str = ""


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """An HTTP endpoint for pushes."""
    one, lock = Endpoint(), threading.Lock()

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            with lock:
                one.busy += 1
                one.busiest = max(one.busiest, one.busy)
                headers = {name.lower(): value for name, value in self.headers.items()}
                one.requests.append((time.monotonic(), headers, body))
                status = one.statuses.pop(0) if one.statuses else 204
            time.sleep(one.delay_seconds)
            with lock:
                one.busy -= 1
            self.send_response(status)
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    one.url = f"http://127.0.0.1:{server.server_port}/push"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield one
    server.shutdown()
    server.server_close()
