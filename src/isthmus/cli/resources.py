"""How the resources that a plan changes are printed: what is lost loudly and always, the rest up to a limit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from isthmus.change.facts import Touched

SHOWN = 20
"""Resources that are only made or changed, of which no more are listed."""
ALL = typer.Option("--all", help="List every resource, however many there are.")


def print_resources(resources: Sequence[Touched], *, every: bool = False) -> None:
    """Prints a line each; what is destroyed or replaced is never left out."""
    loud = [each for each in resources if each.loud]
    quiet = [each for each in resources if not each.loud]
    for each in loud:
        typer.secho(f"  !! {each.action.upper()} {_text(each)}", fg=typer.colors.RED, bold=True)
    for each in quiet if every else quiet[:SHOWN]:
        typer.echo(f"  {each.action} {_text(each)}")
    left = 0 if every else len(quiet) - SHOWN
    if left > 0:
        typer.echo(f"  … and {left} more: --all lists them, --json too")


def _text(each: Touched) -> str:
    return f"{each.address} ({each.because})" if each.because else each.address
