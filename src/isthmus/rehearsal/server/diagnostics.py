"""Diagnostics: what Terraform prints as errors and warnings, with file and line where there is a path."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from isthmus.rehearsal.convert.compare import Path
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.wire import messages

ERROR, WARNING = 1, 2
_LENGTH_MAX = 2000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def diagnostic(problem: Problem) -> Any:
    """The message for a problem."""
    made = messages.message("Diagnostic")(
        severity=WARNING if problem.warning else ERROR, summary=_shown(problem.summary), detail=_shown(problem.detail)
    )
    if problem.path:
        made.attribute.CopyFrom(attribute_path(problem.path))
    return made


def _shown(text: str) -> str:
    """A text that may quote a configuration, fit for a terminal: no control characters, and not without end."""
    cut = text if len(text) <= _LENGTH_MAX else f"{text[:_LENGTH_MAX]}…"
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", cut)


def diagnostics(problems: Iterable[Problem]) -> list[Any]:
    """The messages for problems."""
    return [diagnostic(problem) for problem in problems]


def attribute_path(path: Path) -> Any:
    """A path as the protocol has it."""
    step = messages.message("AttributePath.Step")
    steps = [step(attribute_name=item) if isinstance(item, str) else step(element_key_int=item) for item in path]
    return messages.message("AttributePath")(steps=steps)
