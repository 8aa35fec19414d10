"""`isthmus policy`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from isthmus.cli.app import app
from isthmus.core.errors import IsthmusError


def bucket(protected: bool) -> dict[str, Any]:
    """A plan of one block of public access."""
    names = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
    block = {
        "address": "aws_s3_bucket_public_access_block.b",
        "mode": "managed",
        "type": "aws_s3_bucket_public_access_block",
        "name": "b",
        "change": {
            "actions": ["create"],
            "after": {"bucket": "b", **dict.fromkeys(names, protected)},
            "after_unknown": {},
        },
    }
    named = {"actions": ["create"], "after": {"bucket": "b"}, "after_unknown": {}}
    of = {"address": "aws_s3_bucket.b", "mode": "managed", "type": "aws_s3_bucket", "name": "b", "change": named}
    return {"format_version": "1.2", "resource_changes": [block, of], "planned_values": {}, "configuration": {}}


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["policy", *words])
    return done.exit_code, done.stdout


def test_rules_are_listed() -> None:
    """With what each asks for."""
    code, said = run("list", "--json")
    rules = json.loads(said)
    assert code == 0
    assert len(rules) >= 35
    assert {"encryption", "networking", "identity", "data", "cost", "naming"} == {
        rule["id"].split(".")[0] for rule in rules
    }


def test_the_rules_tests_run() -> None:
    """All hold."""
    code, said = run("test", "--json")
    assert (code, json.loads(said)["failed"]) == (0, [])


@pytest.mark.parametrize("protected", [True, False])
def test_a_plan_is_judged(protected: bool, tmp_path: Path) -> None:
    """Each rule's finding is there, or the address under what was checked."""
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(bucket(protected)))
    code, said = run("judge", str(file), "--json")
    judged = json.loads(said)
    assert code == 1  # the bucket lacks the rest
    assert "aws_s3_bucket.b" in judged["checked"]["data.s3_public_access"]
    rules = {finding["rule"] for finding in judged["findings"]}
    assert ("data.s3_public_access" in rules) is not protected
    code, said = run("judge", str(file))
    assert code == 1
    assert "fail: data.s3_versioning: aws_s3_bucket.b has no versioning" in said


def test_what_cannot_be_judged_is_an_error(tmp_path: Path) -> None:
    """A file that isn't there, one that is cut off, a variable without a value."""
    file = tmp_path / "plan.json"
    missing = CliRunner().invoke(app, ["policy", "judge", str(file)])
    assert isinstance(missing.exception, IsthmusError)
    file.write_text(json.dumps(bucket(True))[:-9])
    cut = CliRunner().invoke(app, ["policy", "judge", str(file)])
    assert isinstance(cut.exception, IsthmusError)
    assert "no JSON" in str(cut.exception)
    file.write_text(json.dumps(bucket(True)))
    assert run("judge", str(file), "--var", "cost_profile")[0] == 2
