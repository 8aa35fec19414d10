"""How commands print: JSON for programs, a table for people, plain columns in a pipe."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Callable, Sequence
from typing import Any

import typer

JSON = typer.Option("--json", help="Print facts as JSON, for programs.")


def print_json(value: Any) -> None:
    """Prints a value, dataclasses included, as indented JSON."""
    sys.stdout.write(json.dumps(value, indent=2, default=_plain, ensure_ascii=False) + "\n")


def print_line(value: Any) -> None:
    """Prints a value as one line of JSON, at once."""
    sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str = "") -> None:
    """Prints rows: as a table in a terminal, as aligned columns in a pipe."""
    cells = [["" if cell is None else str(cell) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _print_rich(columns, cells, title)
        return
    widths = [max(len(row[i]) for row in [list(columns), *cells]) for i in range(len(columns))]
    for row in [list(columns), *cells]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def progress() -> Callable[[str], None]:
    """A function that tells a person what happens, on standard error with the seconds since now."""
    began = time.monotonic()

    def say(text: str) -> None:
        typer.echo(f"{time.monotonic() - began:6.1f} s  {text}", err=True)

    return say


def mebibytes(count: int) -> str:
    """A size as people read it."""
    return f"{count / 1024**2:,.0f} MiB"


def _print_rich(columns: Sequence[str], cells: Sequence[Sequence[str]], title: str) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, title=title or None, title_justify="left")
    for row in cells:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if hasattr(value, "__struct_fields__"):  # a msgspec.Struct; the import would be paid by every command
        return {name: getattr(value, name) for name in value.__struct_fields__}
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return str(value)
