"""The Cloud Run app reads a body that is too large to the end, so that its sender can read the answer."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest

from isthmus.core.requests import MAX_BODY_BYTES
from isthmus.functions import front
from isthmus.functions.gcp import app as module
from isthmus.functions.settings import Settings

PART = 64 * 1024


async def _post(app: Any, size: int, gone_after: int | None = None) -> tuple[int, dict[str, Any], int]:
    """Sends a body in parts until the sender goes; returns the status, the answer, and how many bytes were taken."""
    taken = 0
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        nonlocal taken
        if gone_after is not None and taken >= gone_after:
            return {"type": "http.disconnect"}
        part = min(PART, size - taken)
        taken += part
        return {"type": "http.request", "body": b" " * part, "more_body": taken < size}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/v1/events",
        "headers": [],
        "query_string": b"",
        "root_path": "",
    }
    await app(scope, receive, send)
    return sent[0]["status"], json.loads(sent[1]["body"]), taken


@pytest.fixture
def app(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The ingest's app, whose brokers are never asked here."""
    monkeypatch.setattr(front, "broker", lambda cloud, settings: None)
    return module.create_app(Settings("gcp", "ingest", "us-east-1", "p", senders="{}"))


def test_a_body_over_the_limit_is_read_to_its_end_and_refused(app: Any) -> None:
    """5 MiB: all of it is taken, and the answer is 413."""
    size = 5 * 1024 * 1024
    assert size > MAX_BODY_BYTES
    status, answer, taken = asyncio.run(_post(app, size))
    assert (status, answer["status"], taken) == (413, 413, size)


def test_an_endless_body_is_not(app: Any) -> None:
    """There is an end to patience."""
    status, _, taken = asyncio.run(_post(app, 1024 * 1024 * 1024))
    assert status == 413
    assert taken <= MAX_BODY_BYTES + module.MAX_DISCARDED_BYTES + 2 * PART


def test_a_sender_that_goes_away_is_no_crash(app: Any) -> None:
    """What came is thrown away; nobody reads the answer."""
    status, answer, _ = asyncio.run(_post(app, 10 * PART, gone_after=PART))
    assert (status, answer["detail"]) == (400, f"the sender went away after {PART:,} bytes of its body")
