"""What a check found: steps, findings with file and line, and whether the change may go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

Level = Literal["error", "warning", "note"]
Status = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that a step found.

    Attributes:
        rule: What asks for it: a tool and its rule, or a policy.
        message: What is wrong.
        level: `error` stops the change.
        file: The file, from the project's root; empty when it is about none.
        line: The line, from 1; 0 for the whole file.
        subject: The environment, stack or resource that it is about.
        fix: What to do.
    """

    rule: str
    message: str
    level: Level = "error"
    file: str = ""
    line: int = 0
    subject: str = ""
    fix: str = ""

    @property
    def place(self) -> str:
        """File and line as editors know it."""
        return f"{self.file}:{self.line}" if self.file and self.line else self.file


@dataclass(frozen=True)
class Step:
    """One of the four steps.

    Attributes:
        name: `lint`, `policy`, `plan` or `cost`.
        problems: What it found.
        facts: What it looked at, in words, for the summary.
        seconds: How long it took.
        skipped: Why it did not run; empty when it did.
    """

    name: str
    problems: tuple[Problem, ...] = ()
    facts: str = ""
    seconds: float = 0.0
    skipped: str = ""

    @property
    def status(self) -> Status:
        """A step fails by one error."""
        if self.skipped:
            return "skipped"
        return "failed" if any(problem.level == "error" for problem in self.problems) else "passed"


@dataclass(frozen=True)
class Change:
    """What a plan does to a stack: counts, and the digest of what it plans."""

    environment: str
    stack: str
    add: int = 0
    change: int = 0
    remove: int = 0
    digest: str = ""


@dataclass(frozen=True)
class Report:
    """A whole check.

    Attributes:
        steps: In their order.
        changes: One a stack and environment that was planned.
        costs: Lines about money, cost difference first.
        commit: What was checked.
    """

    steps: tuple[Step, ...]
    changes: tuple[Change, ...] = ()
    costs: Sequence[Sequence[str]] = field(default=())
    commit: str = ""

    @property
    def passed(self) -> bool:
        """Whether no step failed. A skipped step is not a failed one, and is told."""
        return all(step.status != "failed" for step in self.steps)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every step's, errors first."""
        order = {"error": 0, "warning": 1, "note": 2}
        found = [problem for step in self.steps for problem in step.problems]
        return tuple(sorted(found, key=lambda problem: (order[problem.level], problem)))
