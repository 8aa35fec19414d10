"""What a network that breaks off, or a service that answers nonsense, is to a bucket: unavailable, and nothing else."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from google.auth.credentials import AnonymousCredentials
from google.cloud import storage

from isthmus.adapters.aws.broker import SnsBroker
from isthmus.adapters.aws.bucket import S3Bucket
from isthmus.adapters.calls import Calls
from isthmus.adapters.gcp.bucket import GcsBucket
from isthmus.core import uuid7
from isthmus.core.errors import Unavailable
from isthmus.core.frames import Frame

HEAD = b"HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"


def answer(status: str, kind: str, body: bytes, *, promised: int | None = None) -> bytes:
    return HEAD % (status.encode(), kind.encode(), len(body) if promised is None else promised) + body


ANSWERS = {
    "hangs up": b"",
    "hangs up in the head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "body cut off": answer("200 OK", "application/octet-stream", b"0123456789", promised=1000),
    "JSON cut off": answer("200 OK", "application/json", b'{"items": [{"na', promised=1000),
    "500": answer("500 Internal Server Error", "text/plain", b"oh"),
    "503": answer("503 Service Unavailable", "text/html", b"<html>later</html>"),
    "429": answer("429 Too Many Requests", "application/json", b"{}"),
    "409": answer(
        "409 Conflict", "application/xml", b"<Error><Code>ConditionalRequestConflict</Code><Message>x</Message></Error>"
    ),
    "403": answer("403 Forbidden", "application/json", b'{"error": {"code": 403, "message": "no"}}'),
    "not HTTP": b"SSH-2.0-OpenSSH_9.6\r\n",
}
NONSENSE = {
    "HTML": answer("200 OK", "text/html", b"<html><body>Welcome to the hotel's network</body></html>"),
    "empty": answer("200 OK", "application/json", b""),
}


@pytest.fixture
def serve() -> Iterator[Callable[[bytes], str]]:
    """Starts a server that answers every request with these bytes and hangs up; returns its address."""
    with contextlib.ExitStack() as stack:

        def start(data: bytes) -> str:
            server = stack.enter_context(contextlib.closing(socket.create_server(("127.0.0.1", 0))))
            thread = threading.Thread(target=run, args=(server, data), daemon=True)
            thread.start()
            # A shut down socket ends `accept`; a closed one alone doesn't.
            stack.callback(lambda: (server.shutdown(socket.SHUT_RDWR), thread.join(5)))
            return f"http://127.0.0.1:{server.getsockname()[1]}"

        yield start


def run(server: socket.socket, data: bytes) -> None:
    while True:
        try:
            connection, _ = server.accept()
        except OSError:
            return
        with connection, contextlib.suppress(OSError):
            connection.settimeout(2)
            received = connection.recv(65536)
            if b"Expect: 100-continue" in received:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                connection.recv(65536)
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass


def aws_client(service: str, endpoint: str) -> Any:
    config = Config(retries={"total_max_attempts": 1}, read_timeout=3, s3={"addressing_style": "path"})
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    return boto3.client(service, endpoint_url=endpoint, config=config, **keys)


def s3_bucket(endpoint: str) -> S3Bucket:
    return S3Bucket(aws_client("s3", endpoint), "b", Calls())


def gcs_bucket(endpoint: str) -> GcsBucket:
    options = {"api_endpoint": endpoint}
    client = storage.Client(project="p", credentials=AnonymousCredentials(), client_options=options)
    return GcsBucket(client, "b", Calls())


CALLS = {
    "put_new": lambda bucket: bucket.put_new("k", b"x" * 100),
    "get": lambda bucket: bucket.get("k"),
    "list": lambda bucket: list(bucket.list("k")),
    "look": lambda bucket: bucket.look("k"),
}


@pytest.mark.parametrize("made", [s3_bucket, gcs_bucket], ids=["aws", "google"])
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("data", ANSWERS)
def test_a_broken_answer_of_a_bucket_is_unavailable(
    serve: Callable[[bytes], str], made: Callable[[str], Any], call: str, data: str
) -> None:
    with pytest.raises(Unavailable):
        CALLS[call](made(serve(ANSWERS[data])))


@pytest.mark.parametrize("made", [s3_bucket, gcs_bucket], ids=["aws", "google"])
@pytest.mark.parametrize("data", NONSENSE)
def test_nonsense_is_not_an_empty_archive(serve: Callable[[bytes], str], made: Callable[[str], Any], data: str) -> None:
    with pytest.raises(Unavailable):
        list(made(serve(NONSENSE[data])).list())


@pytest.mark.parametrize("data", [*ANSWERS, *NONSENSE])
def test_a_broken_answer_of_sns_is_unavailable(serve: Callable[[bytes], str], data: str) -> None:
    broker = SnsBroker(aws_client("sns", serve({**ANSWERS, **NONSENSE}[data])), "arn:aws:sns:us-east-1:0:t", Calls())
    with pytest.raises(Unavailable):
        broker.publish(Frame(uuid7.new(), "t", "aws", 1, b"{}\n", False))
