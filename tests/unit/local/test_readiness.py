"""`up` waits until the ingests can publish, and says what they answered when they can't."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from isthmus.local.errors import PartFailed
from isthmus.local.readiness import PATH, await_ingests

PROBLEM = b'{"status": 503, "detail": "no broker can be reached: aws: refused"}'


class Ingest(ThreadingHTTPServer):
    """Answers 503 so many times, then 200."""

    daemon_threads = True

    def __init__(self, refusals: int) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.refusals = refusals
        self.paths: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/base"


class Handler(BaseHTTPRequestHandler):
    server: Ingest

    def do_GET(self) -> None:
        self.server.paths.append(self.path)
        self.server.refusals -= 1
        status, body = (503, PROBLEM) if self.server.refusals >= 0 else (200, b"{}")
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Quiet."""


@pytest.fixture
def serve() -> Iterator[object]:
    servers: list[Ingest] = []

    def start(refusals: int) -> Ingest:
        servers.append(Ingest(refusals))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return servers[-1]

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def test_it_asks_until_each_is_ready(serve) -> None:
    late, ready = serve(3), serve(0)
    await_ingests({"aws": late.url, "gcp": ready.url}, 10)
    assert late.paths == [f"/base{PATH}"] * 4
    assert ready.paths == [f"/base{PATH}"]


def test_one_that_stays_unready_is_named_with_its_answer(serve) -> None:
    with pytest.raises(
        PartFailed, match="ingest on aws can't publish: HTTP 503, no broker can be reached: aws: refused"
    ):
        await_ingests({"aws": serve(10_000).url, "gcp": serve(0).url}, 0.2)


def test_one_that_does_not_answer_is_named(serve) -> None:
    server = serve(0)
    url = server.url
    server.shutdown()
    server.server_close()
    with pytest.raises(PartFailed, match=r"ingest on gcp can't publish: .*refused"):
        await_ingests({"gcp": url}, 0.2)
