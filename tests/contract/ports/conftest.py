"""The places that the ports are tested on: memory, the local clouds, and real ones when the environment names them.

Real ones: ISTHMUS_CONTRACT_AWS_BUCKET, ISTHMUS_CONTRACT_GCS_BUCKET (any bucket, written below keys of this run), and
for the brokers ISTHMUS_CONTRACT_SNS_TOPIC_ARN with ISTHMUS_CONTRACT_SQS_QUEUE_URL (subscribed, raw) and
ISTHMUS_CONTRACT_PUBSUB_TOPIC with ISTHMUS_CONTRACT_PUBSUB_SUBSCRIPTION; credentials as the SDKs find them.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import grpc
import pytest
from botocore.config import Config
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from isthmus.adapters.aws.broker import SnsBroker
from isthmus.adapters.aws.bucket import S3Bucket
from isthmus.adapters.calls import Calls
from isthmus.adapters.gcp.broker import PubSubBroker
from isthmus.adapters.gcp.bucket import GcsBucket
from isthmus.adapters.memory import MemoryBroker, MemoryBucket
from isthmus.core import frames
from isthmus.core.frames import Cloud, Frame
from isthmus.core.ports import Broker, Bucket

PROJECT = "isthmus-dev"
START_SECONDS = 30
RECEIVE_SECONDS = 15
WAIT_SECONDS = 0.05
LOCAL_KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
ONE_TRY = Config(retries={"total_max_attempts": 1}, connect_timeout=2, read_timeout=10, max_pool_connections=32)


@dataclass(frozen=True)
class BucketPlace:
    """A bucket, the same bucket where nothing answers, and the count of its calls."""

    bucket: Bucket
    out: Bucket
    calls: Calls | None


@dataclass(frozen=True)
class BrokerPlace:
    """A broker, the same one where nothing answers, and what takes a number of frames from behind it."""

    broker: Broker
    out: Broker
    receive: Callable[[int], list[Frame]]
    calls: Calls | None


def free_port() -> int:
    with contextlib.closing(socket.socket()) as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def stop(process: subprocess.Popen[Any]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def until(what: str, probe: Callable[[], Any], seconds: float = START_SECONDS) -> Any:
    """Asks until the answer is true, and returns it."""
    deadline = time.monotonic() + seconds
    while True:
        answer = probe()
        if answer or time.monotonic() > deadline:
            assert answer, f"{what}: not within {seconds} s"
            return answer
        time.sleep(WAIT_SECONDS)


@pytest.fixture(scope="session")
def nowhere() -> str:
    """host:port where nothing listens."""
    return f"127.0.0.1:{free_port()}"


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a local AWS."""
    port = free_port()
    folder = tmp_path_factory.mktemp("ministack")
    mine = {"GATEWAY_PORT": str(port), "BIND_HOST": "127.0.0.1", "SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0"}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "isthmus.local.aws"],
            env={**os.environ, **mine},
            cwd=folder,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        until("the local AWS", lambda: process.poll() is None and answers(f"http://127.0.0.1:{port}/_ministack/ready"))
        yield f"http://127.0.0.1:{port}"
    finally:
        stop(process)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as response:
            return bool(response.status == 200)
    except OSError:
        return False


@dataclass(frozen=True)
class LocalGoogle:
    """Where a local Google Cloud answers."""

    http: str
    grpc: str


@pytest.fixture(scope="session")
def local_google(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalGoogle]:
    """A local Google Cloud."""
    if importlib.util.find_spec("isthmus.local.google") is None:
        pytest.skip("the local Google Cloud (isthmus.local.google) is not there yet")
    http, rpc, folder = free_port(), free_port(), tmp_path_factory.mktemp("google")
    arguments = ["--data-dir", folder, "--http-port", http, "--grpc-port", rpc, "--project", PROJECT]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "isthmus.local.google", *map(str, arguments)],
            stdout=subprocess.PIPE,
            stderr=log,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[3] / "src")},
        )
    try:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["ready"] is True
        yield LocalGoogle(f"http://127.0.0.1:{http}", f"127.0.0.1:{rpc}")
    finally:
        stop(process)
        if process.stdout:
            process.stdout.close()


