"""The console's server."""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from isthmus.console.children import Children
from isthmus.console.deeds import Deeds
from isthmus.console.feeds import Feeds, waterfall
from isthmus.console.guard import Guard, Keys
from isthmus.console.hub import Hub
from isthmus.console.producer import RATE_MAX
from isthmus.core.errors import ConfigurationError, IsthmusError
from isthmus.local.ports import bind_loopback
from isthmus.local.rundir import RunDirectory

STATIC = Path(str(files("isthmus.console"))) / "static"
BEAT_SECONDS = 10.0
"""Something is sent at least so often: a page knows by it that the console is there."""
READERS_MAX = 32
BODY_BYTES_MAX = 16 * 1024
READY_POLL_SECONDS = 0.01
_REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"

Handler = Callable[[Request], Awaitable[Response]]


class Console:
    """The pages of a run.

    Args:
        run: The run.
        keys: What lets people in.
    """

    def __init__(self, run: RunDirectory, keys: Keys) -> None:
        self._run = run
        self._keys = keys
        self.hub = Hub()
        self._children = Children(run)
        self._feeds = Feeds(run, self.hub, self._children)
        self._deeds = Deeds(run, self.hub, self._children)

    def app(self) -> Starlette:
        """The application; its feeds run while it lives."""
        routes = [
            Route("/", self._page),
            Route("/events", self._events),
            Route("/api/history", told(self._history)),
            Route("/api/traces/{id}", told(self._trace)),
            Route("/api/gamedays/report", told(self._report)),
            Route("/api/break", told(self._break), methods=["POST"]),
            Route("/api/heal", told(self._heal), methods=["POST"]),
            Route("/api/start/{what}", told(self._start), methods=["POST"]),
            Route("/api/stop/{what}", told(self._stop), methods=["POST"]),
            Route("/api/ask/{what}", told(self._ask), methods=["POST"]),
            Mount("/static", StaticFiles(directory=STATIC)),
        ]
        return Starlette(routes=routes, middleware=[Middleware(Guard, keys=self._keys)], lifespan=self._lifespan)

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        feeding = asyncio.create_task(self._feeds.run())
        try:
            yield
        finally:
            feeding.cancel()
            await asyncio.gather(feeding, return_exceptions=True)
            await self._children.close()

    async def _page(self, request: Request) -> Response:
        text = (STATIC / "index.html").read_text("utf-8")
        return HTMLResponse(text.replace("{{csrf}}", self._keys.csrf))

    async def _events(self, request: Request) -> Response:
        if self.hub.readers >= READERS_MAX:
            return JSONResponse({"error": "too many pages are open", "fix": "close some"}, 503)
        last = request.query_params.get("after") or request.headers.get("last-event-id", "")
        return StreamingResponse(self._stream(self.hub.place(last)), media_type="text/event-stream")

    async def _stream(self, number: int) -> AsyncIterator[str]:
        with self.hub.reading():
            yield f"event: hello\ndata: {json.dumps({'epoch': self.hub.epoch, 'resumed': number > 0})}\n\n"
            async for messages in self.hub.follow(number, BEAT_SECONDS):
                if not messages:
                    yield "event: beat\ndata: {}\n\n"
                for one in messages:
                    yield f"id: {self.hub.epoch}-{one.number}\nevent: {one.topic}\ndata: {one.text}\n\n"

    async def _history(self, request: Request) -> Response:
        metric, minutes = request.query_params.get("metric", ""), request.query_params.get("minutes", "15")
        if not (re.fullmatch("[0-9]{1,6}", minutes) and metric.replace(".", "").replace("_", "").isalnum()):
            raise ConfigurationError("a metric and a number of minutes are needed")
        path = f"/metrics/history?metric={metric}&minutes={minutes}"
        return JSONResponse(await asyncio.to_thread(self._feeds.ask, "GET", path))

    async def _trace(self, request: Request) -> Response:
        return JSONResponse(await asyncio.to_thread(waterfall, self._run, request.path_params["id"]))

    async def _report(self, request: Request) -> Response:
        found = sorted(self._run.root.glob("gamedays/*/report.html"), key=lambda path: path.stat().st_mtime_ns)
        if not found:
            raise ConfigurationError("there is no report yet", fix="hold a game day first")
        text = await asyncio.to_thread(found[-1].read_text, "utf-8")
        return HTMLResponse(text, headers={"content-security-policy": _REPORT_POLICY})

    async def _break(self, request: Request) -> Response:
        body = await body_of(request)
        return JSONResponse(await self._deeds.break_cloud(_text(body, "cloud"), _text(body, "how", "refuse")))

    async def _heal(self, request: Request) -> Response:
        body = await body_of(request)
        return JSONResponse(await self._deeds.heal(_text(body, "cloud", "") or None))

    async def _start(self, request: Request) -> Response:
        body, what = await body_of(request), request.path_params["what"]
        if what == "producer":
            pace = body.get("events_per_second", 200)
            if not isinstance(pace, int | float) or isinstance(pace, bool) or not 0 < pace <= RATE_MAX:
                raise ConfigurationError(f"the pace is {pace!r:.40}", fix=f"above 0, at most {RATE_MAX:,.0f} a second")
            return JSONResponse(await self._deeds.start_producer(float(pace)))
        if what == "gameday":
            return JSONResponse(await self._deeds.start_gameday(_text(body, "name")))
        raise ConfigurationError(f"“{what}” can't be started")

    async def _stop(self, request: Request) -> Response:
        return JSONResponse(self._deeds.stop(request.path_params["what"]))

    async def _ask(self, request: Request) -> Response:
        body = await body_of(request)
        found = await self._deeds.ask(request.path_params["what"], _text(body, "queue", ""), _text(body, "frame", ""))
        return JSONResponse({"value": found})


