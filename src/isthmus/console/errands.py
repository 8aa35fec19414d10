"""`python -m isthmus.console.errands RUN_DIR NAME ARGUMENT…`: one errand of the console, told in JSON lines.

Everything heavy is imported in the errand that needs it.
"""

from __future__ import annotations

import json
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from isthmus.core.errors import ConfigurationError, IsthmusError
from isthmus.local.rundir import RunDirectory

LETTERS_SHOWN = 25
HOURS_SHOWN = 48

Say = Callable[[Any], None]


def scenarios(run: RunDirectory, say: Say) -> list[dict[str, Any]]:
    """The game days that can be run."""
    from isthmus.gamedays import scenario
    from isthmus.local.project import project_root

    root = project_root()
    found = [scenario.find(root, name) for name in scenario.names(root)]
    return [
        {
            "name": one.name,
            "title": one.title,
            "description": one.description,
            "criteria": [criterion.text for criterion in one.criteria],
            "faults": [str(fault) for fault in one.faults],
            "runbook": one.runbook,
        }
        for one in found
    ]


def gameday(run: RunDirectory, say: Say, name: str) -> dict[str, Any]:
    """Holds a game day; its timeline is told while it grows."""
    from isthmus.console.holding import hold_and_tell

    return hold_and_tell(run, name, say)


def letters(run: RunDirectory, say: Say) -> list[dict[str, Any]]:
    """The dead letters of both clouds, with their reasons; they stay where they are."""
    from isthmus.local.dlq.operations import look, queues
    from isthmus.local.endpoints import Endpoints

    found = queues(Endpoints.require(run))
    return [letter.describe() for queue in found for letter in look(queue, limit=LETTERS_SHOWN)]


def redrive(run: RunDirectory, say: Say, queue: str, frame: str = "") -> dict[str, int]:
    """Gives dead letters to their consumer again."""
    from isthmus.local.dlq.operations import queues
    from isthmus.local.dlq.operations import redrive as give_again
    from isthmus.local.endpoints import Endpoints

    found = queues(Endpoints.require(run), queue or None)
    return {"redriven": sum(len(give_again(one, frame or None)) for one in found)}


def ledger(run: RunDirectory, say: Say) -> dict[str, Any]:
    """The balance of both archives."""
    from isthmus.archive.balance import GRACE_SECONDS, Rules, reckon
    from isthmus.local.ledger import ledger as books_of

    with books_of(run) as books:
        rules = Rules(grace_seconds=GRACE_SECONDS, learn=True)
        balance = reckon(books.aws, books.gcp, rules, known=books.known)
    totals = [total.__dict__ if hasattr(total, "__dict__") else _summary(total) for total in balance.totals()]
    return {
        "at_ms": balance.at_ms,
        "clouds": balance.clouds,
        "whole": balance.is_whole,
        "totals": totals,
        "missing": [lack.objects for lack in balance.lacks],
        "in_flight": balance.in_flight,
        "corrupt": balance.corrupt,
        "rpo_seconds": balance.rpo_seconds,
        "hours": [
            {
                "folder": hour.folder,
                "left": _summary(hour.left),
                "right": _summary(hour.right),
                "whole": hour.is_whole,
                "missing": [hour.only_right, hour.only_left],
            }
            for hour in balance.hours[-HOURS_SHOWN:]
        ],
    }


def _summary(summary: Any) -> dict[str, Any]:
    names = ("objects", "size_bytes", "events", "uncounted", "digest")
    return {name: getattr(summary, name) for name in names}


def edge(run: RunDirectory, say: Say) -> dict[str, Any]:
    """Makes Route 53's and Cloud DNS's zones from Terraform."""
    from isthmus.local.dns.edge import ensure

    made = ensure(run, say)
    return {"weights": dict(made.weights)}


def heal(run: RunDirectory, say: Say) -> None:
    """Heals what an interrupted game day left broken."""
    from isthmus.gamedays.breaker import heal_left_open

    heal_left_open(run, say)


def states(run: RunDirectory, say: Say) -> dict[str, Any]:
    """The platform's Terraform states of a run that keeps them in the clouds' buckets."""
    from isthmus.local import stacks
    from isthmus.local.parts import CLOUDS
    from isthmus.rehearsal import runner

    context = stacks.context_of(run)
    found = {cloud: stacks.stack_in(run, stacks.ENVIRONMENT, f"{stacks.LAYERS[-1]}/{cloud}") for cloud in CLOUDS}
    return {cloud: runner.state(stack, context) or {} for cloud, stack in found.items()}


def producer(run: RunDirectory, say: Say, events_per_second: str) -> dict[str, Any]:
    """Sends flights to both ingests until it is told to stop."""
    from isthmus.console.producer import produce

    return produce(run, float(events_per_second), say)


ERRANDS: Mapping[str, Callable[..., Any]] = {
    one.__name__: one for one in (scenarios, gameday, letters, redrive, ledger, edge, heal, states, producer)
}


def main(root: str, name: str, *arguments: str) -> int:
    """Runs one errand; the exit code is 0 where it has a result."""
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        if name not in ERRANDS:
            raise ConfigurationError(f"there is no errand “{name}”", fix=f"one of: {', '.join(ERRANDS)}")
        result = ERRANDS[name](RunDirectory(Path(root)), lambda said: _print({"say": said}), *arguments)
    except IsthmusError as error:
        _print({"error": {"what": error.what, "where": error.where, "fix": error.fix}})
        return 1
    except KeyboardInterrupt:
        _print({"error": {"what": f"“{name}” was stopped", "where": "", "fix": ""}})
        return 130
    _print({"result": result})
    return 0


def _print(told: Mapping[str, Any]) -> None:
    print(json.dumps(told, default=str), flush=True)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