def s3_client(endpoint: str) -> Any:
    config = ONE_TRY.merge(Config(s3={"addressing_style": "path"}))
    return boto3.client("s3", endpoint_url=endpoint, config=config, **LOCAL_KEYS)


def gcs_client(endpoint: str) -> storage.Client:
    options = {"api_endpoint": endpoint}
    return storage.Client(project=PROJECT, credentials=AnonymousCredentials(), client_options=options)


def unique(name: str) -> str:
    return f"{name}-{uuid.uuid4().hex[:12]}"


def memory_bucket(cloud: Cloud) -> BucketPlace:
    out = MemoryBucket(cloud)
    out.out = True
    return BucketPlace(MemoryBucket(cloud), out, None)


def local_s3_bucket(request: pytest.FixtureRequest) -> BucketPlace:
    client, name, calls = s3_client(request.getfixturevalue("local_aws")), unique("contract"), Calls()
    client.create_bucket(Bucket=name)
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    out = S3Bucket(s3_client(f"http://{request.getfixturevalue('nowhere')}"), name, Calls())
    return BucketPlace(S3Bucket(client, name, calls), out, calls)


def local_gcs_bucket(request: pytest.FixtureRequest) -> BucketPlace:
    client, name, calls = gcs_client(request.getfixturevalue("local_google").http), unique("contract"), Calls()
    client.create_bucket(name)
    out = GcsBucket(gcs_client(f"http://{request.getfixturevalue('nowhere')}"), name, Calls())
    return BucketPlace(GcsBucket(client, name, calls), out, calls)


def real_s3_bucket(request: pytest.FixtureRequest) -> BucketPlace:
    name, calls = os.environ["ISTHMUS_CONTRACT_AWS_BUCKET"], Calls()
    out = S3Bucket(s3_client(f"http://{request.getfixturevalue('nowhere')}"), name, Calls())
    return BucketPlace(S3Bucket(boto3.client("s3", config=ONE_TRY), name, calls), out, calls)


def real_gcs_bucket(request: pytest.FixtureRequest) -> BucketPlace:
    name, calls = os.environ["ISTHMUS_CONTRACT_GCS_BUCKET"], Calls()
    out = GcsBucket(gcs_client(f"http://{request.getfixturevalue('nowhere')}"), name, Calls())
    return BucketPlace(GcsBucket(storage.Client(), name, calls), out, calls)


BUCKETS: dict[str, Callable[[pytest.FixtureRequest], BucketPlace]] = {
    "memory": lambda request: memory_bucket("aws"),
    "local-aws": local_s3_bucket,
    "local-google": local_gcs_bucket,
}
if os.environ.get("ISTHMUS_CONTRACT_AWS_BUCKET"):
    BUCKETS["real-aws"] = real_s3_bucket
if os.environ.get("ISTHMUS_CONTRACT_GCS_BUCKET"):
    BUCKETS["real-google"] = real_gcs_bucket


@pytest.fixture(params=BUCKETS)
def bucket_place(request: pytest.FixtureRequest) -> BucketPlace:
    """A bucket on each of the places."""
    return BUCKETS[request.param](request)


def memory_broker(cloud: Cloud) -> BrokerPlace:
    broker, out = MemoryBroker(cloud), MemoryBroker(cloud)
    out.out = True
    return BrokerPlace(broker, out, lambda count: broker.frames()[-count:], None)


def receive_from_sqs(sqs: Any, queue: str) -> Callable[[int], list[Frame]]:
    def receive(count: int) -> list[Frame]:
        found: list[Frame] = []

        def more() -> bool:
            answer = sqs.receive_message(
                QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=1, MessageAttributeNames=["All"]
            )
            for message in answer.get("Messages", ()):
                attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
                found.append(frames.parse(attributes, message["Body"].encode()))
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            return len(found) >= count

        until("the frames behind SNS", more, RECEIVE_SECONDS)
        return found

    return receive


