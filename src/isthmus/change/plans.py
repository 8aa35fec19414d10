"""Plans of stacks by rehearsal: from nothing, with no cloud, the same on every machine."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isthmus.change import terraform
from isthmus.change.report import Change, Problem
from isthmus.core.errors import ConfigurationError
from isthmus.rehearsal import runner
from isthmus.rehearsal.stack import Stack, stack_of, stacks_of

_VOLATILE = ("timestamp", "relevant_attributes")


@dataclass(frozen=True)
class Target:
    """A stack in an environment."""

    environment: str
    stack: str

    def __str__(self) -> str:
        return f"{self.environment} {self.stack}"


@dataclass(frozen=True)
class Planned:
    """What planning a target came to.

    Attributes:
        target: The stack and environment.
        document: The plan as `terraform show -json` writes it; empty when there is none.
        problems: Terraform's errors and warnings.
        seconds: How long it took.
    """

    target: Target
    document: bytes
    problems: tuple[Problem, ...]
    seconds: float

    @property
    def plan(self) -> dict[str, Any]:
        """The plan's content."""
        found: dict[str, Any] = json.loads(self.document) if self.document else {}
        return found

    @property
    def change(self) -> Change:
        """How many resources it adds, changes and removes, and its digest."""
        actions = [change["change"]["actions"] for change in self.plan.get("resource_changes", ())]
        return Change(
            self.target.environment,
            self.target.stack,
            sum("create" in action for action in actions),
            sum("update" in action for action in actions),
            sum("delete" in action for action in actions),
            digest(self.document),
        )


def digest(document: bytes) -> str:
    """Digest of what a plan does: the same plan made a minute later has the same."""
    if not document:
        return ""
    facts = {name: value for name, value in json.loads(document).items() if name not in _VOLATILE}
    return hashlib.sha256(json.dumps(facts, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def targets(root: Path, chosen_environments: Sequence[str] = (), stacks: Sequence[str] = ()) -> list[Target]:
    """All stacks in each environment, or those that are named; all environments where none is.

    Raises:
        ConfigurationError: There is no such environment or stack.
    """
    known = environments(root)
    for name in chosen_environments:
        if name not in known:
            raise ConfigurationError(
                f"there is no environment {name}",
                where="terraform/environments",
                fix=f"choose one of {', '.join(known)}",
            )
    chosen = [stack_of("", name, root=root).name for name in stacks] or stacks_of(root)
    return [Target(environment, stack) for environment in chosen_environments or known for stack in chosen]


def environments(root: Path) -> list[str]:
    """The environments that have a file of variables."""
    return sorted(path.stem for path in (root / "terraform" / "environments").glob("*.tfvars"))


def plan_all(
    root: Path,
    wanted: Iterable[Target],
    variables: Mapping[str, str],
    run_dir: Path,
    say: Callable[[str], None] = lambda text: None,
) -> list[Planned]:
    """Plans targets side by side, each validated first, in the order given."""
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        return list(pool.map(lambda target: _plan(root, target, variables, run_dir, say), wanted))


def _plan(
    root: Path, target: Target, variables: Mapping[str, str], run_dir: Path, say: Callable[[str], None]
) -> Planned:
    began = time.monotonic()
    stack = stack_of(target.environment, target.stack, root=root, run_dir=run_dir, variables=variables)
    say(f"plan: {target}")
    wrong = terraform.misnamed(stack, root, variables)
    if wrong:
        return Planned(target, b"", wrong, time.monotonic() - began)
    with tempfile.TemporaryDirectory(prefix="isthmus-plan-") as folder:  # its own: checks may run side by side
        document, problems = _document(root, target, stack, Path(folder) / "saved.tfplan")
    return Planned(target, document, problems, time.monotonic() - began)


def _document(root: Path, target: Target, stack: Stack, saved: Path) -> tuple[bytes, tuple[Problem, ...]]:
    made = runner.execute(stack, ["plan", "-input=false", "-lock=false", f"-out={saved}"])
    problems = terraform.problems(made, stack, root)
    if made.code:
        return b"", problems
    try:
        return _shown(stack, saved), problems
    except ConfigurationError as error:  # a plan that can't be read is no plan without findings
        return b"", (*problems, Problem("terraform", str(error), subject=str(target)))


def _shown(stack: Stack, saved: Path) -> bytes:
    with tempfile.TemporaryFile("w+") as out:
        code = runner.run_stack(stack, ["show", "-json", str(saved.absolute())], stdout=out)
        out.seek(0)
        text = out.read()
    if code or not text.startswith("{"):
        raise ConfigurationError(f"the plan can't be shown: {text.strip()[-500:] or f'it ended with {code}'}")
    return text.encode()
