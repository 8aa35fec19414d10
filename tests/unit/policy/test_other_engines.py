"""`opa` and `conftest` say of the same plans what the engine inside says: every finding, no more."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from isthmus.policy import bundle, engine, waivers

ROOT = Path(__file__).resolve().parents[3]
POLICY = ROOT / "policy"
WAIVERS = POLICY / "waivers.yaml"
RULES = bundle.load(POLICY)
OPA, CONFTEST = shutil.which("opa"), shutil.which("conftest")
needs_opa = pytest.mark.skipif(OPA is None, reason="opa is not installed; see docs/policies.md")
needs_conftest = pytest.mark.skipif(CONFTEST is None, reason="conftest is not installed; see docs/policies.md")
Found = set[tuple[str, str, str]]


def run(*command: str) -> str:
    """What a command prints; conftest ends with 1 where something fails."""
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout


def by_opa(query: str, *inputs: str) -> Any:
    """A query's value; undefined is nothing."""
    answer = json.loads(run(str(OPA), "eval", "--format=json", f"--data={POLICY}", *inputs, query))
    assert "errors" not in answer, answer
    return answer["result"][0]["expressions"][0]["value"] if answer.get("result") else None


@pytest.fixture(scope="module")
def fixtures() -> list[bytes]:
    """The plans of the rules' own tests: each is what a rule must pass, fail or not know."""
    names = []
    for path in sorted(POLICY.glob("*/*/*_test.rego")):
        found = re.findall(r"^(good|bad|doubtful) :=", path.read_text(), flags=re.MULTILINE)
        names += [f"data.isthmus.{path.parts[-3]}.{path.stem}.{name}" for name in found]
    assert len(names) > 2 * len(RULES.rules) - 1
    return [json.dumps(plan).encode() for plan in engine.value(RULES, "[" + ",\n".join(names) + "]")]


def mine(document: bytes) -> Found:
    """What the engine inside finds and no waiver takes out."""
    judged = engine.judge(RULES, document, waivers.load(WAIVERS, RULES.ids))
    return {(one.verdict, one.rule, f"{one.address}: {one.message}") for one in judged.findings if not one.waived}


def side_by_side(documents: Iterable[bytes]) -> list[bytes]:
    """The plans as modules of few large ones: one for each set of variables."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for document in documents:
        plan = json.loads(document)
        groups.setdefault(json.dumps(plan.get("variables"), sort_keys=True), []).append(plan)
    return [merged(plans) for plans in groups.values()]


def merged(plans: list[dict[str, Any]]) -> bytes:
    """One plan, in which each of these is a module with its configuration."""
    changes = []
    for number, plan in enumerate(plans):
        for change in plan["resource_changes"]:
            module = f"module.m{number}"
            changes.append({**change, "address": f"{module}.{change['address']}", "module_address": module})
    calls = {f"m{number}": {"module": plan["configuration"]["root_module"]} for number, plan in enumerate(plans)}
    root = {"root_module": {"module_calls": calls}}
    return json.dumps({**plans[0], "resource_changes": changes, "configuration": root}).encode()


def nulled(document: bytes) -> Iterator[bytes]:
    """The plan with one value of a resource left out at a time, as a provider does that gives none."""
    plan = json.loads(document)
    for change in plan["resource_changes"]:
        for name in list(change["change"]["after"]):
            kept = change["change"]["after"][name]
            change["change"]["after"][name] = None
            yield json.dumps(plan).encode()
            change["change"]["after"][name] = kept


def everything(fixtures: list[bytes]) -> list[bytes]:
    """All plans, and each with every value of a resource left out in turn, in few."""
    return side_by_side([*fixtures, *(changed for document in fixtures for changed in nulled(document))])


def test_no_value_is_an_error_of_the_engine(fixtures: list[bytes]) -> None:
    """The engine inside stops where OPA goes on when a builtin gets null; no rule lets it come to that."""
    found = [mine(document) for document in everything(fixtures)]
    assert sum(len(findings) for findings in found) > 500


@needs_opa
def test_opa_finds_the_same(fixtures: list[bytes], tmp_path: Path) -> None:
    """In every plan of the rules' tests, and with each value left out in turn."""
    file = tmp_path / "plan.json"
    for document in everything(fixtures):
        file.write_bytes(document)
        found = [one for one in by_opa("data.main.findings", f"--input={file}") if not one["waived"]]
        assert {(one["verdict"], one["rule"], f"{one['address']}: {one['message']}") for one in found} == mine(document)


@needs_opa
def test_opa_runs_the_rules_tests() -> None:
    """Each `test_…` holds there, too, and the modules pass its strict check."""
    run(str(OPA), "check", "--strict", str(POLICY))
    results = json.loads(run(str(OPA), "test", "--format=json", str(POLICY)))
    assert [one["name"] for one in results if one.get("fail") or one.get("error")] == []
    assert len(results) == len(engine.test(RULES))


@needs_conftest
def test_conftest_finds_the_same(fixtures: list[bytes], tmp_path: Path) -> None:
    """`conftest test plan.json` needs nothing but the folder."""
    file = tmp_path / "plan.json"
    for document in side_by_side(fixtures):
        file.write_bytes(document)
        printed = run(str(CONFTEST), "test", "--output=json", f"--policy={POLICY}", f"--data={WAIVERS}", str(file))
        theirs: Found = set()
        for verdict, name in (("fail", "failures"), ("unknown", "warnings")):
            for found in json.loads(printed)[0].get(name, []):
                rule, rest = found["msg"].split(": ", 1)
                theirs.add((verdict, rule, rest))
        assert theirs == mine(document)
