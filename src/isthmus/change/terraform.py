"""Terraform's own checks of the sources: `fmt` over all files, `validate` over each stack. No variable is needed."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from isthmus.change.report import Problem
from isthmus.core.errors import IsthmusError
from isthmus.rehearsal import process, runner, settings
from isthmus.rehearsal.outcome import Outcome
from isthmus.rehearsal.stack import Stack, stack_of, stacks_of

_FMT = ("fmt", "-check", "-diff", "-no-color", "-recursive", "terraform")
_LISTED = re.compile(r"^(?![-+ @])\S+\.(?:tf|tfvars|tftest\.hcl)$", re.MULTILINE)
_HUNK = r"^--- old/{}\n.*\n@@ -(\d+).*\n((?: .*\n)*)"
_ERROR = re.compile(r"Error: (.*)\n+\s*on (\S+) line (\d+)")
ANY = "validate"
"""The workspace's name of environment: what is validated belongs to none."""


def formatting(root: Path) -> Iterator[Problem]:
    """Files that `terraform fmt` would write otherwise, with the first line."""
    code, said = _run(lambda out: process.run(_FMT, {}, root, stdout=out, stderr=out))
    found = [Problem("terraform fmt", text, file=file, line=int(line)) for text, file, line in _ERROR.findall(said)]
    for name in _LISTED.findall(said):
        told = "it is not as `terraform fmt` writes it"
        found.append(
            Problem("terraform fmt", told, file=name, line=_changed(said, name), fix="run terraform fmt -recursive")
        )
    if code and not found:
        found.append(Problem("terraform fmt", f"it ended with {code}: {said.strip()[-500:]}"))
    yield from found


def _changed(said: str, name: str) -> int:
    """The first line that a file's difference changes; 0 where there is no `diff` to tell it."""
    hunk = re.search(_HUNK.format(re.escape(name)), said, re.MULTILINE)
    return int(hunk[1]) + hunk[2].count("\n") if hunk else 0


def validate(root: Path, run_dir: Path, stacks: Sequence[str] = ()) -> Iterator[Problem]:
    """What `terraform validate` says of each stack, or of those that are named."""
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        for problems in pool.map(lambda name: _validate(root, run_dir, name), stacks or stacks_of(root)):
            yield from problems


def _validate(root: Path, run_dir: Path, name: str) -> list[Problem]:
    stack = stack_of(ANY, name, root=root, run_dir=run_dir)
    try:
        code, said = _run(lambda out: runner.run_stack(stack, ["validate", "-json"], stdout=out))
    except IsthmusError as error:
        return [Problem("terraform validate", str(error), subject=name)]
    try:
        diagnostics = json.loads(said)["diagnostics"]
    except (ValueError, KeyError):
        return [Problem("terraform validate", f"it ended with {code}: {' '.join(said.split())[-500:]}", subject=name)]
    return [problem(diagnostic, stack, root, "terraform validate") for diagnostic in diagnostics]


def misnamed(stack: Stack, root: Path, variables: Mapping[str, str]) -> tuple[Problem, ...]:
    """Settings of an environment that no variable has: Terraform itself drops them without a word."""
    return tuple(
        Problem(
            "settings",
            found.what,
            file=_from_root(str(found.file.absolute()), stack.directory, root.absolute()) if found.file else "",
            line=found.line,
            subject=stack.environment,
            fix="mend the name or delete it: Terraform would drop it without a word",
        )
        for found in settings.unknown(stack.directory, stack.variable_file, variables)
    )


def problems(made: Outcome, stack: Stack, root: Path) -> tuple[Problem, ...]:
    """What a run said; a failure that said nothing is one too."""
    found = tuple(problem(diagnostic, stack, root, "terraform") for diagnostic in made.diagnostics)
    if made.code and not any(each.level == "error" for each in found):
        last = " ".join(made.said)[-500:] or "nothing"
        where = f"{stack.environment} {stack.name}"
        found += (Problem("terraform", f"it ended with {made.code} and said: {last}", subject=where),)
    return found


def problem(diagnostic: Mapping[str, Any], stack: Stack, root: Path, rule: str) -> Problem:
    """A diagnostic of Terraform's JSON, its file from the project's root."""
    where = diagnostic.get("range") or {}
    file = _from_root(str(where.get("filename", "")), stack.directory, root)
    said = " ".join(f"{diagnostic.get('summary', '')}. {diagnostic.get('detail', '')}".split())
    return Problem(
        rule,
        said.strip(),
        "error" if diagnostic.get("severity") == "error" else "warning",
        file,
        where.get("start", {}).get("line", 0),
        stack.name if stack.environment == ANY else f"{stack.environment} {stack.name}",
    )


def _from_root(name: str, folder: Path, root: Path) -> str:
    if not name:
        return ""
    path = Path(os.path.normpath(folder / name))
    return str(path.relative_to(root)) if path.is_relative_to(root) else name


def _run(command: Any) -> tuple[int, str]:
    with tempfile.TemporaryFile("w+") as out:
        code = command(out)
        out.seek(0)
        return code, out.read()
