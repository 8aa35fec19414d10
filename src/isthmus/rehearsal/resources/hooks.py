"""Plan-time logic of single types, where a template in their facts is not enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.session import Session

Values = dict[str, Any]
Plan = Callable[[Values, Values | None, Values, Session], None]
"""Takes configuration, prior state, planned values (to change in place) and the session."""
Check = Callable[[Values, Values | None], list[Problem]]
"""Takes planned values and prior state."""


def _fifo_name(planned: Values, prior: Values | None) -> list[Problem]:
    name, fifo = planned.get("name"), planned.get("fifo_queue", planned.get("fifo_topic"))
    if not isinstance(name, str) or fifo is UNKNOWN or bool(fifo) == name.endswith(".fifo"):
        return []
    says = "must end" if fifo else "must not end"
    return [Problem(f"invalid name: {name}", f'The name {says} in ".fifo".', ("name",))]


PLAN: dict[str, Plan] = {}
CHECK: dict[str, Check] = {"aws_sqs_queue": _fifo_name, "aws_sns_topic": _fifo_name}
