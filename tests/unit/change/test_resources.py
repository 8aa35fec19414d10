"""Which resources a plan changes: what is lost first and loudly, the rest up to a limit."""

from __future__ import annotations

import json
from typing import Any

import pytest

from isthmus.change.facts import Touched
from isthmus.change.resources import touched
from isthmus.cli.resources import print_resources
from isthmus.rehearsal import outcome


def plan(*entries: dict[str, Any]) -> bytes:
    return json.dumps({"resource_changes": entries}).encode()


def entry(address: str, *actions: str, **more: Any) -> dict[str, Any]:
    own = {name: more.pop(name) for name in ("previous_address", "mode") if name in more}
    return {"address": address, **own, "change": {"actions": actions, **more}}


def test_what_is_lost_comes_first_with_what_makes_it_so() -> None:
    """A replacement says which attributes force it, a move where it was; what stays or is only read is not told."""
    document = plan(
        entry("a.new", "create"),
        entry("a.kept", "no-op"),
        entry("data.a.read", "read", mode="data"),
        entry("a.other", "update"),
        entry("a.name", "delete", "create", replace_paths=[["name"], ["tags", 0]]),
        entry("a.first", "create", "delete"),
        entry("a.gone", "delete"),
        entry("a.moved", "no-op", previous_address="a.before"),
        entry("a.there", "update", importing={"id": "x"}),
        entry("a.left", "forget"),
    )
    assert touched(document) == (
        Touched("a.gone", "destroy"),
        Touched("a.first", "replace"),
        Touched("a.name", "replace", "name, tags.0"),
        Touched("a.left", "forget"),
        Touched("a.other", "update"),
        Touched("a.new", "create"),
        Touched("a.there", "import", "as x"),
        Touched("a.moved", "move", "was a.before"),
    )


def test_lines_are_heard_while_a_run_goes_on_and_all_are_kept() -> None:
    """Also when nobody can be told any more; a run would else wait for its reader for ever."""
    heard: list[Any] = []

    def hear(entry: Any) -> None:
        heard.append(entry["type"])
        raise BrokenPipeError

    with outcome.listening(hear) as (out, lines):
        for number in range(5_000):  # more than a pipe holds
            print(json.dumps({"type": "log", "number": number, "text": "x" * 50}), file=out)
        print("{ no JSON\nError: no", file=out)
    assert len(heard) == 5_000
    assert (len(lines), lines[-1]) == (5_002, "Error: no\n")


def test_the_list_is_short_and_leaves_out_nothing_that_is_lost(capsys: pytest.CaptureFixture[str]) -> None:
    """All of it with --all."""
    lost = [Touched(f"a.lost[{i}]", "destroy") for i in range(30)]
    made = [Touched(f"a.made[{i}]", "create") for i in range(30)]
    print_resources([*lost, *made])
    lines = capsys.readouterr().out.splitlines()
    assert lines[:30] == [f"  !! DESTROY a.lost[{i}]" for i in range(30)]
    assert lines[-2:] == ["  create a.made[19]", "  … and 10 more: --all lists them, --json too"]
    print_resources([*lost, *made], every=True)
    assert len(capsys.readouterr().out.splitlines()) == 60
