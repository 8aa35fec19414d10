"""The server itself: what it keeps through a SIGKILL, what it counts, and how it says that it can't start."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import google_crc32c
import psutil
import pytest
import requests
from google.api_core import exceptions

Until = Callable[..., None]
SERVICES = "v2/projects/isthmus-dev/locations/us-central1/services"
TEMPLATE = {"containers": [{"image": "image", "env": [{"name": "COLOR", "value": "red"}]}]}


def test_what_was_acknowledged_survives_a_kill(mortal: Any) -> None:
    """Messages, acknowledgements and objects, written by several at once until the server was killed."""
    topic, bucket = mortal.topic(), mortal.bucket()
    subscription = mortal.subscription(topic)
    acked, asked, published, stored = [], set(), [], []
    working = threading.Event()

    def publish(who: int) -> None:
        for number in range(100_000):
            data = f"{who}-{number}".encode() + b"." * (200 if number % 5 else 60_000)
            published.extend(
                [
                    (one, data)
                    for one in mortal.publisher.publish(topic=topic, messages=[{"data": data}], retry=None).message_ids
                ]
            )

    def store(who: int) -> None:
        for number in range(100_000):
            blob, data = bucket.blob(f"{who}/{number}"), f"{who}-{number}".encode() * 1000
            blob.upload_from_string(data, if_generation_match=0, retry=None)
            stored.append((blob.name, data))
            if len(stored) > 60 and len(published) > 120 and len(acked) > 10:
                working.set()

    def consume() -> None:
        while True:
            request = {"subscription": subscription, "max_messages": 5}
            received = mortal.subscriber.pull(request=request, retry=None).received_messages
            ids = [one.ack_id for one in received]
            asked.update(one.message.message_id for one in received)
            mortal.subscriber.acknowledge(subscription=subscription, ack_ids=ids, retry=None)
            acked.extend(one.message.message_id for one in received)

    def until_killed(work: Callable[..., None], *values: int) -> threading.Thread:
        def run() -> None:
            try:
                work(*values)
            except (exceptions.GoogleAPIError, requests.RequestException):
                return

        thread = threading.Thread(target=run)
        thread.start()
        return thread

    threads = [until_killed(publish, 1), until_killed(publish, 2), until_killed(store, 1), until_killed(store, 2)]
    threads.append(until_killed(consume))
    assert working.wait(20)
    mortal.server.kill()
    for thread in threads:
        thread.join(timeout=20)
    mortal.server.start()
    mortal.connect()
    left = {one.message.message_id: one.message.data for one in _everything(mortal, subscription)}
    # An acknowledgement that the kill left without an answer may count or not.
    expected = {number: data for number, data in published if number not in asked}
    assert {number: left.get(number) for number in expected} == expected
    assert len(asked) - len(acked) <= 5
    assert not set(acked) & set(left)
    bucket = mortal.storage.bucket(bucket.name)
    for name, data in stored:
        assert bucket.blob(name).download_as_bytes() == data


def _everything(cloud: Any, subscription: str) -> list[Any]:
    got: list[Any] = []
    while received := cloud.pull(subscription, 1000):
        got += received
    return got


def test_kill_after_kill_loses_nothing(mortal: Any, until: Until) -> None:
    """Again and again under load, each time at another moment: everything that was acknowledged is there."""
    topic, bucket = mortal.topic(), mortal.bucket().name
    subscription = mortal.subscription(topic)
    published: set[str] = set()
    stored: dict[str, bytes] = {}

    def write(turn: int, who: int) -> None:
        number = 0
        with contextlib.suppress(exceptions.GoogleAPIError, requests.RequestException):
            while True:
                number += 1
                messages = [{"data": f"{turn}-{who}-{number}".encode()}] * (1 + number % 7)
                published.update(mortal.publisher.publish(topic=topic, messages=messages, retry=None).message_ids)
                name, data = f"{turn}/{who}/{number}", os.urandom(1000 * (1 + number % 20))
                mortal.storage.bucket(bucket).blob(name).upload_from_string(data, if_generation_match=0, retry=None)
                stored[name] = data

    for turn in range(4):
        before = len(stored)
        threads = [threading.Thread(target=write, args=(turn, who)) for who in range(3)]
        for thread in threads:
            thread.start()
        until(lambda before=before, turn=turn: len(stored) >= before + 5 + 7 * turn, 30)
        mortal.server.kill()
        for thread in threads:
            thread.join(timeout=20)
        mortal.server.start()
        mortal.connect()
    left = {one.message.message_id for one in _everything(mortal, subscription)}
    assert published <= left
    for name, data in stored.items():
        assert mortal.storage.bucket(bucket).blob(name).download_as_bytes() == data


def test_everything_else_survives_too(mortal: Any) -> None:
    """Configurations, policies, keys, retained messages, a half-done upload, the signing key."""
    topic = mortal.topic(labels={"a": "b"})
    name = mortal.subscription(topic, filter="attributes:a", enable_message_ordering=True, retain_acked_messages=True)
    before = mortal.subscriber.get_subscription(subscription=name)
    policy = {"bindings": [{"role": "roles/pubsub.publisher", "members": ["user:a@example.com"]}]}
    policy = mortal.publisher.set_iam_policy(request={"resource": topic, "policy": policy})
    mortal.publish(topic, b"retained", a="1")
    ids = [one.ack_id for one in mortal.pulled(name, 1)]
    mortal.subscriber.acknowledge(subscription=name, ack_ids=ids)
    ring = mortal.kms.create_key_ring(
        parent="projects/isthmus-dev/locations/us-central1", key_ring_id="r", key_ring={}
    ).name
    key = mortal.kms.create_crypto_key(parent=ring, crypto_key_id="k", crypto_key={"purpose": 1}).name
    sealed = mortal.kms.encrypt(name=key, plaintext=b"x").ciphertext
    base = f"{mortal.server.http}/upload/storage/v1/b/{mortal.bucket().name}/o?uploadType=resumable&name=half"
    place = requests.post(base, json={}, timeout=5).headers["location"]
    requests.put(place, data=b"half", headers={"content-range": "bytes 0-3/*"}, timeout=5)
    certificates = requests.get(f"{mortal.server.http}/oauth2/v1/certs", timeout=5).json()
    mortal.server.kill()
    mortal.server.start()
    mortal.connect()
    assert dict(mortal.publisher.get_topic(topic=topic).labels) == {"a": "b"}
    assert mortal.subscriber.get_subscription(subscription=name) == before
    assert mortal.publisher.get_iam_policy(request={"resource": topic}) == policy
    assert mortal.kms.decrypt(name=key, ciphertext=sealed).plaintext == b"x"
    assert mortal.pull(name) == []
    mortal.subscriber.seek(request={"subscription": name, "time": {"seconds": 1}})
    assert [one.message.data for one in mortal.pulled(name, 1)] == [b"retained"]
    done = requests.put(place, data=b"done", headers={"content-range": "bytes 4-7/8"}, timeout=5).json()
    assert done["size"] == "8" and int.from_bytes(_crc(done), "big") == google_crc32c.value(b"halfdone")
    assert requests.get(f"{mortal.server.http}/oauth2/v1/certs", timeout=5).json() == certificates


def _crc(meta: dict[str, str]) -> bytes:
    import base64

    return base64.b64decode(meta["crc32c"])


def test_services_run_again_after_a_kill_and_get_their_pushes(mortal: Any, until: Until, endpoint: Any) -> None:
    """At the same address, with no process left over."""
    url = f"{mortal.server.http}/{SERVICES}"
    done = requests.post(f"{url}?serviceId=archive", json={"template": TEMPLATE}, timeout=20).json()
    assert done["done"], done
    uri = done["response"]["uri"]
    told = requests.get(uri, timeout=5).json()
    expected = {
        "COLOR": "red",
        "ISTHMUS_LOCAL": "1",
        "PUBSUB_EMULATOR_HOST": mortal.server.grpc,
        "STORAGE_EMULATOR_HOST": mortal.server.http,
        "ISTHMUS_OIDC_CERTS_URL": f"{mortal.server.http}/oauth2/v1/certs",
        "K_SERVICE": "archive",
    }
    assert expected.items() <= told.items()
    topic = mortal.topic()
    mortal.subscription(topic, push_config={"push_endpoint": f"{uri}/push"})
    mortal.publish(topic, b"1")
    until(lambda: requests.get(f"{uri}/pushes", timeout=5).json() == 1)
    mortal.server.kill()
    until(lambda: not psutil.pid_exists(told["pid"]) or psutil.Process(told["pid"]).status() == "zombie")
    mortal.server.start()
    mortal.connect()
    assert requests.get(f"{url}/archive", timeout=5).json()["uri"] == uri
    assert requests.get(uri, timeout=5).json()["pid"] != told["pid"]
    mortal.publish(topic, b"2")
    until(lambda: requests.get(f"{uri}/pushes", timeout=5).json() == 1)


def test_calls_are_counted(mortal: Any) -> None:
    """Each by the name that it is billed under."""
    topic, bucket = mortal.topic(), mortal.bucket()
    for _ in range(3):
        mortal.publish(topic, b"x")
    bucket.blob("x").upload_from_string("x")
    bucket.blob("large", chunk_size=256 * 1024).upload_from_string(b"x" * 600_000)
    list(bucket.list_blobs())
    counts = requests.get(f"{mortal.server.http}/_isthmus/calls", timeout=5).json()
    expected = {"pubsub.CreateTopic": 1, "pubsub.Publish": 3, "storage.buckets.insert": 1, "storage.objects.insert": 2}
    assert {**expected, "storage.objects.list": 1}.items() <= counts.items()


def test_it_listens_on_loopback_only(cloud: Any) -> None:
    """With HTTP and gRPC."""
    process = psutil.Process(cloud.server.pid)
    listening = {one.laddr.ip for one in process.net_connections("inet") if one.status == psutil.CONN_LISTEN}
    assert {one.removeprefix("::ffff:") for one in listening} == {"127.0.0.1"}


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """Starts a server that can't start."""
    command = [sys.executable, "-m", "isthmus.local.google", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)


