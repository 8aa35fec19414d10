"""What is malformed, too large or made up is refused in Google's words, and the server goes on."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
import requests
from google.api_core import exceptions

from isthmus.local.google import LocalGoogle

DEEP = b'{"a":' * 100_000


def connected(cloud: Any) -> socket.socket:
    """A connection of its own."""
    return socket.create_connection(("127.0.0.1", int(cloud.server.http.rpartition(":")[2])), timeout=10)


def say(cloud: Any, request: bytes) -> bytes:
    """Sends bytes and reads the beginning of the answer."""
    with connected(cloud) as sock:
        sock.sendall(request)
        return sock.recv(4096)


@pytest.mark.parametrize(
    "headers",
    [
        b"content-length: 3\r\ncontent-length: 30",
        b"content-length: 3\r\ntransfer-encoding: chunked",
        b"transfer-encoding: xchunked",
        b"content-length: -5",
        b"content-length: 99999999999999999999999",
        b"x : y",
    ],
)
def test_a_message_of_two_meanings_is_refused(cloud: Any, headers: bytes) -> None:
    """Nothing hides behind it, and nothing of it is kept."""
    bucket = cloud.bucket()
    path = f"/upload/storage/v1/b/{bucket.name}/o?uploadType=media&name=x".encode()
    hidden = b"abcDELETE /storage/v1/b/" + bucket.name.encode() + b" HTTP/1.1\r\nhost: x\r\n\r\n"
    answer = say(cloud, b"POST " + path + b" HTTP/1.1\r\nhost: x\r\n" + headers + b"\r\n\r\n" + hidden)
    assert answer.startswith(b"HTTP/1.1 400") and answer.count(b"HTTP/1.1") == 1
    assert bucket.exists() and not list(bucket.list_blobs())


@pytest.mark.parametrize("begun", [b"GET /", b"GET / HTTP/1.1\r\nhost: x\r\nx: "])
def test_a_head_without_an_end_is_refused(cloud: Any, begun: bytes) -> None:
    """Before it fills the memory: the server hangs up while it is still being sent."""
    with connected(cloud) as sock, pytest.raises(ConnectionError):
        sock.sendall(begun)
        for _ in range(1000):
            sock.sendall(b"x" * 65_536)
    assert requests.get(f"{cloud.server.http}/storage/v1/b?project=isthmus-dev", timeout=10).status_code == 200


def test_a_large_body_is_no_large_head(cloud: Any) -> None:
    """One connection carries many of them."""
    bucket = cloud.bucket()
    for number in range(5):
        bucket.blob(f"{number}").upload_from_string(b"x" * 500_000)
    assert len(list(bucket.list_blobs())) == 5


@pytest.mark.parametrize(
    "path", ["/v1/projects/p/topics/t:publish", "/storage/v1/b?project=p", "/retry_test", "/token"]
)
def test_a_body_beyond_the_limit_is_refused_before_it_is_read(cloud: Any, path: str) -> None:
    """Whether its length is said or not."""
    head = f"POST {path} HTTP/1.1\r\nhost: x\r\n".encode()
    assert say(cloud, head + b"content-length: 50000000\r\n\r\n").startswith(b"HTTP/1.1 413")
    chunks = (b"x" * 1_000_000 for _ in range(50))
    try:
        answer = requests.post(cloud.server.http + path, data=chunks, timeout=20)
    except requests.ConnectionError:
        # The connection was ended while the rest was still being sent.
        return
    assert answer.status_code == 413


def test_an_upload_beyond_what_an_object_may_have_is_refused_before_it_is_read(cloud: Any) -> None:
    """By what it says of itself."""
    head = f"POST /upload/storage/v1/b/{cloud.bucket().name}/o?uploadType=media&name=x HTTP/1.1\r\nhost: x\r\n".encode()
    assert say(cloud, head + b"content-length: 10000000000000\r\n\r\n").startswith(b"HTTP/1.1 413")


@pytest.mark.parametrize(
    "path",
    [
        "/storage/v1/b?project=isthmus-dev",
        "/v1/projects/isthmus-dev/serviceAccounts",
        "/v2/projects/isthmus-dev/locations/us/services?serviceId=deep",
        "/v1/projects/isthmus-dev/topics/deep:publish",
        "/v1/projects/isthmus-dev/schemas",
        "/retry_test",
        "/_isthmus/clock",
        "/_isthmus/projects",
    ],
)
@pytest.mark.parametrize("body", [DEEP, b"[" * 200_000, b"null", b'"x"', b"\xff\xfe{}"])
def test_json_that_is_not_what_a_call_takes_is_the_callers_fault(cloud: Any, path: str, body: bytes) -> None:
    """However deep it is."""
    answer = requests.post(cloud.server.http + path, data=body, timeout=20)
    assert answer.status_code == 400 and answer.json()["error"]


@pytest.mark.parametrize(
    ("method", "query"),
    [
        ("GET", "?pageToken=%25%25"),
        ("GET", "?pageToken=AAAA"),
        ("GET", "?maxResults=x"),
        ("GET", "/x?generation=99999999999999999999999"),
        ("GET", "/x?generation=x"),
        ("POST", "/x/rewriteTo/b/BUCKET/o/y?rewriteToken=AAAA"),
        ("POST", "/x/rewriteTo/b/BUCKET/o/y?rewriteToken=%25%25"),
    ],
)
def test_parameters_that_cannot_be_read_are_the_callers_fault(cloud: Any, method: str, query: str) -> None:
    """And no failure of the server."""
    bucket = cloud.bucket()
    bucket.blob("x").upload_from_string("x")
    url = f"{cloud.server.http}/storage/v1/b/{bucket.name}/o{query}".replace("BUCKET", bucket.name)
    assert requests.request(method, url, timeout=20).status_code == 400


@pytest.mark.parametrize(
    "name",
    ["A", "ab", "a..b", "a" * 64, "192.168.0.1", "goog-x", "has_google", "g00gle-x", "-abc", "abc-", "a/b", "a b", ""],
)
def test_a_bucket_cannot_be_called_so(cloud: Any, name: str) -> None:
    """As Cloud Storage's rules are."""
    url = f"{cloud.server.http}/storage/v1/b?project=isthmus-dev"
    answer = requests.post(url, json={"name": name}, timeout=20)
    assert (answer.status_code, answer.json()["error"]["message"]) == (400, f"Invalid bucket name: '{name}'")


