"""One process, one event loop: gRPC for Pub/Sub and KMS; HTTP for Cloud Storage, Cloud Run and the REST forms."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import socket
import sqlite3
import sys
from pathlib import Path

import grpc
import uvicorn
from starlette.applications import Starlette

from isthmus.core.errors import ConfigurationError
from isthmus.local.google.bodies import Bounded
from isthmus.local.google.claim import claim
from isthmus.local.google.config import ServerConfig
from isthmus.local.google.oidc import CERTS_PATH
from isthmus.local.google.protocol import HttpProtocol
from isthmus.local.google.pubsub.upkeep import keep_up
from isthmus.local.google.run import CloudRun
from isthmus.local.google.services import Services
from isthmus.local.ports import bind_exactly

HOST = "127.0.0.1"
_HAND_OVER_SECONDS = 0.0005
_MAX_MESSAGE_BYTES = 20 * 1024 * 1024
_GRPC_OPTIONS = (
    ("grpc.max_receive_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.max_send_message_length", _MAX_MESSAGE_BYTES),
    ("grpc.so_reuseport", 0),
    # The clients' keep-alive pings are closer together than gRPC's server likes by default.
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
)


async def serve(config: ServerConfig) -> None:
    """Serves until SIGTERM or SIGINT; prints one JSON line once it is ready.

    Raises:
        ConfigurationError: when a port is taken or the data directory can't be used.
    """
    config.check()
    with claim(config.data_dir), contextlib.closing(_listen(config.http_port)) as sock:
        _make(config.log_dir)
        told = _told()
        services = _open(config)
        server = grpc.aio.server(options=_GRPC_OPTIONS)
        server.add_generic_rpc_handlers((services.handlers(),))
        grpc_port, http_port = _bind(server, config.grpc_port), sock.getsockname()[1]
        environment = _for_services(config, http_port, grpc_port)
        run = CloudRun(
            config.data_dir, config.log_dir, config.project, config.run_command, environment, services.projects
        )
        await server.start()
        http = _http(Bounded(Starlette(routes=services.routes(run.routes()))))
        serving = asyncio.create_task(http.serve(sockets=[sock]))
        upkeep = [asyncio.create_task(keep_up(services.state, services.rotate_keys)), *services.storage.start()]
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
        for task in upkeep:
            task.cancel()
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


def _http(app: Bounded) -> uvicorn.Server:
    config = uvicorn.Config(
        app, access_log=False, log_level="warning", lifespan="off", timeout_keep_alive=60, http=HttpProtocol
    )
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
    # The loop and the thread that writes hand over in every call; by default Python lets one wait 5 ms for the other.
    sys.setswitchinterval(_HAND_OVER_SECONDS)
    try:
        asyncio.run(serve(config))
    except ConfigurationError as error:
        print(error, file=sys.stderr)
        return 1
    return 0
