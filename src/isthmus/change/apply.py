"""Applying exactly what was approved: everything that the digest covers is looked at again first."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import msgspec

from isthmus.change import approvals, saved
from isthmus.change.facts import Facts, Verdict, differences
from isthmus.change.plans import Target
from isthmus.change.progress import Progress
from isthmus.change.report import Problem
from isthmus.change.saved import Desk
from isthmus.core.errors import Interrupted, IsthmusError, Refused

Say = Callable[[str], None]


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
    """Terraform failed while it applied; what it had done by then is in the state, and `what` says how much it was."""


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


def apply(desk: Desk, approved: str, environment: str = "", stack: str = "", say: Say = lambda text: None) -> Applied:
    """Applies the plan with this digest, and judges the state after it.

    Args:
        desk: Where.
        approved: The approval digest.
        environment: The environment that it must be for; empty for the plan's own.
        stack: The stack that it must be for; empty for the plan's own.
        say: Told what is done.

    Raises:
        Refused: It was not approved, or the approval has ended, or anything that it covers is different now.
        ApplyFailed: Terraform failed.
        Interrupted: Somebody pressed Ctrl-C once it had begun.
    """
    facts, plan = saved.read(desk, approved)
    target = Target(environment or facts.environment, stack or facts.stack)
    wrong = _elsewhere(desk, facts, target, plan) + approvals.wrong(desk, approved)
    if wrong == [approvals.NOBODY]:
        raise NotApproved(wrong, f"have it approved: isthmus approve {approved}")
    if wrong:
        raise NotApproved(wrong)
    say(f"apply: {target}: looking at the plan again")
    with saved.private(plan, desk.vault) as file:
        document = desk.stage.show(target, file)
        now, _ = saved.facts_of(desk, target, plan, document)
        found = differences(facts, msgspec.structs.replace(now, made=facts.made))
        if found or now.policy.verdict == "fail":
            raise NotApproved(found or [f"policy: {now.policy.failed} policies fail"])
        progress = Progress(str(target), facts.add + facts.change + facts.remove, say)
        try:
            said = _terraform(desk, target, file, progress)
            saved.forget(desk, approved)
            say(f"policy: judging {target} again, as it is now")
            verdict, problems = saved.verdict_of(desk.root, target, desk.stage.show(target), document)
        except KeyboardInterrupt:
            if progress.ended:
                saved.forget(desk, approved)
            raise _interrupted(target, progress) from None
    return Applied(facts, verdict, (*said, *problems))


def _terraform(desk: Desk, target: Target, file: Path, progress: Progress) -> tuple[Problem, ...]:
    said = desk.stage.apply(target, file, progress.hear)
    errors = [problem for problem in said if problem.level == "error"]
    if errors:
        what = f"{errors[0].message.rstrip('.')}; {progress.so_far}"
        raise ApplyFailed(what, where=errors[0].place or str(target), fix="mend it, plan again")
    return said


def _interrupted(target: Target, progress: Progress) -> Interrupted:
    left = "judged by no policy" if progress.ended else "the rest was not"
    return Interrupted(
        f"interrupted: {progress.so_far}, and {left}",
        where=str(target),
        fix=f"see what is left, and have it judged: isthmus plan --env {target.environment} --stack {target.stack}",
    )


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
