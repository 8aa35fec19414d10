"""At least forty bad changes of the Terraform, every one stopped by the step and the rule that are there for it."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from concurrent.futures import Future
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from isthmus.local import packages
from isthmus.local.stacks import build_variables
from isthmus.policy import bundle

ROOT = Path(__file__).resolve().parents[3]


def _module(path: Path) -> ModuleType:
    """A Python file beside this one as a module; the tests are no package."""
    spec = importlib.util.spec_from_file_location(f"changes_{path.stem}", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


bad = _module(Path(__file__).with_name("bad.py"))
CHANGES = bad.read()
LEAST = 40


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Future[Any]]]:
    """What each change came to, worked out side by side."""
    packages.ensure()
    copies = bad.Copies(ROOT, tmp_path_factory.mktemp("changes"), build_variables())
    yield {change.name: copies.submit(change) for change in CHANGES}
    copies.close()


@pytest.mark.parametrize("change", CHANGES, ids=[change.name for change in CHANGES])
def test_a_bad_change_is_stopped(change: Any, steps: dict[str, Future[Any]]) -> None:
    """By its own step and rule, at a place; whoever made it is told what to do."""
    found = {step.name: step for step in steps[change.name].result()}
    errors = [problem for problem in found[change.step].problems if problem.level == "error"]
    wanted = f"policy: {change.rule}" if change.step == "policy" else change.rule
    assert wanted in {problem.rule for problem in errors}, [f"{each.rule} {each.message}" for each in errors]
    assert found[change.step].status == "failed"
    assert all(found[name].status == "passed" for name in found if name != change.step)


def test_there_are_enough_of_them() -> None:
    """Of each step, and at least forty; each of another name."""
    assert len({change.name for change in CHANGES}) == len(CHANGES) >= LEAST
    assert {change.step for change in CHANGES} == {"lint", "plan", "policy", "cost"}


def test_every_rule_stops_one() -> None:
    """A rule that nothing breaks is not known to stop anything."""
    rules = bundle.load(ROOT / "policy").ids
    assert sorted(rules - {change.rule for change in CHANGES}) == []
