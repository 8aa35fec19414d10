"""The alert function on the local AWS: a secret webhook, e-mail through SES, marks in S3, dead letters in SQS."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import boto3
import pytest

from isthmus.functions.aws import alert

SECRET, BUCKET, SENDER = "isthmus-test-slack", "isthmus-test-marks", "isthmus@example.com"
KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
DRIFT = {
    "drift": True,
    "at": "2026-11-24T03:00:00+00:00",
    "stacks": [
        {
            "target": {"environment": "dev", "stack": "platform/aws"},
            "differences": [{"address": "aws_sqs_queue.a", "kind": "gone"}],
        }
    ],
}


@pytest.fixture
def posts() -> Iterator[tuple[str, list[bytes]]]:
    """A webhook's address, and what it was sent."""
    kept: list[bytes] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/services/x", kept
        server.shutdown()


@pytest.fixture
def dead_letters(
    local_aws: Callable[[str], AbstractContextManager[str]],
    posts: tuple[str, list[bytes]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Callable[[], list[str]]]:
    """Makes what the function needs on a local AWS, and reads its dead letters."""
    with local_aws("false") as endpoint:

        def client(service: str) -> Any:
            return boto3.client(service, endpoint_url=endpoint, **KEYS)

        client("secretsmanager").create_secret(Name=SECRET, SecretString=posts[0])
        client("s3").create_bucket(Bucket=BUCKET)
        client("sesv2").create_email_identity(EmailIdentity=SENDER)
        queue = client("sqs").create_queue(QueueName="dlq")["QueueUrl"]
        values = {
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_ACCESS_KEY_ID": "test",
            "AWS_SECRET_ACCESS_KEY": "test",
            "ISTHMUS_LOCAL": "1",
            "ISTHMUS_CLOUD": "aws",
            "ISTHMUS_ROLE": "alert",
            "ISTHMUS_BUCKET": BUCKET,
            "ISTHMUS_DLQ": queue,
            "ISTHMUS_SLACK_SECRET": SECRET,
            "ISTHMUS_EMAILS": "a@example.com",
            "ISTHMUS_EMAIL_SENDER": SENDER,
        }
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        alert._teller.cache_clear()
        alert._worker.cache_clear()
        yield lambda: [
            message["MessageAttributes"]["reason"]["StringValue"]
            for message in client("sqs")
            .receive_message(QueueUrl=queue, MessageAttributeNames=["All"])
            .get("Messages", [])
        ]
    alert._teller.cache_clear()
    alert._worker.cache_clear()


def test_a_message_is_told_once_and_a_bad_one_is_buried(
    dead_letters: Callable[[], list[str]], posts: tuple[str, list[bytes]], capsys: pytest.CaptureFixture[str]
) -> None:
    """By Slack and by SES: the calls that were made are in the log's line."""
    records = [
        {
            "messageId": name,
            "receiptHandle": name,
            "body": body,
            "eventSourceARN": "arn:aws:sqs:us-east-1:000000000000:isthmus-test-alert",
            "attributes": {"ApproximateReceiveCount": "1"},
        }
        for name, body in (("1", json.dumps(DRIFT)), ("2", json.dumps(DRIFT)), ("3", "who knows"))
    ]
    assert alert.handler({"Records": records}, None) == {"batchItemFailures": []}
    assert [json.loads(post)["text"] for post in posts[1]] == ["🟠 dev: 1 thing is not as the Terraform says"]
    line = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert [frame.get("told") for frame in line["frames"]] == [2, 0, None]
    (reason,) = dead_letters()
    assert "neither a notification" in reason
