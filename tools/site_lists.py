"""Markdown as CommonMark reads it, so that Python-Markdown reads the same: where lists begin and how far they go."""

from __future__ import annotations

import re

_ITEM = re.compile(r"( *)([-*]|\d+\.)( +)\S")
_FENCE = re.compile(r" *(```+)")
_WIDTH = 4
"""Columns of a level, for Python-Markdown."""


def as_python_markdown(text: str) -> str:
    """The same text, with lists indented by four and set apart from what stands before them."""
    lines: list[str] = []
    columns: list[int] = []  # where the content of each open item begins
    fence = ""
    for line in text.split("\n"):
        if not line.strip():
            lines.append("")
            continue
        indent = len(line) - len(line.lstrip(" "))
        item = None if fence else _ITEM.match(line)
        if not fence:
            going_on = bool(columns)
            while columns and indent < columns[-1] and (item or not lines[-1] or not indent):
                columns.pop()
            if _begins(line, item is not None, lines, going_on):
                lines.append("")
        inner = columns[-1] if columns else 0
        lines.append(" " * (_WIDTH * len(columns) + max(indent - inner, 0)) + line.lstrip(" "))
        if item:
            columns.append(indent + len(item[2]) + len(item[3]))
        fence = _after(fence, line)
    return "\n".join(lines)


def _begins(line: str, item: bool, lines: list[str], going_on: bool) -> bool:
    """Whether a line begins a list or a table right below a paragraph, which Python-Markdown takes for its text."""
    before = lines[-1] if lines else ""
    if not before or before.lstrip().startswith("#"):
        return False
    if item:
        return not going_on
    return line.lstrip().startswith("|") and not before.lstrip().startswith("|")


def _after(fence: str, line: str) -> str:
    """The fence that is open after a line."""
    found = _FENCE.match(line)
    if not found:
        return fence
    if not fence:
        return found[1]
    return "" if found[1] == fence and line.strip() == fence else fence
