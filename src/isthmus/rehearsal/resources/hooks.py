"""Plan-time logic of single types, where their facts are not enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from isthmus.rehearsal.convert.compare import Path
from isthmus.rehearsal.resources.aws import logic as aws
from isthmus.rehearsal.resources.google import logic as google
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.session import Session

Values = dict[str, Any]
Plan = Callable[[Values, Values | None, Values, Session], None]
"""Takes configuration, prior state, planned values (to change in place) and the session."""
Check = Callable[[Values, Values | None], list[Problem]]
"""Takes planned values and prior state."""
Replace = Callable[[Values, Values], list[Path]]
"""Takes prior state and planned values; returns the changed paths that replace the resource."""

PLAN: dict[str, Plan] = {**aws.PLAN, **google.PLAN}
CHECK: dict[str, Check] = {**aws.CHECK, **google.CHECK}
REPLACE: dict[str, Replace] = {**google.REPLACE}
