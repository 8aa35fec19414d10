"""What git says of the project: the commit, what is not committed, what differs."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from isthmus.core.errors import ConfigurationError


@dataclass(frozen=True)
class Revision:
    """What the project's files are.

    Attributes:
        commit: The commit's full id; empty outside git.
        tree: Digest of all that is not committed; empty when everything is.
        changed: The files that are not committed.
    """

    commit: str
    tree: str = ""
    changed: tuple[str, ...] = ()


def revision(root: Path) -> Revision:
    """The commit and what differs from it, files that git ignores left out."""
    try:
        commit = git(root, "rev-parse", "HEAD").strip()
    except ConfigurationError:
        return Revision("")
    listed = git(root, "ls-files", "-z", "--modified", "--deleted", "--others", "--exclude-standard").split("\0")
    staged = git(root, "diff", "--cached", "--name-only", "-z").split("\0")
    changed = tuple(sorted({name for name in (*listed, *staged) if name}))
    return Revision(commit, _digest(root, changed) if changed else "", changed)


def git(root: Path, *words: str) -> str:
    """Runs git in the project, and returns the text that it prints.

    Raises:
        ConfigurationError: As `git_bytes`.
    """
    return git_bytes(root, *words).decode("utf-8", "surrogateescape")


def git_bytes(root: Path, *words: str) -> bytes:
    """Runs git in the project, and returns what it prints.

    Raises:
        ConfigurationError: It is not installed, or refuses.
    """
    program = shutil.which("git")
    if program is None:
        raise ConfigurationError("git is not installed", fix="install it, or do without what needs a commit")
    result = subprocess.run([program, "-C", str(root), *words], capture_output=True, timeout=60)
    if result.returncode:
        said = result.stderr.decode("utf-8", "replace").strip()
        raise ConfigurationError(f"git {words[0]} failed: {said}", where=str(root))
    return result.stdout


def commit_of(root: Path, ref: str) -> str:
    """The full id of the commit that a person named, whatever the name looks like.

    Raises:
        ConfigurationError: There is none, or git is not installed.
    """
    try:
        return git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{ref}^{{commit}}").strip()
    except ConfigurationError as error:
        what = error.what if shutil.which("git") is None else f"there is no commit {ref or '(nothing)'} to compare with"
        raise ConfigurationError(
            what, where=str(root), fix="name a commit or a branch; git fetch gets others'"
        ) from None


def _digest(root: Path, names: tuple[str, ...]) -> str:
    total = hashlib.sha256()
    for name in names:
        path = root / name
        content = path.read_bytes() if path.is_file() else b"gone"
        total.update(f"{name}\0{hashlib.sha256(content).hexdigest()}\n".encode())
    return total.hexdigest()
