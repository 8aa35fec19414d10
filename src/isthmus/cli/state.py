"""`isthmus state`."""

from __future__ import annotations

from typing import Annotated

import typer

from isthmus.cli.output import JSON, print_json, print_table

app = typer.Typer(help="Look after Terraform's remote states.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def options() -> None:
    """Look after Terraform's remote states."""


@app.command()
def doctor(
    stack: Annotated[str, typer.Argument(help="A stack, for example platform/aws.")],
    environment: Annotated[str, typer.Option("--env", help="The environment.")] = "dev",
    unlock: Annotated[str | None, typer.Option("--unlock", help="Take this lock off: its holder is gone.")] = None,
    restore: Annotated[str | None, typer.Option("--restore", help="Make this version the current one again.")] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Show a stack's state, its versions and its locks; take off one that a killed run left; go back to a version.

    \b
    Example:
      isthmus state doctor platform/aws
      isthmus state doctor platform/aws --unlock 6b5e1c1e-…
      isthmus state doctor platform/gcp --restore 1764000000000000
    """
    from isthmus.change import states
    from isthmus.change.state_stores import store_of
    from isthmus.local.rundir import RunDirectory
    from isthmus.local.stacks import context_of, state_store

    run = RunDirectory.current()
    store = store_of(state_store(run, environment, stack), context_of(run))
    done: dict[str, object] = {}
    if unlock:
        done["unlocked"] = states.unlock(store, unlock)
    if restore:
        done["serial"] = states.restore(store, restore)
    versions, locks = store.versions(), store.locks()
    if json:
        print_json({"stack": stack, "environment": environment, "versions": versions, "locks": locks, **done})
        return
    for name, value in done.items():
        typer.echo(f"{name}: {value}")
    rows = [
        (each.id, each.serial, each.resources, each.modified, "current" if each.current else "") for each in versions
    ]
    print_table(("version", "serial", "resources", "written", ""), rows, f"State of {environment} {stack}")
    for lock in locks:
        typer.echo(f"locked by {lock.who} since {lock.created} ({lock.operation}, {lock.where})")
        typer.echo(f"  to do: if that run is gone, isthmus state doctor {stack} --env {environment} --unlock {lock.id}")
    if not locks:
        typer.echo("not locked")
