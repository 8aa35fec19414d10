"""The local Google Cloud: messages and objects a second by Google's own clients, start, memory; another fake beside it.

    OTHERS="drongo=http://127.0.0.1:9000" python bench/local_google.py

Other fakes of Cloud Storage that run already, named in OTHERS, get the same puts in the same run, by turns; of each the
median round counts. Rates are of this machine and of what else runs on it; so what a second of the server's processor
does is given, too.
"""

from __future__ import annotations

import os
import statistics
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import grpc
import measure
import psutil
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from google.pubsub_v1 import PublisherClient, SubscriberClient, types
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport
from measure import Figure

from isthmus.local.google import GoogleServer

MESSAGES, BATCH, SIZE = 40_000, 500, 200
OBJECTS, OBJECT_BYTES, WRITERS, ROUNDS = 600, 10_000, 8, 3
NAME = "projects/isthmus-dev/{}/bench"
PART = "local google"


def run() -> list[Figure]:
    """Measures everything once."""
    with tempfile.TemporaryDirectory() as place:
        server = GoogleServer(Path(place))
        begun = time.perf_counter()
        with server:
            started = time.perf_counter() - begun
            process = psutil.Process(server.pid)
            idle = process.memory_info().rss / 2**20
            figures = [
                Figure(PART, "start", started, "s", 1, most=True),
                Figure(PART, "memory, idle", idle, "MiB", 80, most=True),
            ]
            return (
                figures + _messages(server, process) + _objects(server, process, os.environ.get("OTHERS", "").split())
            )


def _messages(server: GoogleServer, process: psutil.Process) -> list[Figure]:
    channel = grpc.insecure_channel(server.grpc, options=[("grpc.enable_http_proxy", 0)])
    publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel))
    subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel))
    topic = publisher.create_topic(name=NAME.format("topics")).name
    names = [f"{NAME.format('subscriptions')}-{kind}" for kind in ("pull", "stream")]
    for name in names:
        subscriber.create_subscription(name=name, topic=topic, ack_deadline_seconds=60)
    messages = [types.PubsubMessage(data=b"x" * SIZE, attributes={"origin": "gcp"})] * BATCH
    request = types.PublishRequest(topic=topic, messages=messages)
    publish = lambda: _side_by_side(4, MESSAGES // BATCH, lambda: publisher.publish(request))  # noqa: E731
    pull = lambda: _side_by_side(4, MESSAGES // BATCH, lambda: _pull(subscriber, names[0]))  # noqa: E731
    figures = _rate("publish, batches of 500", 20_000, publish, process)
    figures += _rate("pull and acknowledge", 15_000, pull, process)
    return figures + _rate("streaming pull", 10_000, lambda: _stream(subscriber, names[1]), process)


def _pull(subscriber: SubscriberClient, name: str) -> None:
    received = subscriber.pull(subscription=name, max_messages=BATCH).received_messages
    if received:
        subscriber.acknowledge(subscription=name, ack_ids=[one.ack_id for one in received])


def _stream(subscriber: SubscriberClient, name: str) -> int:
    asked: list[types.StreamingPullRequest] = [
        types.StreamingPullRequest(
            subscription=name, stream_ack_deadline_seconds=60, max_outstanding_messages=5 * BATCH
        )
    ]
    more, got = threading.Semaphore(1), 0

    def requests() -> Any:
        while got < MESSAGES:
            more.acquire()
            while asked:
                yield asked.pop(0)

    stream = subscriber.streaming_pull(requests())
    for response in stream:
        got += len(response.received_messages)
        ids = [one.ack_id for one in response.received_messages]
        if ids:
            asked.append(types.StreamingPullRequest(ack_ids=ids))
        more.release()
        if got >= MESSAGES:
            break
    stream.cancel()
    return got


def _rate(name: str, target: float, work: Callable[[], object], process: psutil.Process) -> list[Figure]:
    before, begun = _busy(process), time.perf_counter()
    work()
    seconds = time.perf_counter() - begun
    return [
        Figure(PART, name, MESSAGES / seconds, "messages/s", target),
        Figure(PART, f"{name}: a second of the server's processor", MESSAGES / (_busy(process) - before), "messages"),
    ]


def _objects(server: GoogleServer, process: psutil.Process, others: Sequence[str]) -> list[Figure]:
    places = {PART: server.http} | {name: url for name, _, url in (other.partition("=") for other in others)}
    before, rates = _busy(process), {name: [_puts(url)] for name, url in places.items()}
    for _ in range(ROUNDS - 1):
        for name, url in places.items():
            rates[name].append(_puts(url))
    worked = OBJECTS * ROUNDS / (_busy(process) - before)
    return [
        Figure(PART, "puts of 10 KB", statistics.median(rates.pop(PART)), "objects/s", 1_000),
        Figure(PART, "puts: a second of the server's processor", worked, "objects"),
        *(Figure(name, "puts of 10 KB", statistics.median(found), "objects/s") for name, found in rates.items()),
    ]


def _puts(url: str) -> float:
    client = storage.Client("isthmus-dev", AnonymousCredentials(), client_options={"api_endpoint": url})
    bucket, content = client.create_bucket(f"bench-{uuid.uuid4().hex}"), b"x" * OBJECT_BYTES
    numbers = iter(range(OBJECTS))
    lock = threading.Lock()

    def put() -> None:
        with lock:
            number = next(numbers)
        bucket.blob(f"{number:06}").upload_from_string(content)

    begun = time.perf_counter()
    _side_by_side(WRITERS, OBJECTS, put)
    return OBJECTS / (time.perf_counter() - begun)


def _side_by_side(workers: int, count: int, work: Callable[[], object]) -> None:
    """Does work so many times, with so many threads."""

    def several() -> None:
        for _ in range(count // workers):
            work()

    threads = [threading.Thread(target=several) for _ in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _busy(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


if __name__ == "__main__":
    measure.main(__doc__, run)
