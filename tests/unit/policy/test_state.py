"""The state after an apply is judged by the same rules as the plan: what was unknown is known then."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest

from isthmus.local.stacks import build_variables
from isthmus.policy import bundle, engine, waivers
from isthmus.policy.verdict import Judgement
from isthmus.rehearsal import runner
from isthmus.rehearsal.stack import Stack, stack_of

ROOT = Path(__file__).resolve().parents[3]
RULES = bundle.load(ROOT / "policy")
STAGING = {"cost_profile": "balanced", "environment": "staging", "prefix": "isthmus-staging"}


def shown(stack: Stack, *words: str) -> bytes:
    """What `terraform show -json` prints."""
    with tempfile.TemporaryFile("w+") as out:
        assert runner.run_stack(stack, ["show", "-json", *words], stdout=out) == 0
        out.seek(0)
        return out.read().encode()


@pytest.fixture(scope="module")
def documents(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[bytes, bytes]]:
    """Plan and state of stacks that were applied by rehearsal."""
    found = {}
    for name in ("foundation/aws", "bootstrap/gcp"):
        folder = tmp_path_factory.mktemp("state")
        stack = stack_of("staging", name, root=ROOT, run_dir=folder, variables=build_variables())
        saved = str(folder / "saved.tfplan")
        assert runner.execute(stack, ["plan", "-input=false", f"-out={saved}"]).code == 0
        plan = shown(stack, saved)
        assert runner.execute(stack, ["apply", "-input=false", "-auto-approve"]).code == 0
        found[name] = (plan, shown(stack))
    return found


def judged(document: bytes, variables: dict[str, str] | None = None) -> Judgement:
    accepted = waivers.load(ROOT / "policy" / "waivers.yaml", RULES.ids)
    return engine.judge(RULES, document, accepted, variables)


@pytest.mark.parametrize("name", ["foundation/aws", "bootstrap/gcp"])
def test_a_state_passes_by_the_rules_that_looked_at_its_plan(
    name: str, documents: dict[str, tuple[bytes, bytes]]
) -> None:
    """Each rule looks at the same resources; nothing is unknown any more."""
    plan, state = documents[name]
    before, after = judged(plan), judged(state, STAGING)
    assert after.of("fail") == ()
    assert after.of("unknown") == ()
    assert after.checked == before.checked


def test_what_a_state_shows_fails(documents: dict[str, tuple[bytes, bytes]]) -> None:
    """A hand changed it, or the provider made something else of the plan."""
    state = json.loads(documents["foundation/aws"][1])
    for resource in every_resource(state["values"]["root_module"]):
        if resource["type"] == "aws_kms_key":
            resource["values"]["enable_key_rotation"] = False
        if resource["type"] == "aws_flow_log":
            resource["values"]["vpc_id"] = "vpc-another"
    found = {finding.rule for finding in judged(json.dumps(state).encode(), STAGING).of("fail")}
    assert found == {"encryption.kms_rotation", "networking.vpc_flow_logs"}


def test_without_its_profile_what_a_profile_decides_is_unknown(documents: dict[str, tuple[bytes, bytes]]) -> None:
    """A state has no variables; nothing passes for that."""
    found = judged(documents["foundation/aws"][1])
    assert found.verdict == "unknown"
    assert {finding.rule for finding in found.of("unknown")} == {"cost.log_retention"}


def every_resource(module: dict[str, Any]) -> list[dict[str, Any]]:
    inner = [resource for child in module.get("child_modules", []) for resource in every_resource(child)]
    return [*module.get("resources", []), *inner]
