"""One structured line a call, in the form that CloudWatch Logs and Cloud Logging both read."""

from __future__ import annotations

import os
import sys
from typing import Any

import msgspec

from isthmus.adapters.calls import Calls

CALLS = Calls()
"""The API calls that this process made; every line carries those since the line before."""


def write(message: str, *, severity: str = "INFO", **facts: Any) -> None:
    """Prints one line of JSON: the message, the facts, and the API calls made since the last line.

    No payload and no secret belongs in the facts.
    """
    line = {
        "severity": severity,
        "message": message,
        "cloud": os.environ.get("ISTHMUS_CLOUD", ""),
        "role": os.environ.get("ISTHMUS_ROLE", ""),
        **facts,
        "calls": CALLS.take(),
    }
    sys.stdout.write(msgspec.json.encode(line).decode() + "\n")
    sys.stdout.flush()
