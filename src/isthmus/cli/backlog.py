"""`isthmus backlog`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from isthmus.cli.output import JSON, print_json, print_table, progress


def backlog(
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]…", help="Rows; all if left out.")] = None,
    results: Annotated[
        Path | None, typer.Option("--results", help="Take the outcomes from pytest's JUnit XML, and run nothing.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Write docs/backlog.md.")] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Show how the rows of the backlog stand, by the checks that each is bound to. Exit code 0 only if all are Done.

    \b
    Example:
      isthmus backlog
      isthmus backlog ARC-104 ARC-202
      isthmus backlog --results results.xml --write
    """
    from isthmus.change import backlog as rows
    from isthmus.core.errors import ConfigurationError
    from isthmus.local.project import project_root

    root = project_root()
    every = rows.read(root)
    wanted = [row for row in every if not ids or row.id in ids]
    unknown = set(ids or ()) - {row.id for row in every}
    if unknown or (write and ids):
        raise ConfigurationError(
            f"there is no row {', '.join(sorted(unknown))}" if unknown else "the page holds all rows",
            where="isthmus backlog",
            fix=f"choose of: {', '.join(row.id for row in every)}" if unknown else "leave the ids out",
        )
    if results is None:
        checks = {check for row in wanted for check in row.checks}
        progress()(f"running {len(checks)} checks of {len(wanted)} rows; this takes some minutes")
        results = rows.run(root, checks)
    found = rows.standings(wanted, results)
    if write:
        (root / rows.PAGE).write_text(rows.page(found))
    if json:
        print_json([{**standing.__dict__, "state": standing.state} for standing in found])
    else:
        columns = ("id", "priority", "owner", "row", "state", "checks", "open")
        print_table(
            columns,
            [
                (
                    standing.row.id,
                    standing.row.priority,
                    standing.row.owners,
                    standing.row.row,
                    standing.state,
                    f"{len(standing.outcomes) - len(standing.open_checks)}/{len(standing.outcomes)}",
                    standing.open_checks,
                )
                for standing in found
            ],
        )
    if any(standing.state != "Done" for standing in found):
        raise typer.Exit(1)
