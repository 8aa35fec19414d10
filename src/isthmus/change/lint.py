"""The first step: every linter over the files that it reads, side by side."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from isthmus.change.report import Problem, Step
from isthmus.change.tools import TOOLS, Tool

_TIMEOUT_SECONDS = 300


@dataclass(frozen=True)
class Run:
    """One tool's run."""

    tool: Tool
    problems: tuple[Problem, ...] = ()
    missing: bool = False


def lint(root: Path, *, strict: bool, say: Callable[[str], None] = lambda text: None) -> Step:
    """Runs every linter that is there.

    Args:
        root: The project.
        strict: Whether a missing tool is an error, as in CI; otherwise it is named and left out.
        say: Told what is done.
    """
    began = time.monotonic()
    with ThreadPoolExecutor(max(2, os.cpu_count() or 2)) as pool:
        runs = list(pool.map(lambda tool: _run(tool, root, say), TOOLS))
    problems = [problem for run in runs for problem in run.problems]
    problems += [_missing(run.tool, strict) for run in runs if run.missing]
    done = [run.tool.name for run in runs if not run.missing]
    return Step("lint", tuple(sorted(problems)), ", ".join(done), time.monotonic() - began)


def _run(tool: Tool, root: Path, say: Callable[[str], None]) -> Run:
    executable = find(tool.command[0])
    if executable is None:
        return Run(tool, missing=True)
    words = [executable, *(word.replace("{root}", str(root)) for word in tool.command[1:]), *_files(tool, root)]
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


def _files(tool: Tool, root: Path) -> Sequence[str]:
    return sorted(str(path.relative_to(root)) for pattern in tool.files for path in root.glob(pattern))


def _missing(tool: Tool, strict: bool) -> Problem:
    return Problem(
        tool.name,
        f"{tool.name} is not installed, so {tool.what} was not checked",
        "error" if strict else "warning",
        fix=tool.get,
    )
