"""`isthmus dlq list|show|redrive|discard`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from isthmus.cli import exits
from isthmus.cli.output import JSON, print_json, print_table

if TYPE_CHECKING:
    from isthmus.local.dlq.operations import DeadLetters

app = typer.Typer(no_args_is_help=True, help="Dead letters of both clouds: what a consumer could not handle.")

_QUEUE = typer.Argument(
    help="A cloud, a consumer (archive, bridge, your handler) or one queue such as aws/archive; all if left out."
)
_FRAME = typer.Option("--frame", help="Only the frame with this id.")


@app.command(name="list")
def list_(queue: Annotated[str | None, _QUEUE] = None, json: Annotated[bool, JSON] = False) -> None:
    """Count the dead letters in each queue.

    \b
    Example:
      isthmus dlq list
    """
    from isthmus.local.dlq.operations import counts

    found = counts(_queues(queue))
    if json:
        print_json(found)
    else:
        print_table(("queue", "letters"), list(found.items()))


@app.command()
def show(
    queue: Annotated[str | None, _QUEUE] = None,
    frame: Annotated[str | None, _FRAME] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, help="At most so many of each queue.")] = 20,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Show dead letters with their reason and first events, and leave them where they are.

    \b
    Example:
      isthmus dlq show aws/archive
      isthmus dlq show --frame 01936f0e-7c1a-7bbb-9d53-3f6a0c1d2e4f --json
    """
    from isthmus.local.dlq.operations import look

    letters = [letter.describe() for found in _queues(queue) for letter in look(found, frame, limit)]
    if json:
        print_json(letters)
        return
    if not letters:
        typer.echo(f"no dead letter of the frame {frame}" if frame else "no dead letters")
        return
    columns = ("queue", "frame", "type", "count", "reason", "failed at", "first event")
    print_table(columns, [_row(letter) for letter in letters])


def _row(letter: dict[str, Any]) -> tuple[str, ...]:
    """A letter for people; its queue as the other commands take it."""
    first: Any = next(iter(letter["first_events"]), {})
    event = f"{first.get('source')} {first.get('id')}" if isinstance(first, dict) and first else ""
    names = ("frame", "type", "count", "reason", "failed_at")
    return (f"{letter['cloud']}/{letter['queue']}", *(letter[name] for name in names), event)


@app.command()
def redrive(
    queue: Annotated[str | None, _QUEUE] = None,
    frame: Annotated[str | None, _FRAME] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Give dead letters to their consumer again. Doing it twice changes nothing: a frame is always the same object.

    \b
    Example:
      isthmus dlq redrive
      isthmus dlq redrive gcp/bridge
    """
    from isthmus.local.dlq.operations import redrive as send_again

    done = [letter for found in _queues(queue) for letter in send_again(found, frame)]
    _say_done("redriven", [letter.frame for letter in done], json)
    if done and not json:
        typer.echo("what its consumer still can't handle comes back within seconds: see `isthmus dlq list`")


@app.command()
def discard(
    queue: Annotated[str | None, _QUEUE] = None,
    frame: Annotated[str | None, _FRAME] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Remove dead letters for good: the events in them are lost unless the other cloud has them.

    \b
    Example:
      isthmus dlq discard aws/archive --frame 01936f0e-7c1a-7bbb-9d53-3f6a0c1d2e4f --yes
    """
    from isthmus.local.dlq.operations import discard as remove

    found = _queues(queue)
    names = ", ".join(f"{one.cloud}/{one.consumer}" for one in found)
    if not yes and not typer.confirm(f"Remove {f'frame {frame}' if frame else 'all letters'} from {names} for good?"):
        raise typer.Exit(exits.FAILED)
    _say_done("discarded", [letter.frame for one in found for letter in remove(one, frame)], json)


def _queues(name: str | None) -> list[DeadLetters]:
    from isthmus.local.dlq.operations import queues
    from isthmus.local.endpoints import Endpoints
    from isthmus.local.rundir import RunDirectory

    return queues(Endpoints.require(RunDirectory.current()), name)


def _say_done(did: str, frames: list[str], json: bool) -> None:
    if json:
        print_json({did: frames})
    else:
        typer.echo(f"{did}: {len(frames)}")
