"""The job runner as a service of the control process.

GET  /transfers/                 the jobs, when each runs next, and its last runs
POST /transfers/run  {"name"}    runs a job now
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from functools import cache
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from isthmus.core.errors import IsthmusError
from isthmus.core.frames import Cloud
from isthmus.core.ports import Bucket
from isthmus.local.archives import archives
from isthmus.local.control.service import Context, Service
from isthmus.local.errors import NotUp
from isthmus.local.rundir import RunDirectory
from isthmus.local.transfers.calls import caller, calls_of
from isthmus.local.transfers.definitions import Job, jobs_of
from isthmus.local.transfers.runner import JobRunner

NAME = "transfers"
POLL_SECONDS = 5.0
"""How often schedules are looked at. Ours: the shortest interval of a schedule is a minute."""


def applied_jobs(run: RunDirectory) -> list[Job]:
    """The transfer jobs and the scheduled calls that the applied states of a run define."""
    # Terraform's side is loaded when it is needed: a control process without jobs stays small.
    from isthmus.local import stacks
    from isthmus.rehearsal import runner

    context = stacks.context_of(run)
    found: list[Job] = []
    for cloud in sorted(run.read().applied):
        stack = stacks.stack_in(run, stacks.ENVIRONMENT, f"{stacks.LAYERS[-1]}/{cloud}")
        state = runner.state(stack, context) or {}
        found += [*jobs_of(state), *calls_of(state)]
    return found


@cache
def job_runner(context: Context) -> JobRunner:
    """The runner of a run's jobs; the schedule and the routes share it."""

    def buckets() -> dict[Cloud, Bucket]:
        # Through the fault proxies: a cloud that is cut off is cut off from the other one's transfer service, too.
        aws, gcp = archives(context.endpoints(), front=True)
        return {"aws": aws, "gcp": gcp}

    call = caller(context.run, context.endpoints)
    return JobRunner(buckets, call, context.run.data("control") / "transfers.json", context.clock)


async def _run(context: Context) -> None:
    """Runs what is due, for ever; while the clouds are not up it waits."""
    runner = job_runner(context)
    while True:
        try:
            context.endpoints()
            jobs = await asyncio.to_thread(applied_jobs, context.run)
            await asyncio.to_thread(runner.tick, jobs)
        except NotUp:
            pass  # The next turn looks again.
        await asyncio.sleep(POLL_SECONDS)


def _describe(runner: JobRunner, job: Job) -> dict[str, Any]:
    runs = [asdict(run) for run in runner.history(job).runs]
    shown = {name: value for name, value in asdict(job).items() if name != "schedule"}
    return {**shown, "schedule": repr(job.schedule) if job.schedule else "", "next": runner.due(job), "runs": runs}


def _routes(context: Context) -> Sequence[BaseRoute]:
    async def listed(request: Request) -> Response:
        jobs = await asyncio.to_thread(applied_jobs, context.run)
        return JSONResponse([_describe(job_runner(context), job) for job in jobs])

    async def run_now(request: Request) -> Response:
        name = msgspec.json.decode(await request.body()).get("name")
        jobs = {job.name: job for job in await asyncio.to_thread(applied_jobs, context.run)}
        if name not in jobs:
            return JSONResponse(
                {"error": f"there is no job {name!r}", "fix": f"known: {', '.join(jobs) or 'none, no job is applied'}"},
                404,
            )
        try:
            done = await asyncio.to_thread(job_runner(context).run, jobs[name])
        except IsthmusError as error:
            return JSONResponse({"error": error.what, "fix": error.fix}, 409)
        return JSONResponse(asdict(done))

    return [Route("/", listed), Route("/run", run_now, methods=["POST"])]


SERVICE = Service(NAME, "runs the transfer jobs and scheduled calls that Terraform defines", _run, _routes)
