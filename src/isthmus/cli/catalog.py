"""`isthmus catalog`."""

from __future__ import annotations

from typing import Annotated

import typer

from isthmus.cli.output import JSON, print_json

app = typer.Typer(help="Look at the catalogue of event types.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def options() -> None:
    """Look at the catalogue of event types."""


@app.command()
def check(
    against: Annotated[
        str, typer.Option("--against", help="A commit or branch: compare with what the catalogue was there.")
    ] = "HEAD",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Refuse what would break readers, or events that are stored or on their way. `isthmus check` does the same.

    A new type or a new property that events may leave out passes; one that was removed, renamed, narrowed or given
    another type is refused, with the reason. Exit code 1 when something is refused.

    \b
    Example:
      isthmus catalog check
      isthmus catalog check --against origin/main --json
    """
    from isthmus.change import catalog
    from isthmus.cli.problems import print_problems
    from isthmus.local.project import project_root

    problems = tuple(sorted(catalog.check(project_root(), against)))
    refused = [problem for problem in problems if problem.level == "error"]
    if json:
        print_json({"passed": not refused, "against": against, "problems": problems})
    else:
        print_problems(problems)
        typer.echo(f"refused: {len(refused)}" if refused else f"nothing that was there at {against} breaks", err=True)
    if refused:
        raise typer.Exit(1)