def local_sns_broker(request: pytest.FixtureRequest) -> BrokerPlace:
    endpoint, name, calls = request.getfixturevalue("local_aws"), unique("contract"), Calls()
    sns, sqs = (boto3.client(s, endpoint_url=endpoint, config=ONE_TRY, **LOCAL_KEYS) for s in ("sns", "sqs"))
    topic = sns.create_topic(Name=name)["TopicArn"]
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
    away = f"http://{request.getfixturevalue('nowhere')}"
    out = SnsBroker(boto3.client("sns", endpoint_url=away, config=ONE_TRY, **LOCAL_KEYS), topic, Calls())
    return BrokerPlace(SnsBroker(sns, topic, calls), out, receive_from_sqs(sqs, queue), calls)


def real_sns_broker(request: pytest.FixtureRequest) -> BrokerPlace:
    topic, queue, calls = (
        os.environ["ISTHMUS_CONTRACT_SNS_TOPIC_ARN"],
        os.environ["ISTHMUS_CONTRACT_SQS_QUEUE_URL"],
        Calls(),
    )
    away = f"http://{request.getfixturevalue('nowhere')}"
    out = SnsBroker(boto3.client("sns", endpoint_url=away, config=ONE_TRY, **LOCAL_KEYS), topic, Calls())
    sns, sqs = boto3.client("sns", config=ONE_TRY), boto3.client("sqs", config=ONE_TRY)
    return BrokerPlace(SnsBroker(sns, topic, calls), out, receive_from_sqs(sqs, queue), calls)


def receive_from_pubsub(subscriber: SubscriberClient, subscription: str) -> Callable[[int], list[Frame]]:
    def receive(count: int) -> list[Frame]:
        found: list[Frame] = []

        def more() -> bool:
            answer = subscriber.pull(subscription=subscription, max_messages=10, timeout=RECEIVE_SECONDS)
            for received in answer.received_messages:
                found.append(frames.parse(dict(received.message.attributes), received.message.data))
                subscriber.acknowledge(subscription=subscription, ack_ids=[received.ack_id])
            return len(found) >= count

        until("the frames behind Pub/Sub", more, RECEIVE_SECONDS)
        return found

    return receive


def publisher(address: str) -> PublisherClient:
    return PublisherClient(transport=PublisherGrpcTransport(channel=grpc.insecure_channel(address)))


def local_pubsub_broker(request: pytest.FixtureRequest) -> BrokerPlace:
    address, name, calls = request.getfixturevalue("local_google").grpc, unique("contract"), Calls()
    topic, subscription = f"projects/{PROJECT}/topics/{name}", f"projects/{PROJECT}/subscriptions/{name}"
    client = publisher(address)
    client.create_topic(name=topic)
    subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=grpc.insecure_channel(address)))
    subscriber.create_subscription(name=subscription, topic=topic)
    out = PubSubBroker(publisher(request.getfixturevalue("nowhere")), topic, Calls())
    return BrokerPlace(PubSubBroker(client, topic, calls), out, receive_from_pubsub(subscriber, subscription), calls)


def real_pubsub_broker(request: pytest.FixtureRequest) -> BrokerPlace:
    topic, calls = os.environ["ISTHMUS_CONTRACT_PUBSUB_TOPIC"], Calls()
    receive = receive_from_pubsub(SubscriberClient(), os.environ["ISTHMUS_CONTRACT_PUBSUB_SUBSCRIPTION"])
    out = PubSubBroker(publisher(request.getfixturevalue("nowhere")), topic, Calls())
    return BrokerPlace(PubSubBroker(PublisherClient(), topic, calls), out, receive, calls)


BROKERS: dict[str, Callable[[pytest.FixtureRequest], BrokerPlace]] = {
    "memory-aws": lambda request: memory_broker("aws"),
    "memory-google": lambda request: memory_broker("gcp"),
    "local-aws": local_sns_broker,
    "local-google": local_pubsub_broker,
}
if os.environ.get("ISTHMUS_CONTRACT_SNS_TOPIC_ARN"):
    BROKERS["real-aws"] = real_sns_broker
if os.environ.get("ISTHMUS_CONTRACT_PUBSUB_TOPIC"):
    BROKERS["real-google"] = real_pubsub_broker


@pytest.fixture(params=BROKERS)
def broker_place(request: pytest.FixtureRequest) -> BrokerPlace:
    """A broker on each of the places."""
    return BROKERS[request.param](request)
