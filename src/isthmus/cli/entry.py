"""The entry point `isthmus`: runs a command, and turns an error into one block that says what to do."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Sequence

import typer

from isthmus.cli import exits
from isthmus.cli.app import app
from isthmus.core.errors import Interrupted, IsthmusError, Several

NOTE = "faults.json"
"""The file in a run's folder that says what a game day has broken; `isthmus.gamedays.breaker` writes it."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line and returns its exit code (see `exits`)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    debug = _takes_debug(words) or bool(os.environ.get("ISTHMUS_DEBUG"))
    try:
        _heal_first(words)
        app(words, prog_name="isthmus")
    except SystemExit as ended:
        if ended.code == exits.INTERRUPTED:
            typer.echo("interrupted", err=True)
        return ended.code if isinstance(ended.code, int) else exits.FAILED
    except BrokenPipeError:
        # The reader of our output has gone (`isthmus tail | head`): not an error, and nothing more can be said.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exits.OK
    except (IsthmusError, OSError) as error:
        if debug:
            raise
        return _report(error)
    return exits.OK


def _heal_first(words: list[str]) -> None:
    """Heals what a game day left broken that was killed: whichever command comes next finds the clouds as they were.

    Not before `up` and `down`, which have to start or end them first; `up` heals afterwards.
    """
    if not words or words[0].startswith("-") or words[0] in ("up", "down"):
        return
    from isthmus.local.rundir import RunDirectory

    run = RunDirectory.current()
    if not (run.root / NOTE).is_file():
        return
    from isthmus.gamedays.breaker import heal_left_open
    from isthmus.local.errors import NotUp

    # Clouds that are down can't be healed, and don't need to be before they are up.
    with contextlib.suppress(NotUp):
        heal_left_open(run, lambda text: typer.echo(text, err=True))


def _takes_debug(words: list[str]) -> bool:
    """Takes `--debug` from wherever it stands; what follows `tf` or `rehearse` is Terraform's."""
    if "--debug" not in words or words[:1] in (["tf"], ["rehearse"]):
        return False
    words.remove("--debug")
    return True


def _report(error: IsthmusError | OSError) -> int:
    from isthmus.local.errors import NotUp, from_os_error

    found = error if isinstance(error, IsthmusError) else from_os_error(error)
    for one in found.errors if isinstance(found, Several) else (found,):
        typer.secho(f"error: {one.what}", err=True, fg=typer.colors.RED)
        if one.where:
            typer.echo(f"  where: {one.where}", err=True)
        if one.fix:
            typer.echo(f"  to do: {one.fix}", err=True)
    if isinstance(found, Interrupted):
        return exits.INTERRUPTED
    return exits.NOT_UP if isinstance(found, NotUp) else exits.FAILED
