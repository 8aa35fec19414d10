"""A flag that is switched on in an environment that runs adds its part, and takes nothing away meanwhile."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from isthmus.local import packages
from isthmus.local.stacks import build_variables
from isthmus.rehearsal.runner import run_stack
from isthmus.rehearsal.stack import stack_of

ROOT = Path(__file__).resolve().parents[3]
FLAGS = ("analytics", "budgets", "flow_logs", "ledger", "nat", "network", "replication", "tracing")
GONE = re.compile(r"^  # (.*) (?:must be replaced|will be destroyed)", re.MULTILINE)


@pytest.mark.parametrize("stack", ["foundation/aws", "foundation/gcp", "platform/aws", "platform/gcp"])
def test_switching_flags_on_takes_nothing_away(stack: str, tmp_path: Path) -> None:
    """Not even for a moment: a key's grant that is replaced leaves an archive that can't write."""
    packages.ensure()
    assert "Apply complete" in _run(stack, tmp_path, False, "apply", "-auto-approve")
    plan = _run(stack, tmp_path, True, "plan")
    assert "to add" in plan
    assert GONE.findall(plan) == []


def _run(stack: str, run_dir: Path, on: bool, *words: str) -> str:
    """What Terraform says with every flag on, or every one off."""
    flags = {"features": json.dumps(dict.fromkeys(FLAGS, on))}
    made = stack_of("dev", stack, root=ROOT, run_dir=run_dir / "run", variables={**build_variables(), **flags})
    out = run_dir / "out"
    with out.open("w") as file:
        code = run_stack(made, [*words, "-no-color"], stdout=file, stderr=file)
    assert code == 0, out.read_text()[-3000:]
    return out.read_text()
