"""Tables for a terminal: nothing is cut off, and what is too wide is printed row by row."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from isthmus.cli.output import is_numeric, text

TEXT_CHARS_MIN = 24
"""Least width of a column of text that is wrapped; where there is less room, rows are printed one by one."""

_CONTROLS = {code: repr(chr(code))[1:-1] for code in (*range(32), 127) if chr(code) != "\n"}


def print_rich(
    columns: Sequence[str], rows: Sequence[Sequence[object]], title: str, console: Console | None = None
) -> None:
    """Prints a table on a terminal."""
    console = console or Console()
    cells = [[text(cell).translate(_CONTROLS) for cell in row] for row in rows]
    wrapped = _wrapped(columns, cells, console.width)
    if wrapped is None:
        if title:
            console.print(Text(title, style="italic"))
        for number, row in enumerate(cells, 1):
            console.print(Rule(f"row {number:,}", align="left", style="dim"), _record(columns, row), sep="\n", end="")
        return
    table = Table(title=title or None, title_justify="left")
    for i, column in enumerate(columns):
        justify = "right" if is_numeric(rows, i) else "left"
        table.add_column(column, justify=justify, overflow="fold", no_wrap=i not in wrapped)  # type: ignore[arg-type]
    for row in cells:
        table.add_row(*map(Text, row))
    console.print(table)


def _wrapped(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> set[int] | None:
    """The columns that must be wrapped for a table to fit; None when it would be unreadable."""
    frame = 3 * len(columns) + 1
    natural = [max(map(_line_width, [column, *(row[i] for row in cells)])) for i, column in enumerate(columns)]
    if sum(natural) + frame <= width:
        return set()
    least = [max(TEXT_CHARS_MIN, *(_word_width(row[i]) for row in cells)) if cells else 0 for i in range(len(columns))]
    texts = {i for i in range(len(columns)) if least[i] < natural[i]}
    fits = sum(least[i] if i in texts else natural[i] for i in range(len(columns))) + frame <= width
    return texts if fits else None


def _record(columns: Sequence[str], row: Sequence[str]) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    grid.add_column(no_wrap=True, style="bold")
    grid.add_column(overflow="fold")
    for column, cell in zip(columns, row, strict=True):
        grid.add_row(Text(column), Text(cell))
    return grid


def _line_width(cell: str) -> int:
    return max(map(len, cell.splitlines()), default=0)


def _word_width(cell: str) -> int:
    return max(map(len, cell.split()), default=0)
