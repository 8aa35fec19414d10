"""Google's APIs: nothing is asked of one before it is on, and one more takes nothing away from those that are there."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from isthmus.rehearsal.runner import run_stack
from isthmus.rehearsal.stack import Stack, stack_of

AGENTS = {
    "bootstrap/gcp": {"google_storage_project_service_account"},
    "foundation/gcp": {
        "google_bigquery_default_service_account",
        "google_logging_project_cmek_settings",
        "google_storage_project_service_account",
    },
    "platform/gcp": {"google_storage_transfer_project_service_account"},
}
"""Data sources that ask an API which may be off in a new project."""
FEWER = {"analytics": False, "budgets": False, "network": False, "replication": True}


def _with(stack: Stack, features: Mapping[str, bool]) -> Stack:
    return replace(stack, variables={"features": json.dumps(features)})


def _changes(stack: Stack) -> list[dict[str, Any]]:
    plan, shown = stack.run_dir / "plan.bin", stack.run_dir / "plan.json"
    _run(stack, "plan", f"-out={plan}")
    with shown.open("w") as file:
        assert run_stack(stack, ["show", "-json", str(plan)], stdout=file) == 0
    found: list[dict[str, Any]] = json.loads(shown.read_text())["resource_changes"]
    return found


def _run(stack: Stack, *args: str) -> None:
    stack.run_dir.mkdir(parents=True, exist_ok=True)
    with (stack.run_dir / "said").open("w+") as said:
        code = run_stack(stack, args, stdout=said, stderr=said)
        said.seek(0)
        assert code == 0, said.read()


@pytest.mark.parametrize("name", AGENTS)
def test_a_new_project_is_planned_without_asking_an_api_that_is_off(name: str, terraform: Path, tmp_path: Path) -> None:
    """A look-up that waits for the apply is in the plan; one that was made is not."""
    stack = stack_of("prod", name, root=terraform.parent, run_dir=tmp_path)
    waiting = {change["type"] for change in _changes(stack) if change["mode"] == "data"}
    assert waiting >= AGENTS[name]


@pytest.mark.parametrize("name", ["foundation/gcp", "platform/gcp"])
def test_a_flag_that_asks_for_another_api_takes_no_grant_away(name: str, terraform: Path, tmp_path: Path) -> None:
    """Not even for the moment between taking and giving: with it a bucket's key would be gone."""
    stack = stack_of("dev", name, root=terraform.parent, run_dir=tmp_path)
    _run(_with(stack, FEWER), "apply", "-auto-approve")
    more = _with(stack, {**FEWER, "analytics": True, "budgets": True, "network": True})
    lost = [c["address"] for c in _changes(more) if "delete" in c["change"]["actions"]]
    assert lost == []
