"""Which plans a change can touch: by its own stack, its environment, the modules that it calls, what it deploys."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from isthmus.change.git import git
from isthmus.change.plans import Target
from isthmus.core.errors import ConfigurationError

EVERYTHING = ("policy/", "src/isthmus/rehearsal/", "src/isthmus/change/", "src/isthmus/policy/", "src/isthmus/cost/")
"""What makes and judges plans."""
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
_IGNORED = (".md", ".tftest.hcl", "_test.rego")
_SOURCE = re.compile(r'^\s*source\s*=\s*"(\.[^"]*)"', re.MULTILINE)


def changed_files(root: Path, since: str) -> list[str]:
    """Files that differ from where this branch left a commit's, new ones included.

    Raises:
        ConfigurationError: There is no such commit.
    """
    try:
        base = git(root, "merge-base", since, "HEAD").strip()
    except ConfigurationError as error:
        raise ConfigurationError(
            f"there is nothing to compare with: {error.what}", where=since, fix="name a commit or branch with --base"
        ) from None
    changed = git(root, "diff", "--name-only", base, "--").splitlines()
    return sorted({*changed, *git(root, "ls-files", "--others", "--exclude-standard").splitlines()})


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
    return ("package_dir" in text and name.startswith(DEPLOYED)) or ("catalog" in text and name.startswith(CATALOG))


def folders(root: Path, stack: str) -> set[str]:
    """A stack's folder and those of all modules that it calls, at any depth, from the project's root."""
    found: set[str] = set()
    left = [f"terraform/stacks/{stack}"]
    while left:
        folder = left.pop()
        if folder not in found:
            found.add(folder)
            left += _called(root, folder)
    return found


def _called(root: Path, folder: str) -> Iterable[str]:
    return [os.path.normpath(f"{folder}/{source}") for source in _SOURCE.findall(_text(root / folder))]


@cache
def _text(folder: Path) -> str:
    return "\n".join(file.read_text("utf-8") for file in sorted(folder.glob("*.tf")))
