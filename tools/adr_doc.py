"""Writes the index of docs/adr/README.md from the decisions.

python tools/adr_doc.py [--check]
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import generated

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "adr"
INDEX = FOLDER / "README.md"
HEAD = """# Decisions

One file a decision: what was decided, why, what else was weighed, what it costs. A decision is changed by a new one
that names it. The index is written by `python tools/adr_doc.py`.

| | decision | date | status |
| --- | --- | --- | --- |
"""
_TITLE = re.compile(r"# (\d+)\. (.+)\n\n")
_DATE = re.compile(r"^Date: (\d{4}-\d{2}-\d{2})[^.\n]*\. Status: ([^.\n]+)\.$", re.MULTILINE)


@dataclass(frozen=True)
class Decision:
    """One of them, as its file says.

    Attributes:
        number: Its number.
        title: In a sentence.
        date: When it was decided.
        status: `accepted`, or which decision came instead.
        path: Its file.
    """

    number: int
    title: str
    date: str
    status: str
    path: Path


def decisions() -> Iterator[Decision]:
    """All of them, in their order.

    Raises:
        ValueError: A file has no number, title, date or status.
    """
    for path in sorted(FOLDER.glob("[0-9]*.md")):
        told = path.read_text("utf-8")
        title, date = _TITLE.match(told), _DATE.search(told)
        if not title or not date:
            raise ValueError(f"{path.name} does not begin with `# N. Title` and `Date: YYYY-MM-DD. Status: accepted.`")
        yield Decision(int(title[1]), title[2], date[1], date[2], path)


def render() -> str:
    """The index."""
    return HEAD + "".join(
        f"| {one.number} | [{one.title}]({one.path.name}) | {one.date} | {one.status} |\n" for one in decisions()
    )


def main(arguments: list[str]) -> int:
    """Writes the index, or checks it; returns the exit code."""
    return generated.write(INDEX, render(), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
