"""The control process: services side by side in one event loop, and their routes behind the run's control token."""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import logging
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from isthmus.local.control.service import Context, Service
from isthmus.local.ports import bind_loopback

AGAIN_SECONDS = (0.5, 1.0, 2.0, 5.0, 15.0)
"""How long a service that failed is left alone: the first time, the second time, …"""
READY_POLL_SECONDS = 0.01

logger = logging.getLogger(__name__)


@dataclass
class State:
    """How a service fares.

    Attributes:
        says: What it does.
        failures: How often in a row it has ended.
        error: Why it ended last; "" while it never did.
    """

    says: str
    failures: int = 0
    error: str = ""


@dataclass
class Control:
    """All services of a run."""

    context: Context
    services: Sequence[Service]
    states: dict[str, State] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.states = {service.name: State(service.says) for service in self.services}

    def app(self, token: str) -> Starlette:
        """The application that answers for all of them and runs them while it lives."""
        mounts = [Mount(f"/{service.name}", routes=list(service.routes(self.context))) for service in self.services]
        routes = [Route("/status", self._status), *mounts]
        return Starlette(routes=routes, middleware=[Middleware(RequireToken, token=token)], lifespan=self._lifespan)

    async def _status(self, request: Request) -> JSONResponse:
        return JSONResponse({name: state.__dict__ for name, state in self.states.items()})

    @contextlib.asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self._keep_running(service), name=service.name) for service in self.services]
        try:
            yield
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_running(self, service: Service) -> None:
        state = self.states[service.name]
        while True:
            try:
                await service.run(self.context)
                state.error = "it ended by itself"
            # Whatever ends one service must not end the others: it is told, and the service begins anew.
            except Exception as error:
                logger.exception("%s failed", service.name)
                state.error = f"{type(error).__name__}: {error}"
            await asyncio.sleep(AGAIN_SECONDS[min(state.failures, len(AGAIN_SECONDS) - 1)])
            state.failures += 1


class RequireToken:
    """Refuses every request that doesn't carry the token."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._expected = f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers 401 without the token, and passes on what has it."""
        if scope["type"] == "http":
            given = dict(scope["headers"]).get(b"authorization", b"")
            if not hmac.compare_digest(given, self._expected):
                await JSONResponse({"error": "the control token of the run is needed"}, 401)(scope, receive, send)
                return
        await self._app(scope, receive, send)


async def serve(control: Control, token: str, port: int) -> None:
    """Answers until SIGTERM or SIGINT; prints one JSON line with its port when it is ready."""
    sock = bind_loopback(port)
    server = uvicorn.Server(uvicorn.Config(control.app(token), log_level="warning", lifespan="on", access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[sock]))
    while not (server.started or serving.done()):
        await asyncio.sleep(READY_POLL_SECONDS)
    if server.started:
        print(json.dumps({"ready": True, "ports": {"control.http": sock.getsockname()[1]}}), flush=True)
    await serving
