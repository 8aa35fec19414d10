"""The local AWS sends an answer's head and body together: Go's SDK takes them for broken otherwise."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

SIGNED = "AWS4-HMAC-SHA256 Credential=test/20261124/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0"
ROUNDS = 50


@pytest.fixture
def connection(local_aws: str) -> Iterator[socket.socket]:
    """A plain connection to the local AWS."""
    address = urlsplit(local_aws)
    with socket.create_connection((address.hostname, address.port), timeout=10) as found:
        yield found


def asked(connection: socket.socket, operation: str, body: dict[str, object]) -> bytes:
    """What arrives first after a request."""
    text = json.dumps(body)
    head = {
        "Host": "dynamodb",
        "Authorization": SIGNED,
        "X-Amz-Target": f"DynamoDB_20120810.{operation}",
        "Content-Type": "application/x-amz-json-1.0",
        "Content-Length": str(len(text)),
    }
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items())
    connection.sendall(f"POST / HTTP/1.1\r\n{lines}\r\n{text}".encode())
    return connection.recv(65536)


def test_the_body_comes_with_its_head(connection: socket.socket) -> None:
    """In the first read of every answer, over one connection that stays open."""
    for _ in range(ROUNDS):
        head, _, body = asked(connection, "ListTables", {}).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200")
        assert json.loads(body)["TableNames"] is not None


def test_an_answer_to_a_broken_request_ends_the_connection(connection: socket.socket) -> None:
    """With 400, and nothing hangs."""
    connection.sendall(b"NOT HTTP\r\n\r\n")
    assert connection.recv(65536).startswith(b"HTTP/1.1 400")
    assert connection.recv(65536) == b""