@pytest.mark.parametrize("port", ["http", "grpc"])
def test_a_port_in_use_is_said(cloud: Any, tmp_path: Path, port: str) -> None:
    """In one sentence, and the exit code is 1."""
    taken = getattr(cloud.server, port).rpartition(":")[2]
    ended = run("--data-dir", str(tmp_path), f"--{port}-port", taken)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1), ended.stderr
    assert taken in ended.stderr and f"--{port}-port" in ended.stderr


def test_a_directory_that_cannot_be_used_is_said(tmp_path: Path, mortal: Any) -> None:
    """Not one, not writable, damaged, or another server's."""
    (tmp_path / "file").write_text("")
    (tmp_path / "damaged").mkdir()
    (tmp_path / "damaged" / "pubsub.sqlite").write_bytes(b"not a database" * 100)
    for name, why in (("file", "can't be used"), ("damaged", "can't be opened"), ("data", "another local Google")):
        ended = run("--data-dir", str(tmp_path / name))
        assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1), ended.stderr
        assert why in ended.stderr and str(tmp_path / name) in ended.stderr


def test_it_starts_soon_and_ends_clean(tmp_path: Path) -> None:
    """One JSON line when it is ready; SIGTERM ends it with 0."""
    command = [sys.executable, "-m", "isthmus.local.google", "--data-dir", str(tmp_path), "--project", "p"]
    begun = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=dict(os.environ))
    ready = json.loads(process.stdout.readline())
    assert (ready["ready"], ready["project"]) == (True, "p") and time.monotonic() - begun < 10
    # Without Google's own clients, which a server has no use for, it is this small.
    assert psutil.Process(process.pid).memory_info().rss <= 80_000_000
    process.terminate()
    assert process.wait(timeout=10) == 0
    process.stdout.close()