@pytest.mark.parametrize("name", ["../../etc/passwd", "/x//", "a b%2F+?#", "日本", "x\x00y", "o/x/acl", "[x]*"])
def test_an_objects_name_is_a_name_and_no_path(cloud: Any, name: str) -> None:
    """Whatever it looks like."""
    bucket = cloud.bucket()
    bucket.blob(name).upload_from_string(name)
    assert bucket.get_blob(name).name == name and bucket.blob(name).download_as_text() == name
    assert [one.name for one in bucket.list_blobs()] == [name]


def test_an_upload_that_says_less_than_there_is_makes_no_object(cloud: Any) -> None:
    """And can be gone on with as before."""
    bucket = cloud.bucket()
    place = bucket.blob("x").create_resumable_upload_session()
    requests.put(place, data=b"x" * 300, headers={"content-range": "bytes 0-299/600"}, timeout=20)
    for told, data in (("bytes 0-1/100", b"xx"), ("bytes */100", b"")):
        assert requests.put(place, data=data, headers={"content-range": told}, timeout=20).status_code == 400
    assert bucket.get_blob("x") is None
    requests.put(place, data=b"y" * 300, headers={"content-range": "bytes 300-599/600"}, timeout=20)
    assert bucket.blob("x").download_as_bytes() == b"x" * 300 + b"y" * 300


def test_a_policy_of_nothing_is_refused(cloud: Any) -> None:
    """It would stay for ever, and hold for nothing."""
    for resource in ("", "topic", "projects/isthmus-dev/topics/missing"):
        with pytest.raises(exceptions.NotFound):
            cloud.publisher.set_iam_policy(request={"resource": resource, "policy": {}})


def test_of_many_who_change_a_bucket_one_wins(cloud: Any) -> None:
    """Of fifty at once, with the same precondition."""
    url = f"{cloud.server.http}/storage/v1/b/{cloud.bucket().name}?ifMetagenerationMatch=1"
    together, statuses = threading.Barrier(50), []

    def change(number: int) -> None:
        together.wait()
        statuses.append(requests.patch(url, json={"labels": {"who": str(number)}}, timeout=30).status_code)

    threads = [threading.Thread(target=change, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [412] * 49


def test_accounts_and_services_of_a_project_that_is_not_there_are_refused(tmp_path: Path) -> None:
    """As those of the other services."""
    with LocalGoogle(tmp_path, project="mine") as google:
        for path in ("v1/projects/{}/serviceAccounts", "v2/projects/{}/locations/us-central1/services"):
            assert requests.get(f"{google.http}/{path.format('mine')}", timeout=20).status_code == 200
            answer = requests.get(f"{google.http}/{path.format('yours')}", timeout=20)
            assert (answer.status_code, answer.json()["error"]["status"]) == (403, "PERMISSION_DENIED")


@pytest.mark.parametrize(
    "options", [("--project", "Bad Project!"), ("--project", ""), ("--auth", "nobody"), ("--auth", "")]
)
def test_what_a_server_is_started_with_is_checked(tmp_path: Path, options: tuple[str, str]) -> None:
    """In one sentence, and the exit code is 1."""
    command = [sys.executable, "-m", "isthmus.local.google", "--data-dir", str(tmp_path), *options]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr.count("\n")) == (1, "", 1), ended.stderr
    assert options[0] in ended.stderr
