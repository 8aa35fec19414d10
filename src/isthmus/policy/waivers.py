"""Waivers: who accepts which finding, why, and until when. One that has ended fails the check."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from isthmus.core.errors import ConfigurationError
from isthmus.policy.verdict import Finding

MAX_DAYS = 400
"""The longest that a waiver may last from today: what is accepted is looked at again once a year."""


class Waiver(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One finding that somebody accepts.

    Attributes:
        rule: Domain and name of the rule.
        address: Terraform address, or the start of one with `*` at its end.
        owner: Who answers for it: a team or a person.
        reason: Why it is accepted.
        until: Its last day.
    """

    rule: str
    address: str
    owner: str
    reason: str
    until: date


@dataclass(frozen=True)
class Waivers:
    """The waivers of a file, and what is wrong with them today."""

    items: tuple[Waiver, ...]
    where: str

    def expired(self, today: date | None = None) -> tuple[Finding, ...]:
        """A failure for each waiver whose last day is over."""
        now = today or datetime.now(UTC).date()
        return tuple(
            Finding(
                rule=waiver.rule,
                address=waiver.address,
                message=f"the waiver of {waiver.owner} ended on {waiver.until}: mend what it covers, or renew it",
                verdict="fail",
                where=self.where,
            )
            for waiver in self.items
            if waiver.until < now
        )


class _File(msgspec.Struct, forbid_unknown_fields=True):
    waivers: list[Waiver] = []


def load(path: Path, rules: frozenset[str], today: date | None = None) -> Waivers:
    """Reads a file of waivers; none are there where the file isn't.

    Raises:
        ConfigurationError: When it can't be read, names a rule that doesn't exist, has no owner or reason, or lasts
            longer than `MAX_DAYS`.
    """
    if not path.exists():
        return Waivers((), str(path))
    try:
        items = msgspec.yaml.decode(path.read_bytes(), type=_File, strict=False).waivers
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
        raise ConfigurationError(f"the waivers can't be read: {error}", where=str(path)) from None
    for number, waiver in enumerate(items, start=1):
        _check(waiver, f"{path}, waiver {number}", rules, today or datetime.now(UTC).date())
    return Waivers(tuple(items), str(path))


def _check(waiver: Waiver, where: str, rules: frozenset[str], today: date) -> None:
    if waiver.rule not in rules:
        raise ConfigurationError(
            f"there is no rule {waiver.rule!r}", where=where, fix="`isthmus policy list` shows the rules"
        )
    for name in ("address", "owner", "reason"):
        if not getattr(waiver, name).strip():
            raise ConfigurationError(f"the waiver has no {name}", where=where)
    if (waiver.until - today).days > MAX_DAYS:
        raise ConfigurationError(
            f"the waiver lasts until {waiver.until}, longer than {MAX_DAYS} days",
            where=where,
            fix="give it a nearer day",
        )
