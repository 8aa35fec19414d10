"""The backlog: rows that are bound to checks, and a state that is computed from what the checks say.

A check is a test by its pytest id; a file or a function stands for all of its tests. Nothing is Done by being said.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import msgspec

from isthmus.core.errors import ConfigurationError

FILE = Path("docs") / "backlog.yaml"
PAGE = Path("docs") / "backlog.md"
Outcome = Literal["passed", "failed", "skipped"]
State = Literal["Ready", "In progress", "Done"]


class Mutation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A change that a row's checks must notice.

    Attributes:
        file: The file changed, from the project's folder.
        replace: Text in it.
        by: What stands there instead.
        fails: The check that fails then.
    """

    file: str
    replace: str
    by: str
    fails: str


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One row.

    Attributes:
        id: `ARC-…`.
        priority: P0, P1 or P2.
        owners: Who answers for it (AGENTS.md).
        row: What it is.
        true_when: When it is true.
        checks: Ids of tests that show it.
        mutation: What shows that the checks can fail.
    """

    id: str
    priority: Literal["P0", "P1", "P2"]
    owners: tuple[str, ...]
    row: str
    true_when: str
    checks: tuple[str, ...]
    mutation: Mutation


@dataclass(frozen=True)
class Standing:
    """How a row stands.

    Attributes:
        row: The row.
        outcomes: What each of its checks came to; "missing" for one that no test answers to.
    """

    row: Row
    outcomes: Mapping[str, str]

    @property
    def state(self) -> State:
        """Done when all checks pass, Ready when none does."""
        passed = sum(outcome == "passed" for outcome in self.outcomes.values())
        if passed == len(self.outcomes):
            return "Done"
        return "In progress" if passed else "Ready"

    @property
    def open_checks(self) -> list[str]:
        """The checks that don't pass, each with what it came to."""
        return [f"{outcome}: {check}" for check, outcome in self.outcomes.items() if outcome != "passed"]


class _File(msgspec.Struct, forbid_unknown_fields=True):
    rows: tuple[Row, ...]


def read(root: Path) -> tuple[Row, ...]:
    """Reads the rows.

    Raises:
        ConfigurationError: The file isn't there, can't be read, or a row has no check, a twin, or a mutation that none
            of its checks is to notice.
    """
    path = root / FILE
    try:
        rows = msgspec.yaml.decode(path.read_bytes(), type=_File).rows
    except OSError as error:
        raise ConfigurationError(
            f"the backlog is not here: {error.strerror}", where=str(path), fix="run it in a clone of the project"
        ) from error
    except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
        raise ConfigurationError(f"the backlog can't be read: {error}", where=str(path)) from error
    for number, row in enumerate(rows):
        if not row.checks or row.mutation.fails not in row.checks or row.id in {other.id for other in rows[:number]}:
            raise ConfigurationError(
                f"{row.id} needs an id of its own, checks, and a mutation that one of them notices", where=str(path)
            )
    return rows


def run(root: Path, checks: Iterable[str]) -> Path:
    """Runs checks with pytest, and returns its results as JUnit XML.

    Raises:
        ConfigurationError: pytest could not run, or not find a check.
    """
    results = Path(tempfile.mkdtemp(prefix="isthmus-backlog-")) / "results.xml"
    wanted = sorted(set(checks))
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={results}", *wanted]
    ran = subprocess.run(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    # 0: all passed, 1: some failed; anything else is no result.
    if ran.returncode not in (0, 1) or not results.exists():
        raise ConfigurationError(
            "the checks could not run:\n" + "\n".join(ran.stdout.splitlines()[-12:]),
            where=str(root),
            fix="run `make setup`, and name tests that are there",
        )
    return results


def standings(rows: Sequence[Row], results: Path) -> list[Standing]:
    """How the rows stand by results of pytest.

    Raises:
        ConfigurationError: The results can't be read.
    """
    outcomes = _outcomes(results)
    return [Standing(row, {check: _outcome(check, outcomes) for check in row.checks}) for row in rows]


def _outcomes(results: Path) -> dict[str, Outcome]:
    """The outcome of each test, by its id with dots for slashes."""
    try:
        cases = ElementTree.parse(results).iter("testcase")  # noqa: S314 - reads only what pytest has written
        return {f"{case.get('classname')}.{case.get('name')}": _of_case(case) for case in cases}
    except (OSError, ElementTree.ParseError) as error:
        raise ConfigurationError(
            f"these are no results of pytest: {error}", where=str(results), fix="make them with pytest --junitxml=FILE"
        ) from error


def _of_case(case: ElementTree.Element) -> Outcome:
    tags = {child.tag for child in case}
    if tags & {"failure", "error"}:
        return "failed"
    return "skipped" if "skipped" in tags else "passed"


def _outcome(check: str, outcomes: Mapping[str, Outcome]) -> str:
    """What a check came to: the worst of the tests that it stands for."""
    file, _, name = check.partition("::")
    dotted = ".".join(part for part in (file.removesuffix(".py").replace("/", "."), name.replace("::", ".")) if part)
    found = {
        outcome for test, outcome in outcomes.items() if test == dotted or test.startswith((f"{dotted}.", f"{dotted}["))
    }
    return next((outcome for outcome in ("failed", "skipped", "passed") if outcome in found), "missing")


def page(found: Sequence[Standing]) -> str:
    """The page of the backlog, in Markdown."""
    lines = [
        "# Backlog",
        "",
        "Written by `isthmus backlog --write` from [backlog.yaml](backlog.yaml) and what the checks of each row said.",
        "Who the owners are: [AGENTS.md](../AGENTS.md). That each row's checks can fail is shown by `tests/backlog`.",
        "",
        "| id | priority | owner | row | true when | state |",
        "| --- | --- | --- | --- | --- | --- |",
        *(_line(standing) for standing in found),
        "",
        "## Checks",
        "",
    ]
    for standing in found:
        lines += [f"### {standing.row.id}: {standing.row.row}", ""]
        lines += [f"- `{check}`: {outcome}" for check, outcome in standing.outcomes.items()]
        lines += [f"- fails when `{standing.row.mutation.file}` is changed: `{standing.row.mutation.fails}`", ""]
    return "\n".join(lines).rstrip() + "\n"


def _line(standing: Standing) -> str:
    row = standing.row
    return f"| {row.id} | {row.priority} | {', '.join(row.owners)} | {row.row} | {row.true_when} | {standing.state} |"
