"""What planned environments cost: of the tree as it is, and of another commit."""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from isthmus.change import plans
from isthmus.change.git import commit_of, git_bytes
from isthmus.change.plans import Planned
from isthmus.core.errors import ConfigurationError
from isthmus.cost import limits
from isthmus.cost.environment import EnvironmentCost, price_environment
from isthmus.cost.plan import read
from isthmus.cost.prices import load
from isthmus.cost.usage import Usage
from isthmus.cost.usage import load as load_usage

UsageOf = Callable[[str], Usage]
"""The usage of an environment, by its name."""

_PROFILE = re.compile(r'^(\s*cost_profile\s*=\s*)"[^"]*"', re.MULTILINE)


def usage_of(root: Path, named: Path | None = None) -> UsageOf:
    """The usage of environments: of the file that is named, else of each one's own in `costs.yml`.

    Raises:
        ConfigurationError: A file can't be read; or, of what is returned, an environment has no limits.
    """
    if named:
        given = load_usage(named)
        return lambda name: given
    own = {name: load_usage(root / limit.usage, limit.usage) for name, limit in limits.load(root).items()}

    def usage(name: str) -> Usage:
        if name not in own:
            raise limits.unlimited(name)
        return own[name]

    return usage


def price_all(planned: Sequence[Planned], usage: UsageOf) -> dict[str, EnvironmentCost]:
    """Prices environments, by name.

    Args:
        planned: Their plans.
        usage: The usage of an environment.

    Raises:
        ConfigurationError: A stack has no plan, or one that can't be read: nothing is priced in part.
    """
    book = load()
    names = dict.fromkeys(one.target.environment for one in planned)
    found = {}
    for name in names:
        documents = {one.target.stack: _document(one) for one in planned if one.target.environment == name}
        read_plans = {stack: read(text, f"{name} {stack}") for stack, text in documents.items()}
        found[name] = price_environment(name, read_plans, usage(name), book)
    return found


def _document(planned: Planned) -> bytes:
    if not planned.document:
        why = "; ".join(problem.message for problem in planned.problems if problem.level == "error")
        raise ConfigurationError(
            f"there is no plan to price: {why or 'Terraform made none'}",
            where=str(planned.target),
            fix="see `isthmus check --step plan`",
        )
    return planned.document


@contextmanager
def other_commit(root: Path, ref: str) -> Iterator[Path]:
    """Another commit in a directory of its own, which is gone afterwards; Terraform reads files beside it, too.

    Raises:
        ConfigurationError: There is no such commit, or it has no Terraform.
    """
    made = git_bytes(root, "archive", "--format=zip", commit_of(root, ref))
    with tempfile.TemporaryDirectory(prefix="isthmus-cost-") as directory:
        # Not a tar: before 3.11.4 Python can't be told to keep one inside the directory, and a zip always stays there.
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            archive.extractall(directory)
        if not (Path(directory) / "terraform").is_dir():
            raise ConfigurationError(f"{ref} can't be compared with: it has no terraform/", fix="name another commit")
        yield _rooted(Path(directory))


def _rooted(directory: Path) -> Path:
    """Marks a project's folder as its repository's: rehearsals let relative paths lead up to there."""
    (directory / ".git").touch()
    return directory


def price_commit(
    root: Path,
    ref: str,
    wanted: Sequence[plans.Target],
    variables: Mapping[str, str],
    usage: UsageOf,
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, EnvironmentCost]:
    """Prices the same environments and stacks as they are in another commit, as far as it has them.

    Raises:
        ConfigurationError: As `other_commit` and `price_all`.
    """
    with other_commit(root, ref) as there:
        known = set(map(str, plans.targets(there, plans.environments(there))))
        same = [target for target in wanted if str(target) in known]
        return price_all(plans.plan_all(there, same, variables, there / "run", say), usage)


@contextmanager
def with_profile(root: Path, profile: str) -> Iterator[Path]:
    """The project with a copy of its Terraform whose environments have a cost profile, which is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="isthmus-cost-") as directory:
        there = Path(directory)
        for path in root.iterdir():
            if path.name not in ("terraform", ".git"):
                (there / path.name).symlink_to(path.absolute())
        shutil.copytree(root / "terraform", there / "terraform", ignore=shutil.ignore_patterns(".terraform"))
        for path in (there / "terraform" / "environments").glob("*.tfvars"):
            path.write_text(_PROFILE.sub(rf'\g<1>"{profile}"', path.read_text("utf-8")), "utf-8")
        yield _rooted(there)


def price_profile(
    root: Path,
    profile: str,
    wanted: Sequence[plans.Target],
    variables: Mapping[str, str],
    usage: UsageOf,
    say: Callable[[str], None] = lambda text: None,
) -> dict[str, EnvironmentCost]:
    """Prices the same environments and stacks as they would be with a cost profile.

    Raises:
        ConfigurationError: As `price_all`.
    """
    with with_profile(root, profile) as there:
        return price_all(plans.plan_all(there, wanted, variables, there / "run", say), usage)
