"""docs/replication.md names the commands and the metrics that there are."""

from __future__ import annotations

import re
from pathlib import Path

from isthmus.archive.gauges import UNITS
from isthmus.cli.replication import app

DOC = (Path(__file__).resolve().parents[2] / "docs" / "replication.md").read_text("utf-8")


def test_every_command_is_shown_and_no_other() -> None:
    shown = set(re.findall(r"^isthmus replication (\w+)", DOC, re.MULTILINE))
    assert shown == {command.name or command.callback.__name__ for command in app.registered_commands}


def test_every_metric_is_described_with_its_unit_and_no_other() -> None:
    shown = dict(re.findall(r"^\| `(isthmus\.[a-z_.]+)` \| (\S+) \|", DOC, re.MULTILINE))
    assert shown == UNITS
