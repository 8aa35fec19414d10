"""The synthetic check."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from isthmus.core import frames, keys
from isthmus.core.events import check_event
from isthmus.functions import canary
from isthmus.functions.aws import canary as deployed


class Answers(BaseHTTPRequestHandler):
    """Says the status that its path names."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        known = self.headers["x-api-key"] == "key" and body["type"] == canary.TYPE and body["synthetic"] is True
        self.send_response(202 if known else 403)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """Base URL of a server that answers as asked."""
    with HTTPServer(("127.0.0.1", 0), Answers) as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()


def test_an_ingest_that_can_publish_passes(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the time that it took."""
    monkeypatch.setenv(deployed.URL, f"{server}/200")
    monkeypatch.delenv(deployed.SECRET, raising=False)
    (name, seconds) = next(iter(deployed.handler({}, None).items()))
    assert (name, 0 <= seconds < 10) == ("seconds", True)


@pytest.mark.parametrize("status", [204, 404, 503])
def test_anything_else_fails(server: str, status: int) -> None:
    """As an exception, which is how a canary fails."""
    with pytest.raises((canary.NotReady, OSError)):
        canary.probe(f"{server}/{status}")


def test_nobody_who_does_not_answer_passes() -> None:
    """Nor anything but HTTPS."""
    with pytest.raises(OSError):
        canary.probe("http://127.0.0.1:9/readyz")
    with pytest.raises(canary.NotReady):
        canary.probe("file:///etc/hosts")


def test_an_event_is_sent_with_its_marks(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """And not by the way of a proxy that the environment names."""
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    event = canary.synthetic("1", "/isthmus/probe/aws")
    assert 0 <= canary.send(server, "key", event) < 10
    with pytest.raises(canary.NotReady, match="403"):
        canary.send(server, "another key", event)


def test_a_synthetic_event_is_where_the_archives_keep_its_frame() -> None:
    """What the canary knows without the library is what the core says."""
    (event,), _ = check_event(json.dumps(canary.synthetic("7", "/isthmus/probe/aws")).encode())
    (frame,), _ = frames.pack([event], origin="aws", unix_ms=1_800_000_000_000, seed=b"7")
    assert keys.event_key(frame).startswith(canary.FOLDER)
    assert frames.MAX_UNPACKED_BYTES == canary.MAX_UNPACKED_BYTES
