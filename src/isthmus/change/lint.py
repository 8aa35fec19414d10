"""The first step: every linter over the files that it reads, side by side."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from isthmus.change import catalog, links, terraform
from isthmus.change.report import Problem, Step
from isthmus.change.tools import TOOLS, Tool

_TIMEOUT_SECONDS = 300
_MADE = frozenset({"node_modules", "build", ".venv"})
"""Folders whose files nobody wrote here."""


@dataclass(frozen=True)
class Run:
    """One tool's run."""

    tool: Tool
    problems: tuple[Problem, ...] = ()
    missing: bool = False


def lint(
    root: Path,
    run_dir: Path,
    stacks: Sequence[str] = (),
    *,
    tools: Sequence[Tool] = TOOLS,
    strict: bool,
    base: str = "",
    say: Callable[[str], None] = lambda text: None,
) -> Step:
    """Runs every linter that is there and has something to look at.

    Args:
        root: The project.
        run_dir: Where Terraform keeps what must not be in the tree.
        stacks: The stacks to validate; all when empty.
        tools: The linters that are others'.
        strict: Whether a missing tool is an error, as in CI; otherwise it is named and left out.
        base: A commit that the catalogue's changes are judged against; empty for none.
        say: Told what is done.
    """
    began = time.monotonic()
    pages = _files(("*.md", "[!.]*/**/*.md", ".github/**/*.md"), root)
    inside: dict[str, Callable[[], Iterator[Problem]]] = {
        "terraform fmt": lambda: terraform.formatting(root),
        "terraform validate": lambda: terraform.validate(root, run_dir, stacks),
        "catalog": lambda: catalog.check(root, base),
        "links": lambda: links.links(root, pages),
    }
    wanted = [tool for tool in tools if not tool.needs or _files(tool.needs, root)]
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        own = [(name, pool.submit(_own, name, check, say)) for name, check in inside.items()]
        runs = list(pool.map(lambda tool: _run(tool, root, say), wanted))
        problems = [problem for _, found in own for problem in found.result()]
    problems += [problem for run in runs for problem in run.problems]
    problems += [_missing(run.tool, strict) for run in runs if run.missing]
    done = [*inside, *(run.tool.name for run in runs if not run.missing)]
    return Step("lint", tuple(sorted(problems)), ", ".join(done), time.monotonic() - began)


def _own(name: str, check: Callable[[], Iterator[Problem]], say: Callable[[str], None]) -> list[Problem]:
    say(f"lint: {name}")
    return list(check())


def _run(tool: Tool, root: Path, say: Callable[[str], None]) -> Run:
    executable = find(tool.command[0])
    if executable is None:
        return Run(tool, missing=True)
    words = [executable, *(word.replace("{root}", str(root)) for word in tool.command[1:]), *_files(tool.files, root)]
    say(f"lint: {tool.name}")
    try:
        result = subprocess.run(
            words,
            cwd=root,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            env={**os.environ, "NO_COLOR": "1", "COLUMNS": "200"},
        )
    except subprocess.TimeoutExpired:
        return Run(tool, (Problem(tool.name, f"it had not ended after {_TIMEOUT_SECONDS} s"),))
    found = tuple(tool.read(result.stdout + result.stderr, result.returncode))
    if result.returncode and not found:
        text = (result.stderr or result.stdout).strip()
        found = (Problem(tool.name, f"it ended with {result.returncode}: {text[-500:]}"),)
    return Run(tool, found)


def find(name: str) -> str | None:
    """Where a tool is: beside this interpreter, or on the PATH."""
    beside = Path(sys.executable).parent / name
    return str(beside) if beside.is_file() else shutil.which(name)


def _files(patterns: Sequence[str], root: Path) -> tuple[str, ...]:
    found = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    return tuple(sorted(str(path.relative_to(root)) for path in found if not _MADE & set(path.parts)))


def _missing(tool: Tool, strict: bool) -> Problem:
    return Problem(
        tool.name,
        f"{tool.name} is not installed, so {tool.what} was not checked",
        "error" if strict else "warning",
        fix=tool.get,
    )
