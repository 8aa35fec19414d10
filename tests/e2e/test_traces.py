"""One call's trace over both clouds, as a user reads it."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from conftest import Isthmus
from waiting import until

from isthmus.cli import exits
from isthmus.local import function_logs
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory

WHOLE = {
    ("publisher", "isthmus send"),
    ("publisher", "send isthmus"),
    ("publisher", "POST"),
    ("ingest", "POST /v1/events"),
    ("ingest", "publish isthmus-dev-events"),
    ("aws archive", "process isthmus-dev-archive"),
    ("aws archive", "S3/PutObject"),
    ("bridge", "process isthmus-dev-bridge"),
    ("bridge", "publish isthmus-dev-events"),
    ("gcp archive", "process isthmus-dev-archive"),
    ("gcp archive", "storage.objects.insert"),
}
"""What one frame leaves, whichever cloud it came in on."""


def test_one_send_is_one_trace_from_the_producer_to_both_archives(
    isthmus: Isthmus, run: RunDirectory, endpoints: Endpoints
) -> None:
    sent = isthmus("send", "--sample", "flights", "--start", "7000", "--limit", "20", "--json")
    assert sent.returncode == 0, sent.stderr
    trace_id = json.loads(sent.stdout)["trace"]

    def whole() -> bool:
        return {_place(span) for span in _spans(isthmus, trace_id)} == WHOLE

    assert until(whole), [_place(span) for span in _spans(isthmus, trace_id)]
    spans = _spans(isthmus, trace_id)
    ids = {span["span_id"] for span in spans}
    assert [span["name"] for span in spans if span.get("parent_id", "") not in ids] == ["isthmus send"]
    shown = isthmus("trace", "show", trace_id[:12]).stdout
    assert "      POST /v1/events" in shown
    assert trace_id in isthmus("trace", "list", "--limit", "50").stdout
    assert _roles_that_logged(run, endpoints, trace_id) == {"ingest", "archive", "bridge"}


def _spans(isthmus: Isthmus, trace_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(isthmus("trace", "show", trace_id, "--json").stdout)["spans"]
    return found


def _place(span: dict[str, Any]) -> tuple[str, str]:
    part = span["service"].removeprefix("isthmus-")
    cloud = span["resource"].get("cloud.provider", "")
    return (f"{cloud} {part}" if part == "archive" else part), span["name"]


def _roles_that_logged(run: RunDirectory, endpoints: Endpoints, trace_id: str) -> set[str]:
    """The functions whose lines name the trace."""
    return {line["role"] for line in function_logs.lines(run, endpoints) if trace_id in json.dumps(line)}


def test_a_trace_that_is_not_there_is_told(isthmus: Isthmus) -> None:
    for wanted in ("f" * 32, "not-hex"):
        asked = isthmus("trace", "show", wanted)
        assert asked.returncode == exits.FAILED
        assert "isthmus trace list" in asked.stderr
