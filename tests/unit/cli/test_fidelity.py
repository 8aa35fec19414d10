"""`isthmus tf fidelity`."""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from isthmus.cli.app import app


def test_all_types_in_use_are_listed_with_how_true_they_are() -> None:
    """Over every stack; a stack's own are among them."""
    everything = json.loads(CliRunner().invoke(app, ["tf", "fidelity", "--json"]).stdout)
    stack = json.loads(CliRunner().invoke(app, ["tf", "dev", "platform/aws", "fidelity", "--json"]).stdout)
    levels = {item["type_name"]: item["level"] for item in everything}
    assert set(levels.values()) <= {"realized", "recorded"}
    assert {item["type_name"] for item in stack} < set(levels)
    assert levels["aws_sqs_queue"] == levels["google_pubsub_topic"] == "realized"


@pytest.mark.parametrize("words", [["tf", "dev"], ["tf", "fidelity", "everything"]])
def test_what_is_missing_or_too_much_is_said(words: list[str]) -> None:
    """As a mistake of usage."""
    assert CliRunner().invoke(app, words).exit_code == 2
