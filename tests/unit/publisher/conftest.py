"""Real ingests on loopback: the core's own `Ingest` over memory brokers, behind an HTTP server that can misbehave."""

from __future__ import annotations

import hashlib
import socket
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest

from isthmus.adapters.memory import MemoryBroker
from isthmus.core import frames
from isthmus.core.frames import Cloud
from isthmus.core.ingest import Ingest
from isthmus.core.requests import Request
from isthmus.core.routing import Dispatcher
from isthmus.core.senders import Sender, Senders
from isthmus.publisher import Endpoint, PublisherConfig

KEY = "secret"
DEADLINE_SECONDS = 10.0


class LocalIngest:
    """An ingest that answers as `how` says: ok, hang, slow, cut (accept, then cut the connection), or a status.

    Attributes:
        how: What it does with events.
        alive: Whether it answers probes when it hangs.
        requests: Idempotency-Key and number of events of each request, in order.
        limit: Events of a request at most, else 413.
        answer: A document that replaces the real one of an accepted request.
    """

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud
        self.how = "ok"
        self.alive = False
        self.retry_after = ""
        self.slow_seconds = 0.0
        self.limit: int | None = None
        self.answer: dict[str, Any] | None = None
        self.requests: list[tuple[str, int]] = []
        self.in_flight = self.most_in_flight = 0
        self.broker = MemoryBroker(cloud)
        sender = Sender("test", (hashlib.sha256(KEY.encode()).hexdigest(),))
        self.ingest = Ingest(cloud, Senders([sender]), Dispatcher([self.broker]))
        self.lock = threading.Lock()
        self.release = threading.Event()
        self._port = 0
        self._server: ThreadingHTTPServer | None = None
        self.open()

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.cloud, f"http://127.0.0.1:{self._port}")

    def open(self) -> None:
        """Listens, on the same port as before."""
        self.release.clear()
        handler = type("Handler", (_Handler,), {"local": self})
        self._server = self._listen(handler)
        self._port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def _listen(self, handler: type[BaseHTTPRequestHandler]) -> ThreadingHTTPServer:
        """Somebody's outgoing connection may have the port for a moment."""
        deadline = time.monotonic() + 30
        while True:
            try:
                return _Server(("127.0.0.1", self._port), handler)
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def refuse(self) -> None:
        """Stops listening and cuts every connection."""
        self.release.set()
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server.cut()
            self._server = None

    def identities(self) -> list[tuple[str, str]]:
        """Source and id of every event of every distinct frame that its broker holds: what the archives would keep."""
        found = []
        for frame in {frame.id: frame for frame in self.broker.frames()}.values():
            for line in frames.lines(frame).splitlines():
                event = msgspec.json.decode(line)
                found.append((event["source"], event["id"]))
        return found


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, *arguments: Any) -> None:
        self._open: set[socket.socket] = set()
        super().__init__(*arguments)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._open.add(request)
        super().process_request(request, client_address)

    def cut(self) -> None:
        for connection in list(self._open):
            with _ignored():
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that cut the connection is a part of these tests."""


class _ignored:
    def __enter__(self) -> None: ...

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> bool:
        return kind is not None and issubclass(kind, OSError)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    local: LocalIngest
    disable_nagle_algorithm = True

    def log_message(self, *arguments: Any) -> None:
        """Says nothing."""

    def do_GET(self) -> None:
        if self.local.how == "hang" and not self.local.alive:
            self.local.release.wait(DEADLINE_SECONDS)
            self.close_connection = True
            return
        self._answer(200, b"{}", {})

    def do_POST(self) -> None:
        local = self.local
        body = self.rfile.read(int(self.headers["content-length"]))
        with local.lock:
            local.in_flight += 1
            local.most_in_flight = max(local.most_in_flight, local.in_flight)
        try:
            self._post(local, body)
        finally:
            with local.lock:
                local.in_flight -= 1

    def _post(self, local: LocalIngest, body: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if local.how == "hang":
            local.requests.append((headers["idempotency-key"], -1))
            local.release.wait(DEADLINE_SECONDS)
            self.close_connection = True
            return None
        if local.slow_seconds:
            time.sleep(local.slow_seconds)
        if local.how.isdigit():
            local.requests.append((headers["idempotency-key"], -1))
            extra = {"retry-after": local.retry_after} if local.retry_after else {}
            return self._answer(int(local.how), b'{"detail":"as told"}', extra)
        if local.limit is not None and len(msgspec.json.decode(zlib.decompress(body, 31))) > local.limit:
            local.requests.append((headers["idempotency-key"], -1))
            return self._answer(413, b'{"detail":"too many"}', {})
        response = local.ingest.accept(Request(headers, body))
        document = msgspec.json.decode(response.body)
        local.requests.append((headers["idempotency-key"], document.get("accepted", 0)))
        if local.how == "cut":
            local.how = "ok"
            self.close_connection = True
            return None
        content = msgspec.json.encode(local.answer) if local.answer is not None else response.body
        return self._answer(response.status, content, response.headers)

    def _answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@pytest.fixture
def aws() -> Iterator[LocalIngest]:
    """The ingest of one cloud."""
    ingest = LocalIngest("aws")
    yield ingest
    ingest.refuse()


@pytest.fixture
def gcp() -> Iterator[LocalIngest]:
    """The ingest of the other."""
    ingest = LocalIngest("gcp")
    yield ingest
    ingest.refuse()


@pytest.fixture
def config(aws: LocalIngest, gcp: LocalIngest, tmp_path: Path) -> Callable[..., PublisherConfig]:
    """Makes a configuration for both ingests that waits little."""

    def make(**changes: Any) -> PublisherConfig:
        values: dict[str, Any] = {
            "endpoints": (aws.endpoint, gcp.endpoint),
            "api_key": KEY,
            "max_batch_events": 10,
            "linger_seconds": 0.01,
            "connect_timeout_seconds": 0.5,
            "read_timeout_seconds": 1.5,
            "suspect_seconds": 0.2,
            "probe_timeout_seconds": 0.2,
            "retry_base_seconds": 0.01,
            "cool_down_seconds": 0.05,
            "cool_down_cap_seconds": 0.2,
            "spool_path": tmp_path / "spool.sqlite",
        }
        return PublisherConfig(**values | changes)

    return make


@pytest.fixture
def events() -> Callable[..., list[dict[str, Any]]]:
    """Makes events."""

    def make(count: int, first: int = 0, **more: Any) -> list[dict[str, Any]]:
        base = {"specversion": "1.0", "source": "/test", "type": "com.example.test"}
        return [base | {"id": str(first + i), "data": {"i": first + i}} | more for i in range(count)]

    return make


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Waits until a condition holds, and fails when it doesn't in time."""

    def wait(condition: Callable[[], object]) -> None:
        end = time.monotonic() + DEADLINE_SECONDS
        while not condition():
            assert time.monotonic() < end, "the condition did not come to hold in time"
            time.sleep(0.01)

    return wait
