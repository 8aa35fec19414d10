"""`isthmus new`."""

from __future__ import annotations

from typing import Annotated

import typer

app = typer.Typer(help="Begin something of your own.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def options() -> None:
    """Begin something of your own."""


@app.command()
def handler(
    name: Annotated[str, typer.Argument(help="What it is called: two to nine of a-z and 0-9.")],
    type_: Annotated[str, typer.Option("--type", help="The event type that it gets.")],
) -> None:
    """Write a handler of events: one function for both clouds, its test, its Terraform and its type's schema.

    Files that are there are left alone. The next `isthmus up` deploys it.

    \b
    Example:
      isthmus new handler orders --type com.example.order.placed
    """
    from isthmus.local import scaffold
    from isthmus.local.project import project_root

    code, test, *_ = paths = scaffold.new_handler(project_root(), name, type_)
    for path in paths:
        typer.echo(path)
    typer.echo(f"write what it does in {code}; test it: python -m pytest {test}; run it: isthmus up", err=True)
