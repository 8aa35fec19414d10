"""Every rule over a plan of 5,000 resources: the stacks of prod, by rehearsal, side by side until there are enough.

Each copy is a module of its own, with its configuration, so that references are as many as in a plan of that size. OPA
judges the same file by the same rules, as a process, where it is installed; so does ours, Python's start included.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import measure
from measure import Figure

from isthmus.change import plans
from isthmus.local.project import project_root
from isthmus.local.stacks import build_variables
from isthmus.policy import bundle, engine

PART = "policy"
RESOURCES = 5000
ROUNDS = 3
TIMES_OPA = 1.5
JUDGE = "import sys; from pathlib import Path; from isthmus.policy import bundle, engine; "
JUDGE += "engine.judge(bundle.load(Path(sys.argv[1])), Path(sys.argv[2]).read_bytes())"


def run() -> list[Figure]:
    """Judges the large plan, the best of a few rounds."""
    policy = project_root() / "policy"
    with tempfile.TemporaryDirectory() as scratch:
        file = Path(scratch) / "plan.json"
        file.write_bytes(large_plan(_plans(Path(scratch)), RESOURCES))
        judged = engine.judge(bundle.load(policy), file.read_bytes())
        verdicts = sum(len(addresses) for addresses in judged.checked.values())
        ours = _seconds([sys.executable, "-c", JUDGE, str(policy), str(file)])
        figures = [Figure(PART, f"{RESOURCES:,} resources, {verdicts:,} verdicts", ours, "s")]
        opa = shutil.which("opa")
        if opa:
            theirs = _seconds([opa, "eval", f"--data={policy}", f"--input={file}", "data.main.judgement"])
            figures.append(Figure(PART, "the same by OPA", theirs, "s"))
            figures.append(Figure(PART, "times OPA's time", ours / theirs, "times", TIMES_OPA, most=True))
    return figures


def large_plan(documents: Sequence[bytes], resources: int) -> bytes:
    """Plans side by side, each a module, over and over until there are as many resources."""
    found = [json.loads(document) for document in documents]
    changes: list[dict[str, Any]] = []
    calls: dict[str, Any] = {}
    for copy, plan in _copies(found):
        if len(changes) >= resources:
            break
        changes += [_moved(change, copy) for change in plan["resource_changes"]]
        calls[copy] = {"module": plan["configuration"]["root_module"]}
    whole = {**found[0], "resource_changes": changes[:resources], "prior_state": None}
    return json.dumps({**whole, "configuration": {"root_module": {"module_calls": calls}}}).encode()


def _copies(found: Sequence[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    number = 0
    while True:
        for plan in found:
            yield f"c{number}", plan
            number += 1


def _moved(change: dict[str, Any], copy: str) -> dict[str, Any]:
    inner = change.get("module_address")
    module = f"module.{copy}.{inner}" if inner else f"module.{copy}"
    return {**change, "address": f"module.{copy}.{change['address']}", "module_address": module}


def _plans(scratch: Path) -> list[bytes]:
    root = project_root()
    wanted = plans.targets(root, ["prod"])
    planned = plans.plan_all(root, wanted, build_variables(), scratch / "run")
    return [one.document for one in planned if one.document and one.plan.get("resource_changes")]


def _seconds(command: Sequence[str]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        done = subprocess.run(command, capture_output=True, text=True)
        best = min(best, time.perf_counter() - began)
        if done.returncode:
            raise SystemExit(f"{command[0]} failed:\n{done.stderr}")
    return best


if __name__ == "__main__":
    measure.main(__doc__, run)
