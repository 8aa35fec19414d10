"""Drift: what is deployed, read again, against what the code says and what the state remembers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from isthmus.change import saved
from isthmus.change.plans import Target
from isthmus.change.report import Problem
from isthmus.change.stage import Stage
from isthmus.change.vault import Vault

Kind = Literal["changed outside", "gone", "not applied"]
_HIDDEN = "(sensitive)"
_LATER = "(known after apply)"
_SHOWN = 120


@dataclass(frozen=True, order=True)
class Attribute:
    """One attribute that differs: what is deployed, and what the code asks for."""

    name: str
    deployed: str
    wanted: str


@dataclass(frozen=True, order=True)
class Difference:
    """One resource that is not as the code says.

    Attributes:
        address: The resource.
        kind: Somebody changed it past Terraform, it is gone, or the code has something that nobody applied.
        attributes: What differs; empty for one that is gone, or not there yet.
    """

    address: str
    kind: Kind
    attributes: tuple[Attribute, ...] = ()


@dataclass(frozen=True)
class Drift:
    """What is different in a stack.

    Attributes:
        target: The stack.
        differences: Sorted by address; empty when there is no drift.
        problems: What Terraform said; with an error among them nothing is known of the drift.
    """

    target: Target
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...] = ()

    @property
    def known(self) -> bool:
        """Whether what is deployed could be read."""
        return not any(problem.level == "error" for problem in self.problems)


def drift(stage: Stage, target: Target, vault: Vault) -> Drift:
    """Reads again what is deployed, and plans on it; nothing is changed and nothing kept."""
    with saved.private(b"", vault) as file:
        problems = stage.plan(target, file)
        if any(problem.level == "error" for problem in problems):
            return Drift(target, (), problems)
        return Drift(target, tuple(sorted(differences(stage.show(target, file)))), problems)


def differences(document: bytes) -> Iterator[Difference]:
    """What a plan would mend, resource by resource.

    What others set on a resource (a queue's policy, by a resource of its own) is in the state afterwards, and no
    drift. Nor is what only follows: a change whose every new value is known after the apply of another.
    """
    plan = json.loads(document)
    outside = {entry["address"]: entry["change"] for entry in plan.get("resource_drift", ())}
    for entry in plan.get("resource_changes", ()):
        change, address = entry["change"], entry["address"]
        if entry.get("mode") != "managed" or change["actions"] in (["no-op"], ["read"]):
            continue
        attributes = tuple(_attributes(change))
        if change.get("before") is None:
            yield Difference(address, "gone" if address in outside else "not applied")
        elif change["actions"] == ["delete"] or any(each.wanted != _LATER for each in attributes):
            yield Difference(address, _kind(attributes, outside.get(address)), attributes)


def _kind(attributes: tuple[Attribute, ...], outside: Mapping[str, Any] | None) -> Kind:
    """Whether one of the attributes that differ was changed past Terraform."""
    if outside is None:
        return "not applied"
    moved = {each.name for each in _attributes(outside)}
    return "changed outside" if moved & {each.name for each in attributes} else "not applied"


def _attributes(change: Mapping[str, Any]) -> Iterator[Attribute]:
    before, after, unknown = (change.get(name) or {} for name in ("before", "after", "after_unknown"))
    hidden = [change.get(name) for name in ("before_sensitive", "after_sensitive")]
    for name in sorted({*before, *after, *(name for name, value in unknown.items() if value is True)}):
        secret = any(isinstance(entry, dict) and entry.get(name) for entry in hidden)
        if unknown.get(name) is True:
            yield Attribute(name, _HIDDEN if secret else _text(before.get(name)), _LATER)
        elif before.get(name) != after.get(name):
            yield Attribute(
                name,
                _HIDDEN if secret else _text(before.get(name)),
                _HIDDEN if secret else _text(after.get(name)),
            )


def _text(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, sort_keys=True)
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def markdown(found: list[Drift]) -> str:
    """A report for an issue or a chat: a line each resource, the attributes below."""
    count = sum(len(each.differences) for each in found)
    said = {0: "none", 1: "1 resource differs"}.get(count, f"{count} resources differ")
    lines = [f"## Isthmus drift: {said}"]
    for each in found:
        lines += ["", f"### {each.target}", ""]
        lines += [f"- could not be read: {problem.message}" for problem in each.problems if problem.level == "error"]
        if each.known and not each.differences:
            lines.append("no drift")
        for one in each.differences:
            lines.append(f"- **{one.kind}** `{one.address}`")
            lines += [f"  - `{part.name}`: `{part.deployed}`, the code says `{part.wanted}`" for part in one.attributes]
    return "\n".join(lines) + "\n"
