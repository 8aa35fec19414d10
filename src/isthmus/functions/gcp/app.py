"""The ASGI app: the ingest's routes, one push endpoint, or what a schedule calls, by the service's role."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response as HttpResponse
from starlette.routing import Route

from isthmus.core.requests import MAX_BODY_BYTES, Problem, Request, Response
from isthmus.functions import log
from isthmus.functions.front import Front
from isthmus.functions.gcp.push import MAX_PUSH_BYTES, PushEndpoint
from isthmus.functions.gcp.schedule import ScheduledEndpoint
from isthmus.functions.settings import Settings

MAX_DISCARDED_BYTES = 16 * 1024 * 1024
"""Bytes beyond the limit that are read and thrown away so that the sender gets its 413. Ours."""

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def create_app(settings: Settings) -> Starlette:
    """Makes the app of a role: `ingest`, `compact` or `ledger`, which a schedule calls, or one that is pushed to."""
    if settings.role == "ingest":
        return Starlette(routes=_ingest_routes(Front(settings)))
    if settings.role in ("compact", "ledger"):
        return Starlette(routes=_scheduled_routes(ScheduledEndpoint.of(settings)))
    return Starlette(routes=_push_routes(PushEndpoint.of(settings)))


def _ingest_routes(front: Front) -> list[Route]:
    async def serve(http: HttpRequest) -> HttpResponse:
        try:
            request = Request(dict(http.headers), await _read(http, MAX_BODY_BYTES))
            response = await run_in_threadpool(front.answer, http.method, http.url.path, request)
        except Problem as problem:
            response = problem.response()
        return _answer(response)

    return [Route("/{path:path}", serve, methods=_METHODS)]


def _push_routes(endpoint: PushEndpoint) -> list[Route]:
    async def push(http: HttpRequest) -> HttpResponse:
        try:
            body = await _read(http, MAX_PUSH_BYTES)
            response = await run_in_threadpool(endpoint.receive, http.headers.get("authorization", ""), body)
        except Problem as problem:
            response = _refused(problem)
        return _answer(response)

    return [Route("/push", push, methods=["POST"]), Route("/healthz", _healthz)]


def _scheduled_routes(endpoint: ScheduledEndpoint) -> list[Route]:
    async def run(http: HttpRequest) -> HttpResponse:
        try:
            response = await run_in_threadpool(endpoint.receive, http.headers.get("authorization", ""))
        except Problem as problem:
            response = _refused(problem)
        return _answer(response)

    return [Route("/run", run, methods=["POST"]), Route("/healthz", _healthz)]


async def _healthz(_: HttpRequest) -> HttpResponse:
    return HttpResponse(b'{"status":"alive"}', media_type="application/json")


def _refused(problem: Problem) -> Response:
    log.write("refused", severity="WARNING", status=problem.status, reason=problem.what)
    return problem.response()


async def _read(http: HttpRequest, limit: int) -> bytes:
    """Reads a body up to a limit, whatever its length was announced as.

    What is beyond the limit is thrown away for a while rather than left unread: closing on a sender that still sends
    would reset the connection before it has read why.
    """
    parts, size = [], 0
    try:
        async for part in http.stream():
            size += len(part)
            if size <= limit:
                parts.append(part)
            elif size > limit + MAX_DISCARDED_BYTES:
                break
    except ClientDisconnect:
        # Nobody reads this answer; without it a sender that goes away would count as a fault of ours.
        raise Problem(400, f"the sender went away after {size:,} bytes of its body") from None
    if size > limit:
        raise Problem(413, f"a request takes {limit:,} bytes", headers={"connection": "close"})
    return b"".join(parts)


def _answer(response: Response) -> HttpResponse:
    return HttpResponse(response.body, response.status, response.headers)
