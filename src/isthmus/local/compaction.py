"""Compaction of a run's archives: on command, and once an hour as a service of the control process.

GET  /compaction/     what the last run did, and when the next one is due
POST /compaction/run  runs it now
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from isthmus.core.errors import IsthmusError
from isthmus.local.archives import archives
from isthmus.local.control.service import Context, Service
from isthmus.local.endpoints import Endpoints
from isthmus.local.errors import NotUp
from isthmus.local.project import project_root
from isthmus.local.rundir import RunDirectory

if TYPE_CHECKING:
    from isthmus.archive.compact import Compaction

EVERY_SECONDS = 3600.0
"""Ours: what was compacted is written again when more of its day has come, and a day has 24 hours."""

POLL_SECONDS = 10.0


def compact_run(
    run: RunDirectory,
    *,
    types: Sequence[str] = (),
    closed: bool = False,
    say: Callable[[str], None] = lambda text: None,
) -> Compaction:
    """Compacts the archives of a run, through the fault proxies: an outage shows.

    Args:
        run: The run.
        types: Only these types; all without it.
        closed: Only days that have ended (UTC).
        say: Told what is being done.

    Raises:
        NotUp: A part is missing, or Terraform has not been applied.
        Unavailable: when no archive can be read.
    """
    # DuckDB is loaded when it is needed: a control process that has not compacted stays small.
    from isthmus.archive.compact import Bounds, compact

    return compact(
        archives(Endpoints.require(run), front=True),
        run.root / "cache",
        catalog=project_root() / "catalog",
        types=types,
        bounds=Bounds(before=f"{datetime.now(UTC):%Y-%m-%d}") if closed else None,
        say=say,
    )


class Compactor:
    """Compacts when it is due, and when it is told to; one run at a time.

    Args:
        work: Compacts.
        clock: Seconds since the epoch.
    """

    def __init__(self, work: Callable[[], Compaction], clock: Callable[[], float]) -> None:
        self._work = work
        self._clock = clock
        self._one = threading.Lock()
        self.due = clock() + EVERY_SECONDS
        self.last: dict[str, Any] | None = None

    def tick(self) -> None:
        """Runs when it is due; a run that failed is due again in an hour, and the reason is kept."""
        if self._clock() >= self.due:
            self.run()

    def run(self) -> dict[str, Any]:
        """Runs now, and returns what came of it."""
        with self._one:
            self.due = self._clock() + EVERY_SECONDS
            try:
                self.last = {"at": self._clock(), **asdict(self._work())}
            except IsthmusError as error:
                self.last = {"at": self._clock(), "error": str(error)}
            return self.last


@cache
def compactor(context: Context) -> Compactor:
    """The compactor of a run; the schedule and the routes share it."""
    return Compactor(partial(compact_run, context.run), context.clock)


async def _run(context: Context) -> None:
    while True:
        try:
            context.endpoints()
            await asyncio.to_thread(compactor(context).tick)
        except NotUp:
            pass  # The next turn looks again.
        await asyncio.sleep(POLL_SECONDS)


def _routes(context: Context) -> Sequence[BaseRoute]:
    async def shown(request: Request) -> Response:
        one = compactor(context)
        return JSONResponse({"last": one.last, "due": one.due})

    async def run_now(request: Request) -> Response:
        done = await asyncio.to_thread(compactor(context).run)
        return JSONResponse(done, 409 if "error" in done else 200)

    return [Route("/", shown), Route("/run", run_now, methods=["POST"])]


SERVICE = Service("compaction", "writes the archives' days as Parquet, once an hour", _run, _routes)
