"""How commands print: JSON for programs, a table for people, plain columns in a pipe."""

from __future__ import annotations

import dataclasses
import json
import sys
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import typer

PADDED_CHARS = 80
"""A longer cell does not widen its column in a pipe."""

_ONE_LINE = {code: repr(chr(code))[1:-1] for code in (*range(32), 127)}

JSON = typer.Option("--json", help="Print facts as JSON, for programs.")


def print_json(value: Any) -> None:
    """Prints a value, dataclasses included, as indented JSON."""
    sys.stdout.write(json.dumps(value, indent=2, default=_plain, ensure_ascii=False) + "\n")


def print_line(value: Any) -> None:
    """Prints a value as one line of JSON, at once."""
    sys.stdout.write(json.dumps(value, default=_plain, ensure_ascii=False) + "\n")
    sys.stdout.flush()


def print_table(columns: Sequence[str], rows: Sequence[Sequence[object]], title: str = "") -> None:
    """Prints rows: as a table in a terminal, row by row where it would be too wide, as aligned columns in a pipe."""
    if sys.stdout.isatty():
        from isthmus.cli.tables import print_rich

        print_rich(columns, rows, title)
        return
    cells = [list(columns), *([text(cell).translate(_ONE_LINE) for cell in row] for row in rows)]
    numeric = [is_numeric(rows, i) for i in range(len(columns))]
    widths = [
        max((len(row[i]) for row in cells if len(row[i]) <= PADDED_CHARS), default=0) for i in range(len(columns))
    ]
    for row in cells:
        padded = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        ]
        print("  ".join(padded).rstrip())


def text(value: object) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (list, tuple)) and not any(isinstance(item, (list, tuple, dict)) for item in value):
        return ", ".join(map(text, value))
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, default=_plain, ensure_ascii=False)
    return str(value)


def is_numeric(rows: Sequence[Sequence[object]], column: int) -> bool:
    """Whether a column holds numbers only, which are aligned at the right."""
    found = [row[column] for row in rows if row[column] is not None]
    return bool(found) and all(
        isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) for value in found
    )


def progress() -> Callable[[str], None]:
    """A function that tells a person what happens, on standard error with the seconds since now."""
    began = time.monotonic()

    def say(text: str) -> None:
        typer.echo(f"{time.monotonic() - began:6.1f} s  {text}", err=True)

    return say


def mebibytes(count: int) -> str:
    """A size as people read it."""
    return f"{count / 1024**2:,.0f} MiB"


def _plain(value: Any) -> Any:
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: getattr(value, field.name) for field in dataclasses.fields(value)}
    if hasattr(value, "__struct_fields__"):  # a msgspec.Struct; the import would be paid by every command
        return {name: getattr(value, name) for name in value.__struct_fields__}
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    return str(value)
