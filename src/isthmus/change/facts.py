"""What an approval is about: a plan with its verdict, cost, commit and place, and one digest of all of it."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any

import msgspec

_DOMAIN = b"isthmus change 1\n"
SHOWN = 12
"""Characters of a digest that are shown where it stands beside words."""


LOUD = ("destroy", "replace")
"""Actions after which something that is there now is gone."""
QUIET = ("forget", "update", "create", "import", "move")


class Verdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the policies say of a plan.

    Attributes:
        verdict: `pass`, `unknown` or `fail`.
        failed: How many findings fail.
        unknown: How many are known only after the apply.
        findings: Digest of everything that was looked at and found.
        rules: Digest of the rules and waivers.
    """

    verdict: str
    failed: int
    unknown: int
    findings: str
    rules: str


class Touched(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a plan does to one resource.

    Attributes:
        address: The resource.
        action: One of `LOUD` and `QUIET`.
        because: What makes Terraform replace it, or its address before; empty where there is nothing to say.
    """

    address: str
    action: str
    because: str = ""

    @property
    def loud(self) -> bool:
        """Whether what is there now goes."""
        return self.action in LOUD


class Facts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Everything that an approval covers.

    Attributes:
        environment: As `dev`.
        stack: As `platform/aws`.
        place: Where the plan was made: a run of the local clouds, or of CI.
        made: When, ISO 8601 in UTC.
        commit: The commit.
        tree: Digest of what was not committed; empty for nothing.
        lineage: Terraform's id of the state that was planned upon.
        serial: Its number; it grows with each change of the state.
        add: Resources to add.
        change: Resources to change.
        remove: Resources to remove.
        plan: SHA-256 of the saved plan.
        changes: Digest of what the plan does, as Terraform shows it.
        resources: What it does to each resource, what is lost first.
        policy: What the policies say of it.
        cost: US dollars a month, and what is in no sum, by name, as text.
    """

    environment: str
    stack: str
    place: str
    made: str
    commit: str
    tree: str
    lineage: str
    serial: int
    add: int
    change: int
    remove: int
    plan: str
    changes: str
    resources: tuple[Touched, ...]
    policy: Verdict
    cost: Mapping[str, str]


def digest(facts: Facts) -> str:
    """The approval digest: SHA-256 of the facts as canonical JSON (sorted keys, no spaces, UTF-8)."""
    return hashlib.sha256(_DOMAIN + msgspec.json.encode(facts, order="sorted")).hexdigest()


def same(one: str, other: str) -> bool:
    """Whether two digests are equal, in a time that doesn't tell where they differ."""
    return hmac.compare_digest(one.encode(), other.encode())


def differences(approved: Facts, now: Facts) -> list[str]:
    """What was approved and what is there now, a line for each thing that differs."""
    was, is_ = _flat(approved), _flat(now)
    return [
        f"{name}: {_short(was.get(name, 'nothing'))} was approved, now it is {_short(is_.get(name, 'nothing'))}"
        for name in sorted({*was, *is_})
        if was.get(name) != is_.get(name)
    ]


def _flat(facts: Facts) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(facts)
    touched = plain.pop("resources")
    plain |= {f"resource {each['address']}": each["action"] for each in touched}
    nested = {name: plain.pop(name) for name in ("policy", "cost")}
    inner = {f"{name} {key}": value for name, values in nested.items() for key, value in values.items()}
    return {**plain, **inner}


def _short(value: Any) -> str:
    text = str(value)
    whole = len(text) in (40, 64) and all(letter in "0123456789abcdef" for letter in text)
    return text[:SHOWN] if whole else text or "nothing"
