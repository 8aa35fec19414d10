"""Which plans a change can touch: by its own stack, its environment, the modules that it calls, what it deploys."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from isthmus.change.git import commit_of, git
from isthmus.change.plans import Target
from isthmus.core.errors import ConfigurationError

EVERYTHING = (
    "policy/",
    "src/isthmus/rehearsal/",
    "src/isthmus/change/",
    "src/isthmus/policy/",
    "src/isthmus/cost/",
    "terraform/environments/costs.",
    "usage/",
)
"""What makes, judges and prices plans."""
DEPLOYED = (
    "src/isthmus/core/",
    "src/isthmus/adapters/",
    "src/isthmus/functions/",
    "src/isthmus/__init__.py",
    "requirements/functions.txt",
    "tools/package_functions.py",
)
"""What the packages hold that stacks deploy."""
CATALOG = "catalog/"
OBJECTIVES = "terraform/slo.yaml"
_IGNORED = (".md", ".tftest.hcl", "_test.rego")
_SOURCE = re.compile(r'\bsource"?\s*[=:]\s*"(\.[^"]*)"')


def changed_files(root: Path, since: str) -> list[str]:
    """Files that differ from where this branch left a commit's, new ones included.

    Raises:
        ConfigurationError: There is no such commit.
    """
    there = commit_of(root, since)
    try:
        base = git(root, "merge-base", there, "HEAD").strip()
    except ConfigurationError:
        raise ConfigurationError(
            f"{since} has no commit in common with this branch",
            where=str(root),
            fix="name another with --base; in a shallow clone, fetch the history first: git fetch --unshallow",
        ) from None
    # A file that moved counts where it was, too; names are told as they are, whatever git's settings.
    changed = git(root, "diff", "--name-only", "--no-renames", "--no-relative", "-z", base, "--").split("\0")
    new = git(root, "ls-files", "--others", "--exclude-standard", "-z").split("\0")
    return sorted({*changed, *new} - {""})


def touched(root: Path, files: Sequence[str], wanted: Sequence[Target]) -> list[Target]:
    """The targets whose plan, or the verdict on it, these files can change."""
    counted = [name for name in files if not name.endswith(_IGNORED)]
    if any(name.startswith(EVERYTHING) for name in counted):
        return list(wanted)
    return [target for target in wanted if any(_touches(root, name, target) for name in counted)]


def _touches(root: Path, name: str, target: Target) -> bool:
    if name == f"terraform/environments/{target.environment}.tfvars":
        return True
    if name.startswith(tuple(f"{folder}/" for folder in folders(root, target.stack))):
        return True
    text = _text(root / "terraform" / "stacks" / target.stack)
    read = {"package_dir": tuple(DEPLOYED), "catalog": (CATALOG,), "/slo.yaml": (OBJECTIVES,)}
    return any(word in text and name.startswith(files) for word, files in read.items())


def folders(root: Path, stack: str) -> set[str]:
    """A stack's folder and those of all modules that it calls, at any depth, from the project's root."""
    found: set[str] = set()
    left = [f"terraform/stacks/{stack}"]
    while left:
        folder = left.pop()
        if folder not in found:
            found.add(folder)
            left += [*_called(root, folder), *_linked(root, folder)]
    return found


def _called(root: Path, folder: str) -> Iterable[str]:
    return [os.path.normpath(f"{folder}/{source}") for source in _SOURCE.findall(_text(root / folder))]


def _linked(root: Path, folder: str) -> Iterable[str]:
    """Where a folder's symbolic links lead to, inside the project."""
    there = [path.resolve().parent for path in (root / folder).glob("*") if path.is_symlink()]
    return [str(path.relative_to(root.resolve())) for path in there if path.is_relative_to(root.resolve())]


@cache
def _text(folder: Path) -> str:
    # A link that leads nowhere is Terraform's to tell.
    files = sorted((*folder.glob("*.tf"), *folder.glob("*.tf.json")))
    return "\n".join(file.read_text("utf-8") for file in files if file.is_file())
