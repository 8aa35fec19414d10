"""The service: every few seconds it measures, and between it answers."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from isthmus.core.metrics import BY_NAME
from isthmus.local.control.service import Context, Service
from isthmus.local.errors import NotUp
from isthmus.local.rundir import RunDirectory
from isthmus.local.watch import alarms, prometheus, sources, standing, telling
from isthmus.local.watch.alarms import Alarm
from isthmus.local.watch.history import MinuteStore, Samples, Values
from isthmus.local.watch.minutes import Minutes
from isthmus.local.watch.totals import RECENT_SECONDS, Series, Totals

TICK_SECONDS = 5.0


class Watch:
    """Measures a run.

    Args:
        context: The run, and the time.
        minutes: Where the minutes are kept; with the run's data without it.
    """

    def __init__(self, context: Context, minutes: Path | str | None = None) -> None:
        self._context = context
        self._http = sources.client()
        self._totals = Totals()
        self._lines = sources.Lines(context.run, self._totals)
        self._queues = sources.Queues(self._http)
        self._ingests = sources.Ingests(self._http)
        self._balances = sources.Balances(context.run, context.clock)
        self._costs = sources.Costs()
        self.samples = Samples()
        self._minutes = Minutes()
        self._applied: tuple[Any, list[Any]] = (None, [])
        self._changes = telling.Changes(context.run.data("control") / "firing.json")
        self._minute = -1
        store = MinuteStore(minutes or context.run.data("control") / "minutes.sqlite")
        self.keeper = standing.Keeper(standing.load(), store)

    def tick(self) -> None:
        """Measures once.

        Raises:
            NotUp: There is nothing to measure.
        """
        now = self._context.clock()
        values = self._measured(now)
        self.samples.add(now, values)
        self._minutes.add(now, values)
        self.keeper.observe(now, values)

    def _measured(self, now: float) -> Values:
        endpoints = self._context.endpoints()
        self._lines.read(now)
        found: dict[Series, float] = {**self._totals.counts, **self._totals.gauges(now)}
        found |= self._queues.read(endpoints, now)
        found |= self._ingests.read(endpoints)
        found |= self._balances.read()
        self.samples.add(now, found)
        grown = partial(self.samples.grown, moment=now - RECENT_SECONDS)
        return found | self._costs.read(grown, self._totals, RECENT_SECONDS)

    def standings(self) -> list[standing.Standing]:
        """How the objectives stand now."""
        return self.keeper.standings(self._context.clock())

    def alarms(self) -> list[Alarm]:
        """How the alarms are that Terraform defined and applied."""
        return self._alarms(self._context.clock())

    def _alarms(self, moment: float) -> list[Alarm]:
        run = self._context.run
        applied = dict(run.read().applied)
        if applied != self._applied[0]:
            self._applied = applied, alarms.definitions(_states(run))
        return alarms.evaluate(self._applied[1], self._minutes, moment)

    def tell(self) -> list[telling.Change]:
        """Once a minute, tells the alarms' topics what began to fire in the minute before, and what ended.

        Raises:
            NotUp: There are no topics.
        """
        minute = int(self._context.clock() // 60)
        if minute == self._minute:
            return []
        topics = {cloud: str(has["alarms_topic"]) for cloud, has in self._context.endpoints().outputs.items()}
        found = self._alarms(60 * minute - 1)
        told = telling.tell(self._changes, found, 60 * minute, _clouds(self._context.run), topics)
        self._minute = minute
        return told


def _clouds(run: RunDirectory) -> Any:
    from isthmus.local import stacks

    return stacks.context_of(run)


def _states(run: RunDirectory) -> list[dict[str, Any]]:
    """What is applied on each cloud; Terraform's side is loaded only for this."""
    from isthmus.local import stacks
    from isthmus.rehearsal import runner

    context = stacks.context_of(run)
    found = []
    for cloud in standing.CLOUDS:
        stack = stacks.stack_in(run, stacks.ENVIRONMENT, f"{stacks.LAYERS[-1]}/{cloud}")
        found.append(dict(runner.state(stack, context) or {}))
    return found


@cache
def watch(context: Context) -> Watch:
    """The one watch of a run: what the loop measures, the routes tell."""
    return Watch(context)


async def run(context: Context) -> None:
    """Measures every few seconds; a run that is not up is looked for again."""
    watching = watch(context)
    while True:
        with contextlib.suppress(NotUp):
            await asyncio.to_thread(watching.tick)
            await asyncio.to_thread(watching.tell)
        await asyncio.sleep(TICK_SECONDS)


def routes(context: Context) -> Sequence[BaseRoute]:
    """What is told below `/metrics`."""

    async def now(request: Request) -> Response:
        at, values = watch(context).samples.last
        return JSONResponse({"at": at, "series": [row(series, value) for series, value in sorted(values.items())]})

    async def history(request: Request) -> Response:
        metric, minutes = request.query_params.get("metric", ""), request.query_params.get("minutes", "60")
        if metric not in BY_NAME or not re.fullmatch("[0-9]{1,6}", minutes):
            return JSONResponse({"error": f"there is no metric “{metric}”", "fix": "docs/metrics.md has them all"}, 400)
        return JSONResponse(_history(watch(context), metric, context.clock() - 60 * int(minutes)))

    async def text(request: Request) -> Response:
        _, values = watch(context).samples.last
        return PlainTextResponse(prometheus.text(values), media_type=prometheus.MEDIA_TYPE)

    async def slo(request: Request) -> Response:
        found = await asyncio.to_thread(watch(context).standings)
        return JSONResponse({"slos": [one.__dict__ for one in found]})

    async def defined(request: Request) -> Response:
        found = await asyncio.to_thread(watch(context).alarms)
        return JSONResponse({"alarms": [one.__dict__ for one in found]})

    return [
        Route("/now", now),
        Route("/history", history),
        Route("/prometheus", text),
        Route("/slo", slo),
        Route("/alarms", defined),
    ]


def row(series: Series, value: float) -> dict[str, Any]:
    """A series' figure with its labels by name."""
    metric = BY_NAME[series[0]]
    labels = dict(zip(metric.labels, series[1], strict=True))
    return {"metric": metric.name, "labels": labels, "value": value, "unit": metric.unit}


def _history(watching: Watch, metric: str, since: float) -> list[dict[str, Any]]:
    found: dict[Series, list[list[float]]] = {}
    for at, values in watching.samples.since(since):
        for series, value in values.items():
            if series[0] == metric:
                found.setdefault(series, []).append([at, value])
    return [{"labels": row(series, 0)["labels"], "points": points} for series, points in sorted(found.items())]


SERVICE = Service("metrics", "measures both clouds and watches over the objectives", run, routes)
