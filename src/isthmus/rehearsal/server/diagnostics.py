"""Diagnostics: what Terraform prints as errors and warnings, with file and line where there is a path."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from isthmus.rehearsal.convert.compare import Path
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.wire import messages

ERROR, WARNING = 1, 2


def diagnostic(problem: Problem) -> Any:
    """The message for a problem."""
    made = messages.message("Diagnostic")(
        severity=WARNING if problem.warning else ERROR, summary=problem.summary, detail=problem.detail
    )
    if problem.path:
        made.attribute.CopyFrom(attribute_path(problem.path))
    return made


def diagnostics(problems: Iterable[Problem]) -> list[Any]:
    """The messages for problems."""
    return [diagnostic(problem) for problem in problems]


def attribute_path(path: Path) -> Any:
    """A path as the protocol has it."""
    step = messages.message("AttributePath.Step")
    steps = [step(attribute_name=item) if isinstance(item, str) else step(element_key_int=item) for item in path]
    return messages.message("AttributePath")(steps=steps)
