"""Applying exactly what was approved: everything that the digest covers is looked at again first."""

from __future__ import annotations

import hashlib

import msgspec

from isthmus.change import approvals, saved
from isthmus.change.facts import Facts, Verdict, differences
from isthmus.change.plans import Target
from isthmus.change.report import Problem
from isthmus.change.saved import Desk
from isthmus.core.errors import IsthmusError, Refused


class NotApproved(Refused):
    """What would be applied is not what was approved; `differences` has a line for each thing that differs."""

    def __init__(self, lines: list[str], fix: str = "plan again, and have that approved: isthmus plan") -> None:
        count = "one thing differs" if len(lines) == 1 else f"{len(lines)} things differ"
        super().__init__(
            f"this is not what was approved: {count}",
            where="\n    ".join(lines),
            fix=fix,
        )
        self.differences = tuple(lines)


class ApplyFailed(IsthmusError):
    """Terraform failed while it applied; what it had done by then is in the state."""


class Applied(msgspec.Struct, frozen=True):
    """What an apply came to.

    Attributes:
        facts: What was applied.
        verdict: What the policies say of the state now.
        problems: Terraform's warnings, and what the policies hold against the state.
    """

    facts: Facts
    verdict: Verdict
    problems: tuple[Problem, ...]


def apply(desk: Desk, approved: str, environment: str = "", stack: str = "") -> Applied:
    """Applies the plan with this digest, and judges the state after it.

    Args:
        desk: Where.
        approved: The approval digest.
        environment: The environment that it must be for; empty for the plan's own.
        stack: The stack that it must be for; empty for the plan's own.

    Raises:
        Refused: It was not approved, or the approval has ended, or anything that it covers is different now.
        ApplyFailed: Terraform failed.
    """
    facts, plan = saved.read(desk, approved)
    target = Target(environment or facts.environment, stack or facts.stack)
    wrong = _elsewhere(desk, facts, target, plan) + approvals.wrong(desk, approved)
    if wrong == [approvals.NOBODY]:
        raise NotApproved(wrong, f"have it approved: isthmus approve {approved}")
    if wrong:
        raise NotApproved(wrong)
    with saved.private(plan, desk.vault) as file:
        document = desk.stage.show(target, file)
        now, _ = saved.facts_of(desk, target, plan, document)
        found = differences(facts, msgspec.structs.replace(now, made=facts.made))
        if found or now.policy.verdict == "fail":
            raise NotApproved(found or [f"policy: {now.policy.failed} policies fail"])
        said = desk.stage.apply(target, file)
    errors = [problem for problem in said if problem.level == "error"]
    if errors:
        raise ApplyFailed(errors[0].message, where=errors[0].place or str(target), fix="mend it, plan again")
    saved.forget(desk, approved)
    verdict, problems = saved.verdict_of(desk.root, target, desk.stage.show(target), document)
    return Applied(facts, verdict, (*said, *problems))


def _elsewhere(desk: Desk, facts: Facts, target: Target, plan: bytes) -> list[str]:
    """What is wrong before the plan is shown: Terraform reads a plan where, and as, it was made, or not at all."""
    now = msgspec.structs.replace(
        facts,
        environment=target.environment,
        stack=target.stack,
        place=desk.stage.place,
        plan=hashlib.sha256(plan).hexdigest(),
    )
    return differences(facts, now)
