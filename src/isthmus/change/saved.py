"""Saved plans: made, kept with their facts under their digest, and looked at again before they are applied."""

from __future__ import annotations

import contextlib
import hashlib
import json
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from isthmus.change import git, judge, plans, resources
from isthmus.change.costs import Price
from isthmus.change.facts import Facts, Verdict, digest, same
from isthmus.change.plans import Target
from isthmus.change.report import Change, Problem
from isthmus.change.stage import Stage
from isthmus.change.vault import KEY, Vault
from isthmus.core.errors import ConfigurationError, Refused
from isthmus.policy import engine

SUFFIX = ".change"


class _Kept(msgspec.Struct, frozen=True):
    """What a file of the vault holds."""

    facts: Facts
    plan: bytes


@dataclass(frozen=True)
class Desk:
    """All that planning and applying needs.

    Attributes:
        root: The project.
        stage: Where stacks are planned and applied.
        vault: Where plans and approvals are kept.
        price: What prices a plan.
        now: The time.
    """

    root: Path
    stage: Stage
    vault: Vault
    price: Price
    now: datetime | None = None

    @property
    def time(self) -> datetime:
        """The time, to the second, UTC."""
        return (self.now or datetime.now(UTC)).replace(microsecond=0)


@dataclass(frozen=True)
class Made:
    """What planning a stack came to.

    Attributes:
        target: The stack.
        problems: Terraform's, and what the policies hold against the plan.
        facts: What an approval covers; None where Terraform failed or there is nothing to do.
        digest: The approval digest; empty without facts.
        change: How many resources it adds, changes and removes.
    """

    target: Target
    problems: tuple[Problem, ...]
    facts: Facts | None = None
    digest: str = ""
    change: Change | None = None


def make(desk: Desk, target: Target, *, dirty: bool = False) -> Made:
    """Plans a stack, judges and prices the plan, and keeps it under its digest.

    Args:
        desk: Where.
        target: Which stack.
        dirty: Whether to plan what is not committed.

    Raises:
        Refused: Something is not committed, and `dirty` is not said: nobody could look at what is approved.
    """
    found = git.revision(desk.root)
    if not dirty and (found.tree or not found.commit):
        first = found.changed[0] if found.changed else "the project is not in git"
        raise Refused(
            f"{len(found.changed)} files are not committed", where=first, fix="commit them, or plan with --dirty"
        )
    with private(b"", desk.vault) as file:
        problems = desk.stage.plan(target, file)
        if any(problem.level == "error" for problem in problems):
            return Made(target, problems)
        document = desk.stage.show(target, file)
        saved = file.read_bytes()
    change = change_of(target, document)
    if not resources.touched(document) and not _outputs(document):
        return Made(target, problems, change=change)
    facts, judged = facts_of(desk, target, saved, document)
    kept = digest(facts)
    desk.vault.put(f"{kept}{SUFFIX}", msgspec.msgpack.encode(_Kept(facts, saved)))
    return Made(target, (*problems, *judged), facts, kept, change)


def facts_of(desk: Desk, target: Target, saved: bytes, document: bytes) -> tuple[Facts, tuple[Problem, ...]]:
    """What is so now of a saved plan, and what the policies hold against it."""
    verdict, problems = verdict_of(desk.root, target, document)
    change, state, found = change_of(target, document), desk.stage.state(target), git.revision(desk.root)
    facts = Facts(
        environment=target.environment,
        stack=target.stack,
        place=desk.stage.place,
        made=desk.time.isoformat(),
        commit=found.commit,
        tree=found.tree,
        lineage=state.lineage,
        serial=state.serial,
        add=change.add,
        change=change.change,
        remove=change.remove,
        plan=hashlib.sha256(saved).hexdigest(),
        changes=plans.digest(document),
        resources=resources.touched(document),
        policy=verdict,
        cost=dict(desk.price(target, document)),
    )
    return facts, problems


def change_of(target: Target, document: bytes) -> Change:
    """How many resources a plan adds, changes and removes."""
    return plans.Planned(target, document, (), 0.0).change


