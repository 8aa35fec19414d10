"""`isthmus check`: lint → policy → plan → cost over environments and stacks, as one report."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from isthmus.change import catalog, judge, plans
from isthmus.change.costing import cost_step
from isthmus.change.git import revision
from isthmus.change.lint import lint
from isthmus.change.plans import Planned, Target
from isthmus.change.report import Problem, Report, Step
from isthmus.change.touched import changed_files, touched
from isthmus.core.errors import ConfigurationError

_NOT_ASKED = "not asked for"


STEPS = ("lint", "policy", "plan", "cost")
"""What a check does, in the order in which it is told."""


@dataclass(frozen=True)
class CheckConfig:
    """What is checked.

    Attributes:
        root: The project.
        run_dir: Where plans keep what must not be in the tree.
        variables: Terraform variables that the build knows.
        environments: Their names; all that have a file when empty.
        stacks: Their names; all when empty.
        changed_since: A commit: only what differs from it is planned; empty for everything.
        strict: Whether a missing tool is an error, as in CI.
        steps: What to run, of `STEPS`; policy and cost read the plans, which are then made in any case.
    """

    root: Path
    run_dir: Path
    variables: Mapping[str, str]
    environments: tuple[str, ...] = ()
    stacks: tuple[str, ...] = ()
    changed_since: str = ""
    strict: bool = False
    steps: frozenset[str] = frozenset(STEPS)


def check(config: CheckConfig, say: Callable[[str], None] = lambda text: None) -> Report:
    """Runs the four steps; lint goes on beside the plans, which policy and cost read.

    Raises:
        ConfigurationError: When an environment, a stack or a commit isn't there.
    """
    unknown = sorted(config.steps - set(STEPS))
    if unknown:
        raise ConfigurationError(f"there is no step {unknown[0]}", fix=f"choose of {', '.join(STEPS)}")
    wanted = _targets(config)
    with ThreadPoolExecutor(1) as pool:
        linting = pool.submit(_lint_step, config, say)
        began = time.monotonic()
        planned = _planned(config, wanted, say)
        planning = _plan_step(config, planned, time.monotonic() - began)
        judging = _policy_step(config, planned, say)
        pricing, costs = _cost_step(config, planned)
        return Report(
            steps=(linting.result(), judging, planning, pricing),
            changes=tuple(one.change for one in planned),
            costs=costs,
            commit=commit(config.root),
        )


def _lint_step(config: CheckConfig, say: Callable[[str], None]) -> Step:
    if "lint" not in config.steps:
        return Step("lint", skipped=_NOT_ASKED)
    base = catalog.base(config.root, config.changed_since)
    return lint(config.root, config.run_dir, config.stacks, strict=config.strict, base=base, say=say)


def _planned(config: CheckConfig, wanted: Sequence[Target], say: Callable[[str], None]) -> list[Planned]:
    if config.steps <= {"lint"}:
        return []
    return plans.plan_all(config.root, wanted, config.variables, config.run_dir, say)


def _policy_step(config: CheckConfig, planned: Sequence[Planned], say: Callable[[str], None]) -> Step:
    if "policy" not in config.steps:
        return Step("policy", skipped=_NOT_ASKED)
    say("policy: judging the plans")
    try:
        return judge.judge(config.root, planned)
    except ConfigurationError as error:
        return Step("policy", (_unreadable("policy", error, config.root),))


def _cost_step(config: CheckConfig, planned: Sequence[Planned]) -> tuple[Step, Sequence[Sequence[str]]]:
    if "cost" not in config.steps:
        return Step("cost", skipped=_NOT_ASKED), ()
    try:
        return cost_step(config.root, planned, config.changed_since)
    except ConfigurationError as error:
        return Step("cost", (_unreadable("cost", error, config.root),)), ()


def _unreadable(step: str, error: ConfigurationError, root: Path) -> Problem:
    """What a step could not read, among what it found: it fails, and what the other steps found is still told."""
    name, _, line = error.where.removeprefix(f"{root}/").partition(":")
    if not (root / name).parent.is_dir() or " " in name:  # a stack, or a commit
        return Problem(step, error.what, subject=error.where, fix=error.fix)
    return Problem(step, error.what, file=name, line=int(line) if line.isdigit() else 0, fix=error.fix)


def commit(root: Path) -> str:
    """The commit that is checked, with `+` when the tree differs from it; empty outside git."""
    found = revision(root)
    return found.commit[:12] + ("+" if found.tree else "")


def _targets(config: CheckConfig) -> list[Target]:
    wanted = plans.targets(config.root, config.environments, config.stacks)
    if config.changed_since:
        return touched(config.root, changed_files(config.root, config.changed_since), wanted)
    return wanted


def _plan_step(config: CheckConfig, planned: Sequence[Planned], seconds: float) -> Step:
    if config.steps <= {"lint"}:
        return Step("plan", skipped=_NOT_ASKED)
    problems = [problem for one in planned for problem in one.problems]
    total = sum(one.change.add + one.change.change + one.change.remove for one in planned)
    facts = f"{len(planned)} plans, {total} changes" if planned else "nothing to plan"
    return Step("plan", tuple(sorted(set(problems))), facts, seconds)
