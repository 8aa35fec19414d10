"""One structured line a call, in the form that CloudWatch Logs and Cloud Logging both read."""

from __future__ import annotations

import os
import sys
import time
import traceback
from typing import Any

import msgspec

from isthmus.adapters.calls import Calls
from isthmus.core.spans import Span, current

CALLS = Calls()
"""The API calls that this process made; every line carries those since the line before."""


def role() -> str:
    """The role of this function, "" for none."""
    return os.environ.get("ISTHMUS_ROLE", "")


def write(message: str, *, severity: str = "INFO", **facts: Any) -> None:
    """Prints one line of JSON: the message, the facts, the trace, and the API calls made since the last line.

    No payload and no secret belongs in the facts.
    """
    line = {
        "severity": severity,
        "message": message,
        "cloud": os.environ.get("ISTHMUS_CLOUD", ""),
        "role": role(),
        **_trace(),
        **facts,
        "calls": CALLS.take(),
    }
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()


def milliseconds(began: float) -> float:
    """Since a reading of `time.perf_counter`, as lines tell it."""
    return round((time.perf_counter() - began) * 1000, 1)


def crash(error: BaseException) -> str:
    """Where an error that nobody expected came from, and its kind; its text may hold what was sent."""
    return "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__


def trace_id(span: Span) -> dict[str, str]:
    """The trace of one frame among many of a line."""
    return {"trace_id": span.context.trace_id} if span.context else {}


def _trace() -> dict[str, Any]:
    """What finds the line by its trace, and the trace by its line; on Google Cloud in the names that Logging knows.

    (Cloud Logging, LogEntry's special fields; 2026-11.)
    """
    context = current().context
    if context is None:
        return {}
    found: dict[str, Any] = {"trace_id": context.trace_id, "span_id": context.span_id}
    project = os.environ.get("ISTHMUS_GCP_PROJECT", "")
    if os.environ.get("ISTHMUS_CLOUD") == "gcp" and project:
        found |= {
            "logging.googleapis.com/trace": f"projects/{project}/traces/{context.trace_id}",
            "logging.googleapis.com/spanId": context.span_id,
            "logging.googleapis.com/trace_sampled": context.sampled,
        }
    return found
