"""Whether a scenario may run on the real clouds: never in prod without an approval of the very script."""

from __future__ import annotations

from datetime import timedelta

import msgspec

from isthmus.change import approvals
from isthmus.change.approvals import MAX_HOURS, SUFFIX, Approval
from isthmus.change.facts import same
from isthmus.change.saved import Desk
from isthmus.core.errors import ConfigurationError, Refused
from isthmus.gamedays import script as scripts
from isthmus.gamedays.scenario import Scenario
from isthmus.gamedays.there import Place

GUARDED = ("prod",)
"""Environments that need an approval."""


def approve(desk: Desk, scenario: Scenario, environment: str, approver: str, hours: float) -> Approval:
    """Approves the script that a scenario is now in an environment.

    Raises:
        ConfigurationError: The time is none, or there is no such environment.
    """
    if not 0 < hours <= MAX_HOURS:
        raise ConfigurationError(f"an approval holds for {hours} hours", fix=f"say more than 0 and at most {MAX_HOURS}")
    digest = scripts.digest(scripts.script(scenario, Place.of(desk.root, environment)))
    given = Approval(digest, approver or approvals.me(), desk.time, desk.time + timedelta(hours=hours))
    desk.vault.put(f"{digest}{SUFFIX}", msgspec.json.encode(given))
    return given


def require(desk: Desk, script: str, environment: str, approval: str) -> None:
    """Lets a script pass that may run in an environment.

    Raises:
        Refused: It may not; with why, and what to do.
    """
    if environment not in GUARDED:
        return
    fix = f"isthmus gameday approve … --env {environment} gives the digest; run with --approval DIGEST"
    if not approval:
        raise Refused(f"a game day in {environment} needs an approval", fix=fix)
    if not same(approval, scripts.digest(script)):
        raise Refused("the approval is of another script: the scenario or the environment has changed", fix=fix)
    if problems := approvals.wrong(desk, approval):
        raise Refused("; ".join(problems), fix=fix)