def verdict_of(root: Path, target: Target, document: bytes, plan: bytes = b"") -> tuple[Verdict, tuple[Problem, ...]]:
    """What the policies say of a plan, or of the state after one, and each finding with its place.

    Args:
        root: The project.
        target: The stack.
        document: The plan or the state.
        plan: The plan that made the state, which has neither variables nor the modules' places.
    """
    variables = variables_of(plan) if plan else None
    rules, accepted = judge.rules_of(root)
    judged = engine.judge(rules, document, accepted, variables)
    everything = msgspec.json.encode([judged.findings, judged.checked], order="sorted")
    files = [*rules.modules(), root / judge.WAIVERS]
    read = b"".join(hashlib.sha256(path.read_bytes()).digest() for path in files if path.is_file())
    verdict = Verdict(
        judged.verdict,
        len(judged.of("fail")),
        len(judged.of("unknown")),
        hashlib.sha256(everything).hexdigest(),
        hashlib.sha256(read).hexdigest(),
    )
    return verdict, tuple(judge.problems(root, target, plan or document, judged, rules))


def read(desk: Desk, approved: str) -> tuple[Facts, bytes]:
    """The facts and the plan that are kept under a digest.

    Raises:
        Refused: There are none, or they have another digest now.
    """
    name = f"{approved}{SUFFIX}"
    if name not in desk.vault.names(SUFFIX):
        raise Refused(f"there is no saved plan with the digest {approved}", fix="plan again: isthmus plan")
    try:
        kept = msgspec.msgpack.decode(desk.vault.get(name), type=_Kept)
    except msgspec.MsgspecError as error:
        raise Refused(f"the saved plan can't be read: {error}", where=name, fix="plan again") from None
    found = digest(kept.facts)
    if not same(found, approved):
        raise Refused(
            "the saved plan's facts were changed", where=f"their digest is {found} now", fix="plan again: isthmus plan"
        )
    return kept.facts, kept.plan


def forget(desk: Desk, approved: str) -> None:
    """Takes a saved plan away: it holds secrets, and can't be applied twice."""
    desk.vault.remove(f"{approved}{SUFFIX}")


def variables_of(document: bytes) -> dict[str, Any]:
    """The variables of a plan, which a state has not."""
    given = json.loads(document).get("variables", {})
    return {name: entry.get("value") for name, entry in given.items()}


def _outputs(document: bytes) -> bool:
    changes = json.loads(document).get("output_changes", {})
    return any(change.get("actions") != ["no-op"] for change in changes.values())


@contextlib.contextmanager
def private(content: bytes, vault: Vault) -> Iterator[Path]:
    """A file for Terraform, in a folder that only its owner can enter, for as long as it is needed."""
    vault.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=vault.folder) as folder:
        path = Path(folder) / "saved.tfplan"
        if content:
            path.touch(mode=0o600)
            path.write_bytes(content)
        yield path


def export(desk: Desk, digests: Sequence[str], folder: Path) -> None:
    """Copies saved plans out of the run directory, sealed.

    Raises:
        Refused: There is no key: a saved plan holds secrets, and leaves this machine sealed or not at all.
    """
    sealable(desk)
    out = Vault(folder, desk.vault.key)
    for each in digests:
        out.put(f"{each}{SUFFIX}", desk.vault.get(f"{each}{SUFFIX}"))


def sealable(desk: Desk) -> None:
    """Raises Refused when there is no key, before anything is planned that could not leave this machine."""
    if not desk.vault.key:
        raise Refused("there is no key to seal the saved plans with", fix=f"set {KEY}: openssl rand -base64 32")


def take_in(desk: Desk, folder: Path, approved: str) -> None:
    """Takes a saved plan that `export` wrote into the run directory."""
    name = f"{approved}{SUFFIX}"
    desk.vault.put(name, Vault(folder, desk.vault.key).get(name))


def known(root: Path, environment: str) -> None:
    """Raises ConfigurationError for an environment that isn't there."""
    names = plans.environments(root)
    if environment not in names:
        raise ConfigurationError(
            f"there is no environment {environment}",
            where="terraform/environments",
            fix=f"choose of {', '.join(names)}",
        )
