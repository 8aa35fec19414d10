"""Writes the table of the workflows in docs/ci.md; with `--check` it says that it is not up to date, and exits 1."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import generated
import yaml

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "ci.md"
_TABLE = re.compile(r"(<!-- workflows: generated -->\n).*?(<!-- end -->)", re.DOTALL)


def table() -> str:
    """A row a job: its workflow, when it runs, what it does, what it may write, where it waits."""
    rows = [("workflow", "runs", "job", "steps", "may write", "waits for"), ("---",) * 6]
    for path in sorted((ROOT / ".github" / "workflows").glob("*.yml")):
        body = yaml.safe_load(path.read_text("utf-8"))
        rows += [_row(path.name, _events(body[True]), job, each) for job, each in body["jobs"].items()]
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def _events(events: dict[str, Any]) -> str:
    """YAML 1.1 reads `on` as true."""
    said = {
        "pull_request": "on a pull request",
        "push": "on main" if "branches" in (events.get("push") or {}) else "on a tag",
        "schedule": "every night",
        "workflow_call": "when another calls it",
        "workflow_dispatch": "by hand",
    }
    return ", ".join(said[name] for name in events)


def _row(file: str, events: str, job: str, body: dict[str, Any]) -> tuple[str, ...]:
    called = [f"`{Path(body['uses']).name}`"] if "uses" in body else []
    steps = called or [step["name"].lower() for step in body["steps"] if "name" in step]
    writes = [right for right, level in body["permissions"].items() if level == "write"]
    needs = [body["needs"]] if isinstance(body.get("needs"), str) else body.get("needs", [])
    waits = [*needs, *(["the reviewers"] if file == "deploy.yml" and "environment" in body else [])]
    return f"`{file}`", events, job, "; ".join(steps), ", ".join(writes) or "nothing", ", ".join(waits) or "nothing"


def render() -> str:
    """The page with its table made anew."""
    return _TABLE.sub(lambda found: found[1] + table() + found[2], PAGE.read_text("utf-8"))


def main(arguments: list[str]) -> int:
    """Writes the page, or checks it; returns the exit code."""
    return generated.write(PAGE, render(), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
