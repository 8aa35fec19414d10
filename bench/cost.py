"""The price of a plan of 500 resources: the stacks of prod, by rehearsal, side by side until there are enough.

Reading the plan, the usage file and the price book is part of it, as is Python's start in the second figure.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import measure
from measure import Figure

from isthmus.change import plans
from isthmus.cost import environment, plan, prices, usage
from isthmus.local.project import project_root
from isthmus.local.stacks import build_variables

PART = "cost"
RESOURCES = 500
LARGE = 5000
ROUNDS = 3
SECONDS = 1.0
COMMAND = "import sys; from pathlib import Path; from isthmus.cost import environment, plan, prices, usage; "
COMMAND += "found = plan.read(Path(sys.argv[1]).read_bytes(), 'plan'); "
COMMAND += "environment.price_environment('prod', {'all': found}, usage.load(Path(sys.argv[2])), prices.load())"


def run() -> list[Figure]:
    """Prices the plans, the best of a few rounds."""
    given = project_root() / "usage" / "large.yml"
    with tempfile.TemporaryDirectory() as scratch:
        found = _plans(Path(scratch))
        file = Path(scratch) / "plan.json"
        file.write_bytes(large_plan(found, RESOURCES))
        priced = _price(file.read_bytes(), given)
        name = f"{RESOURCES} resources, {len(priced.monthly.items)} priced lines"
        command = [sys.executable, "-c", COMMAND, str(file), str(given)]
        return [
            Figure(PART, name, _best(lambda: _price(file.read_bytes(), given)), "s", SECONDS, most=True),
            Figure(PART, "the same as a whole process", _best(lambda: _run(command)), "s", SECONDS, most=True),
            Figure(PART, f"{LARGE:,} resources", _best(_pricing(large_plan(found, LARGE), given)), "s"),
        ]


def large_plan(documents: Sequence[bytes], resources: int) -> bytes:
    """Plans side by side, each in modules of its own, over and over until there are as many resources."""
    found = [json.loads(document) for document in documents]
    parts: list[dict[str, Any]] = []
    left = resources
    for copy in _copies(found):
        if left <= 0:
            break
        kept = copy[:left]
        left -= len(kept)
        parts.append({"resources": kept})
    return json.dumps({**found[0], "planned_values": {"root_module": {"child_modules": parts}}}).encode()


def _copies(found: Sequence[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    number = 0
    while True:
        for each in found:
            managed = [one for one in _walk(each["planned_values"]["root_module"]) if one["mode"] == "managed"]
            yield [{**one, "address": f"module.c{number}.{one['address']}"} for one in managed]
            number += 1


def _walk(module: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _walk(child)


def _price(document: bytes, given: Path) -> environment.EnvironmentCost:
    found = plan.read(document, "plan")
    return environment.price_environment("prod", {"all": found}, usage.load(given), prices.load())


def _pricing(document: bytes, given: Path) -> Callable[[], object]:
    return lambda: _price(document, given)


def _plans(scratch: Path) -> list[bytes]:
    root = project_root()
    planned = plans.plan_all(root, plans.targets(root, ["prod"]), build_variables(), scratch / "run")
    return [one.document for one in planned if one.document]


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"the price of the plan failed:\n{done.stderr}")


def _best(work: Callable[[], object]) -> float:
    best = float("inf")
    for _ in range(ROUNDS):
        began = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - began)
    return best


if __name__ == "__main__":
    measure.main(__doc__, run)
