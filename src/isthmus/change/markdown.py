"""A report as one comment on a pull request: money first, then steps, then findings that unfold."""

from __future__ import annotations

from collections.abc import Iterable

from isthmus.change.report import Problem, Report

MARKER = "<!-- isthmus check -->"
"""First line of the comment: the one that is updated, so that a pull request has one."""

_SIGNS = {"passed": "✅", "failed": "❌", "skipped": "➖"}
_MAX_CHARS = 60_000
"""GitHub takes 65,536 characters of a comment (REST API, 2026-11)."""


def markdown(report: Report) -> str:
    """Renders a report; what doesn't fit is counted, not dropped in silence."""
    verdict = "passes" if report.passed else "does not pass"
    parts = [MARKER, f"## Isthmus check: {verdict}", _costs(report), _steps(report), _changes(report)]
    for level, title in (("error", "To mend"), ("warning", "To know"), ("note", "Notes")):
        parts.append(_section(title, [problem for problem in report.problems if problem.level == level]))
    parts.append(f"<sub>{report.commit or 'no commit'}</sub>")
    return "\n\n".join(part for part in parts if part) + "\n"


def _costs(report: Report) -> str:
    if not report.costs:
        return ""
    head, *rows = report.costs
    return "\n".join(["### Cost", "", _row(head), _row(["---"] * len(head)), *map(_row, rows)])


def _steps(report: Report) -> str:
    rows = [
        (
            f"{_SIGNS[step.status]} {step.name}",
            str(len(step.problems)),
            step.skipped or step.facts,
            f"{step.seconds:.1f} s",
        )
        for step in report.steps
    ]
    return "\n".join([_row(("step", "findings", "looked at", "time")), _row(["---"] * 4), *map(_row, rows)])


def _changes(report: Report) -> str:
    if not report.changes:
        return ""
    rows = [
        (change.environment, change.stack, f"+{change.add}", f"~{change.change}", f"-{change.remove}")
        for change in report.changes
    ]
    table = [_row(("environment", "stack", "add", "change", "remove")), _row(["---"] * 5), *map(_row, rows)]
    return _folded(f"Plans ({len(rows)})", "\n".join(table))


def _section(title: str, problems: list[Problem]) -> str:
    if not problems:
        return ""
    lines: list[str] = []
    for number, problem in enumerate(problems):
        line = f"- **{_text(problem.rule)}** {_text(problem.message)}" + _where(problem)
        if sum(map(len, lines)) + len(line) > _MAX_CHARS // 2:
            lines.append(f"- … and {len(problems) - number} more; `isthmus check` lists them all")
            break
        lines.append(line)
    return _folded(f"{title} ({len(problems)})", "\n".join(lines))


def _where(problem: Problem) -> str:
    found = f" (`{problem.place}`)" if problem.place else ""
    return found + (f" {_text(problem.fix)}" if problem.fix else "")


def _folded(summary: str, body: str) -> str:
    return f"<details><summary>{summary}</summary>\n\n{body}\n\n</details>"


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(_text(cell).replace("|", "\\|") for cell in cells) + " |"


def _text(text: str) -> str:
    return " ".join(text.replace("<", "&lt;").replace("@", "@\u200b").split())
