"""Approvals: who said yes to which digest, and until when it holds."""

from __future__ import annotations

import getpass
import os
import socket
from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from isthmus.change import saved
from isthmus.change.facts import Facts, same
from isthmus.change.saved import Desk
from isthmus.core.errors import ConfigurationError, Refused

SUFFIX = ".approval"
NOBODY = "approval: nobody gave one"
MAX_HOURS = 7 * 24
"""The longest that an approval may hold: what is deployed has moved on by then."""


class Approval(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One approval.

    Attributes:
        digest: Of what.
        approver: Who.
        given: When.
        until: When it ends.
    """

    digest: str
    approver: str
    given: datetime
    until: datetime


def approve(desk: Desk, digest: str, approver: str, hours: float) -> tuple[Facts, Approval]:
    """Approves a saved plan.

    Raises:
        ConfigurationError: The time is none.
        Refused: There is no such plan, or the policies refuse it.
    """
    if not 0 < hours <= MAX_HOURS:
        raise ConfigurationError(f"an approval holds for {hours} hours", fix=f"say more than 0 and at most {MAX_HOURS}")
    facts, _ = saved.read(desk, digest)
    if facts.policy.verdict == "fail":
        raise Refused(
            f"{facts.policy.failed} policies fail", where=f"{facts.environment} {facts.stack}", fix="mend, plan again"
        )
    given = Approval(digest, approver, desk.time, desk.time + timedelta(hours=hours))
    desk.vault.put(f"{digest}{SUFFIX}", msgspec.json.encode(given))
    return facts, given


def wrong(desk: Desk, digest: str) -> list[str]:
    """Why a digest is not approved now; empty when it is.

    Raises:
        Refused: The approval was changed.
    """
    name = f"{digest}{SUFFIX}"
    if name not in desk.vault.names(SUFFIX):
        return [NOBODY]
    try:
        given = msgspec.json.decode(desk.vault.get(name), type=Approval)
    except msgspec.MsgspecError as error:
        raise Refused(f"the approval can't be read: {error}", where=name, fix="approve again") from None
    found = [] if same(given.digest, digest) else [f"approval: it is of {given.digest}"]
    if given.until <= desk.time:
        found.append(f"approval: that of {given.approver} ended at {given.until.isoformat()}")
    if given.until - given.given > timedelta(hours=MAX_HOURS) or given.given > desk.time:
        found.append(f"approval: its time, {given.given.isoformat()} to {given.until.isoformat()}, can't be")
    return found


def me(environ: Mapping[str, str] = os.environ) -> str:
    """Who runs this: the person who started CI's workflow, or the user of this machine."""
    actor = environ.get("GITHUB_ACTOR", "")
    return actor or f"{getpass.getuser()}@{socket.gethostname()}"
