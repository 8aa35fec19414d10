"""One process, one event loop: gRPC for Pub/Sub and KMS, HTTP for Cloud Storage, Cloud Run and the certificates."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import grpc
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from isthmus.adapters.calls import Calls
from isthmus.core.errors import ConfigurationError
from isthmus.local.google import iam
from isthmus.local.google.kms import service as kms
from isthmus.local.google.oidc import CERTS_PATH, TokenSigner
from isthmus.local.google.pubsub.push import Pusher
from isthmus.local.google.pubsub.service import PubSubService
from isthmus.local.google.pubsub.store import PubSub
from isthmus.local.google.run import CloudRun
from isthmus.local.google.storage.routes import routes as storage_routes

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
    """What a server is started with; a port 0 is chosen freely."""

    data_dir: Path
    log_dir: Path
    project: str
    http_port: int = 0
    grpc_port: int = 0


class TotalCalls(Calls):
    """Counts for good: what `/_isthmus/calls` shows."""

    def totals(self) -> dict[str, int]:
        """Returns the counts since the start."""
        with self._lock:
            return dict(self._counts)


async def serve(config: ServerConfig) -> None:
    """Serves until SIGTERM or SIGINT; prints one JSON line once it is ready.

    Raises:
        ConfigurationError: when a port is taken or the data directory can't be written.
    """
    _prepare(config)
    sock = _listen(config.http_port)
    http_port = sock.getsockname()[1]
    calls, signer = TotalCalls(), TokenSigner(config.data_dir)
    pusher = Pusher(signer, calls)
    state = PubSub(config.data_dir, pusher.watch)
    server = grpc.aio.server(options=_GRPC_OPTIONS)
    PubSubService(state, calls).add_to(server)
    kms.add_to(server, config.data_dir, config.project, calls)
    iam.add_to(server, config.data_dir, calls)
    grpc_port = _bind(server, config.grpc_port)
    await server.start()
    run = CloudRun(config.data_dir, config.log_dir, config.project, environment=_for_services(http_port, grpc_port))
    http = _http(_app(config, calls, signer, run), sock)
    serving = asyncio.create_task(http.serve(sockets=[sock]))
    await run.start()
    await pusher.start(state)
    print(json.dumps({"ready": True, "http_port": http_port, "grpc_port": grpc_port}), flush=True)
    await _until_told()
    await pusher.stop()
    await run.stop()
    http.should_exit = True
    await server.stop(grace=0.5)
    await serving
    state.close()


def _for_services(http_port: int, grpc_port: int) -> dict[str, str]:
    return {
        "PUBSUB_EMULATOR_HOST": f"{HOST}:{grpc_port}",
        "STORAGE_EMULATOR_HOST": f"http://{HOST}:{http_port}",
        "ISTHMUS_OIDC_CERTS_URL": f"http://{HOST}:{http_port}{CERTS_PATH}",
        "ISTHMUS_LOCAL": "1",
    }


def _prepare(config: ServerConfig) -> None:
    for directory in (config.data_dir, config.log_dir):
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
    except OSError as error:
        raise ConfigurationError(
            f"the port {port} can't be used: {error.strerror}", fix="Name another with --http-port, or 0."
        ) from None
    return sock


def _bind(server: grpc.aio.Server, port: int) -> int:
    try:
        return int(server.add_insecure_port(f"{HOST}:{port}"))
    except RuntimeError:
        raise ConfigurationError(
            f"the port {port} can't be used: it is taken", fix="Name another with --grpc-port, or 0."
        ) from None


def _app(config: ServerConfig, calls: TotalCalls, signer: TokenSigner, run: CloudRun) -> Starlette:
    async def certificates(_: Request) -> JSONResponse:
        return JSONResponse(signer.certificates(), headers={"cache-control": "public, max-age=3600"})

    async def counts(_: Request) -> JSONResponse:
        return JSONResponse(calls.totals())

    own = [Route(CERTS_PATH, certificates), Route("/_isthmus/calls", counts)]
    return Starlette(routes=[*own, *run.routes(), *storage_routes(config.data_dir, config.project, calls)])


def _http(app: Starlette, sock: socket.socket) -> uvicorn.Server:
    config = uvicorn.Config(app, access_log=False, log_level="warning", lifespan="off", timeout_keep_alive=60)
    server = uvicorn.Server(config)
    server.install_signal_handlers = lambda: None  # type: ignore[method-assign,attr-defined]
    server.capture_signals = _no_signals  # type: ignore[method-assign]
    return server


def _no_signals() -> object:
    """uvicorn would end on the signals that end the whole server here."""
    import contextlib

    return contextlib.nullcontext()


async def _until_told() -> None:
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, told.set)
    await told.wait()


def main(config: ServerConfig) -> int:
    """Runs the server; returns the exit code."""
    try:
        asyncio.run(serve(config))
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
