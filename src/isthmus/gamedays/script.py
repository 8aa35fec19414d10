"""A scenario as a shell script for the real clouds: it can be read, approved by its digest, and run as it is."""

from __future__ import annotations

import hashlib
import subprocess
from collections.abc import Iterator

from isthmus.gamedays.scenario import Scenario
from isthmus.gamedays.there import Place, There, on_real_clouds

SHELL = "/bin/sh"


def script(scenario: Scenario, place: Place) -> str:
    """The script. What it breaks it heals when it ends, also by Ctrl-C or SIGTERM."""
    found = [on_real_clouds(fault, place, number) for number, fault in enumerate(scenario.faults)]
    lines = [*_head(scenario, place), *_rollback(found), *_method(scenario, found)]
    return "\n".join(lines) + "\n"


def digest(text: str) -> str:
    """What is approved: this script, to the letter."""
    return hashlib.sha256(text.encode()).hexdigest()


def execute(text: str) -> int:
    """Runs the script; returns its exit code."""
    return subprocess.run([SHELL, "-c", text], check=False).returncode


def _head(scenario: Scenario, place: Place) -> Iterator[str]:
    yield "#!/bin/sh"
    yield f"# {scenario.title}: {scenario.name}, on {place.environment} ({place.region}, {place.project})"
    for criterion in scenario.criteria:
        yield f"# holds when: {criterion.text}"
    yield "set -eu"


def _rollback(found: list[There]) -> Iterator[str]:
    yield "rollback() {"
    yield "  trap - EXIT INT TERM"
    yield "  set +e"
    for one in reversed(found):
        yield from (f"  {line}" for line in one.end)
    yield "  :"
    yield "}"
    yield "trap rollback EXIT"
    yield "trap 'exit 130' INT TERM"


def _method(scenario: Scenario, found: list[There]) -> Iterator[str]:
    number = 0
    for activity in scenario.method:
        yield ""
        yield f"# {activity.name}"
        if activity.before_seconds:
            yield f"sleep {activity.before_seconds:g}"
        if activity.fault is not None:
            one = found[number]
            number += 1
            if one.note:
                yield f"# {one.note}"
            yield from one.begin
        elif activity.function == "heal":
            yield "rollback"
        elif activity.function == "start_traffic":
            yield "# Real producers send; watch the alarms and the ledger beside it."
        if activity.after_seconds:
            yield f"sleep {activity.after_seconds:g}"