def told(handler: Handler) -> Handler:
    """Answers an error of Isthmus with what was wrong and what to do."""

    async def answered(request: Request) -> Response:
        try:
            return await handler(request)
        except IsthmusError as error:
            status = 400 if isinstance(error, ConfigurationError) else 409
            return JSONResponse({"error": error.what, "where": error.where, "fix": error.fix}, status)

    return answered


async def body_of(request: Request) -> dict[str, Any]:
    """The JSON object that was sent; an empty one where nothing was.

    Raises:
        ConfigurationError: It is no JSON object, or too long.
    """
    text = b""
    async for chunk in request.stream():
        text += chunk
        if len(text) > BODY_BYTES_MAX:
            raise ConfigurationError(f"the request is longer than {BODY_BYTES_MAX:,} bytes")
    try:
        found = json.loads(text or b"{}")
    except (ValueError, RecursionError):  # Brackets by the thousand are too deep to read.
        found = None
    if not isinstance(found, dict):
        raise ConfigurationError("the request is not a JSON object")
    return found


def _text(body: dict[str, Any], name: str, default: str | None = None) -> str:
    value = body.get(name, default)
    if not isinstance(value, str):
        raise ConfigurationError(f"{name} is {value!r}, not a text")
    if not value.isprintable():  # Half of a surrogate pair can't even be told in the answer.
        raise ConfigurationError(f"{name} is {value!a:.40}, which can't be printed")
    return value


async def serve(run: RunDirectory) -> None:
    """Answers until SIGTERM or SIGINT; prints one JSON line with its port when it is ready."""
    record = run.read()
    sock = bind_loopback(record.ports.get("console.http", 0))
    port = sock.getsockname()[1]
    console = Console(run, Keys(record.console_token, port))
    config = uvicorn.Config(
        console.app(), log_level="warning", lifespan="on", access_log=False, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[sock]))
    while not (server.started or serving.done()):
        await asyncio.sleep(READY_POLL_SECONDS)
    if server.started:
        print(json.dumps({"ready": True, "ports": {"console.http": port}}), flush=True)
    await serving
