"""One process, one event loop: gRPC for Pub/Sub and KMS; HTTP for Cloud Storage, Cloud Run and the REST forms."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sqlite3
import sys
from dataclasses import dataclass
from pathlib import Path

import grpc
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from isthmus.adapters.calls import Calls
from isthmus.core.errors import ConfigurationError
from isthmus.local.google import rest
from isthmus.local.google.claim import claim
from isthmus.local.google.iam import Policies
from isthmus.local.google.kms.service import NAME as KMS
from isthmus.local.google.kms.service import KeyManagement
from isthmus.local.google.kms.store import Keys
from isthmus.local.google.oidc import CERTS_PATH, TokenSigner
from isthmus.local.google.pubsub.push import Pusher
from isthmus.local.google.pubsub.service import PubSubService
from isthmus.local.google.pubsub.store import PubSub
from isthmus.local.google.pubsub.upkeep import keep_up
from isthmus.local.google.rpc import Handlers, service
from isthmus.local.google.run import DEFAULT_COMMAND, CloudRun
from isthmus.local.google.storage.routes import StorageApi
from isthmus.local.ports import bind_exactly

HOST = "127.0.0.1"
_MAX_MESSAGE_BYTES = 20 * 1024 * 1024
_GRPC_OPTIONS = (
    ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.so_reuseport", 0),
    # The clients' keep-alive pings are closer together than gRPC's server likes by default.
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
)


@dataclass(frozen=True)
class ServerConfig:
    """What a server is started with; a port 0 is chosen freely.

    Attributes:
        data_dir: Where everything is kept.
        log_dir: Where the logs of Cloud Run's services go.
        project: The project id.
        http_port: Port of the HTTP server.
        grpc_port: Port of the gRPC server.
        run_command: What every Cloud Run service runs in place of its image.
        services_pubsub: Where the services find Pub/Sub, "host:port"; the server itself unless told.
        services_storage: Where they find Cloud Storage, a base URL.
    """

    data_dir: Path
    log_dir: Path
    project: str
    http_port: int = 0
    grpc_port: int = 0
    run_command: tuple[str, ...] = DEFAULT_COMMAND
    services_pubsub: str = ""
    services_storage: str = ""


class TotalCalls(Calls):
    """Counts for good: what `/_isthmus/calls` shows."""

    def totals(self) -> dict[str, int]:
        """Returns the counts since the start."""
        with self._lock:
            return dict(self._counts)


class Services:
    """All that the servers answer from, over one data directory.

    Args:
        config: What the server is started with.
    """

    def __init__(self, config: ServerConfig) -> None:
        self.calls, self.signer = TotalCalls(), TokenSigner(config.data_dir)
        self.pusher = Pusher(self.signer, self.calls)
        self.state = PubSub(config.data_dir, self.pusher.watch)
        self._keys = Keys(config.data_dir / "kms.sqlite")
        self._policies = Policies(config.data_dir / "iam.sqlite", self._require)
        self.state.on_gone = self._policies.forget
        self._pubsub = PubSubService(self.state, self.calls)
        self._kms = KeyManagement(self._keys).methods()
        self._storage = StorageApi(config.data_dir, self.calls, self._keys.usable)

    def _require(self, resource: str) -> None:
        if "/locations/" in resource:
            self._keys.require(resource)
        else:
            self.state.require(resource)

    def handlers(self) -> Handlers:
        """The gRPC handlers."""
        own = service(KMS, self._kms, self.calls, "kms")
        policies = service("google.iam.v1.IAMPolicy", self._policies.methods(), self.calls, "iam")
        return Handlers({**self._pubsub.handlers(), **own, **policies})

    def routes(self) -> list[BaseRoute]:
        """The HTTP routes, those of Cloud Run aside."""
        tables = {
            "pubsub": (rest.PUBSUB, self._pubsub.methods()),
            "kms": (rest.KMS, self._kms),
            "iam": (rest.IAM, self._policies.methods()),
        }
        own = [
            Route(CERTS_PATH, self._certificates),
            Route("/_isthmus/calls", self._counts),
            Route("/_isthmus/queues", self._queues),
        ]
        return [*own, *rest.routes(tables, self.calls), *self._storage.routes()]

    async def _certificates(self, _: Request) -> JSONResponse:
        return JSONResponse(self.signer.certificates(), headers={"cache-control": "public, max-age=3600"})

    async def _counts(self, _: Request) -> JSONResponse:
        return JSONResponse(self.calls.totals())

    async def _queues(self, _: Request) -> JSONResponse:
        """What Cloud Monitoring would know of each subscription: how much waits, and since when the oldest does."""
        return JSONResponse(
            {
                queue.name.rpartition("/")[2]: {"messages": len(queue), "oldest_ms": queue.oldest_ns() // 1_000_000}
                for queue in self.state.queues.values()
            }
        )

    def close(self) -> None:
        """Writes what waits and closes the files."""
        for one in (self.state, self._policies, self._keys, self._storage):
            one.close()


async def serve(config: ServerConfig) -> None:
    """Serves until SIGTERM or SIGINT; prints one JSON line once it is ready.

    Raises:
        ConfigurationError: when a port is taken or the data directory can't be used.
    """
    with claim(config.data_dir), contextlib.closing(_listen(config.http_port)) as sock:
        _make(config.log_dir)
        told = _told()
        services = _open(config)
        server = grpc.aio.server(options=_GRPC_OPTIONS)
        server.add_generic_rpc_handlers((services.handlers(),))
        grpc_port, http_port = _bind(server, config.grpc_port), sock.getsockname()[1]
        environment = _for_services(config, http_port, grpc_port)
        run = CloudRun(config.data_dir, config.log_dir, config.project, config.run_command, environment)
        await server.start()
        http = _http(Starlette(routes=[*run.routes(), *services.routes()]))
        serving = asyncio.create_task(http.serve(sockets=[sock]))
        upkeep = asyncio.create_task(keep_up(services.state))
        await run.start()
        await services.pusher.start(services.state)
        ready = {"ready": True, "http_port": http_port, "grpc_port": grpc_port, "project": config.project}
        print(json.dumps(ready), flush=True)
        await told.wait()
        await services.pusher.stop()
        await run.stop()
        http.should_exit = True
        await server.stop(grace=0.5)
        await serving
        upkeep.cancel()
        services.close()


def _open(config: ServerConfig) -> Services:
    try:
        return Services(config)
    except (sqlite3.Error, OSError, ValueError) as error:
        where, fix = str(config.data_dir), "Name another directory with --data-dir, or remove what is damaged."
        raise ConfigurationError(f"what is kept can't be opened: {error}", where=where, fix=fix) from None


def _for_services(config: ServerConfig, http_port: int, grpc_port: int) -> dict[str, str]:
    return {
        "PUBSUB_EMULATOR_HOST": config.services_pubsub or f"{HOST}:{grpc_port}",
        "STORAGE_EMULATOR_HOST": config.services_storage or f"http://{HOST}:{http_port}",
        "ISTHMUS_OIDC_CERTS_URL": f"http://{HOST}:{http_port}{CERTS_PATH}",
        "ISTHMUS_LOCAL": "1",
    }


def _make(directory: Path) -> None:
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ConfigurationError(
            f"the directory can't be made: {error.strerror}", where=str(directory), fix="Name another one."
        ) from None


def _listen(port: int) -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    try:
        sock.bind((HOST, port))
        # At once: until it listens, another server could bind the same port as well.
        sock.listen(2048)
    except OSError as error:
        sock.close()
        raise ConfigurationError(
            f"the port {port} can't be used: {error.strerror}", fix="Name another with --http-port, or 0."
        ) from None
    return sock


def _bind(server: grpc.aio.Server, port: int) -> int:
    # Tried first, since gRPC itself would say in words of its own that it is taken.
    tried = bind_exactly(port)
    if tried is not None:
        tried.close()
        with contextlib.suppress(RuntimeError):
            return int(server.add_insecure_port(f"{HOST}:{port}"))
    raise ConfigurationError(f"the port {port} can't be used: it is taken", fix="Name another with --grpc-port, or 0.")


def _http(app: Starlette) -> uvicorn.Server:
    config = uvicorn.Config(app, access_log=False, log_level="warning", lifespan="off", timeout_keep_alive=60)
    config.timeout_graceful_shutdown = 2
    server = uvicorn.Server(config)
    # uvicorn would end on the signals that end the whole server here.
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign,assignment]
    return server


def _told() -> asyncio.Event:
    """An event that SIGTERM or SIGINT sets."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    return told


def main(config: ServerConfig) -> int:
    """Runs the server; returns the exit code."""
    try:
        asyncio.run(serve(config))
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
