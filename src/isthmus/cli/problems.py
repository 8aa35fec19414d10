"""How findings are printed: what asks for it, where, what is wrong, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from isthmus.change.report import Problem


def print_problems(problems: Iterable[Problem]) -> None:
    """Prints findings; those that differ only in what they are about, once."""
    found: dict[tuple[str, ...], list[str]] = {}
    for problem in problems:
        key = (problem.level, problem.rule, problem.place, problem.message, problem.fix)
        found.setdefault(key, []).append(problem.subject)
    for (level, rule, place, message, fix), subjects in found.items():
        colour = {"error": typer.colors.RED, "warning": typer.colors.YELLOW}.get(level)
        typer.echo(typer.style(f"{level}: {rule}", fg=colour) + f" {place}".rstrip())
        about = ", ".join(subject for subject in subjects if subject)
        typer.echo(f"  {message}" + (f" ({about})" if about else ""))
        if fix:
            typer.echo(f"  to do: {fix}")
