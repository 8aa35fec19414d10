"""Importing what is recorded only: the user says what is there, or nothing is imported."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

VPC = 'resource "aws_vpc" "v" {\n  cidr_block = "10.0.0.0/16"\n}\n'
BLOCK = 'import {\n  to = aws_vpc.v\n  id = "vpc-1"\n}\n'
EXISTING = {"aws_vpc": [{"id": "vpc-1", "cidr_block": "10.0.0.0/16", "tags": {"Name": "old"}}]}


def test_what_the_user_says_is_there_is_imported_and_compared(module: Callable) -> None:
    made = module(VPC + BLOCK)
    made = replace(made, stack=replace(made.stack, existing=EXISTING))
    change = made.planned()["aws_vpc.v"]
    assert change["importing"] == {"id": "vpc-1"}
    assert change["actions"] == ["update"]
    assert (change["before"]["tags"], change["after"]["tags"]) == ({"Name": "old"}, None)
    outcome = made.do("apply", "-auto-approve")
    assert (outcome.code, outcome.add) == (0, 0)
    assert made.do("plan").no_changes


def test_what_nobody_knows_of_is_not_imported_and_the_file_is_named_that_would_say(module: Callable) -> None:
    outcome = module(VPC + BLOCK).do("plan")
    assert outcome.code == 1
    assert outcome.diagnostics[0]["summary"] == "aws_vpc can't be imported here"
    assert '{"aws_vpc": [{"id": "vpc-1", …}]}' in outcome.diagnostics[0]["detail"]
