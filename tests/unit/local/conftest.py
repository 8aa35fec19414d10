"""Real sockets and processes for the tests of the laptop runtime."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import socketserver
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from isthmus.local import process
from isthmus.local.proxy.client import ProxyClient
from isthmus.local.proxy.server import ProxyConfig, ProxyServer
from isthmus.local.rundir import RunDirectory

TOKEN = "token of the test"
LINK = "test.front"


class Echo(socketserver.ThreadingTCPServer):
    """Sends back what it gets, until the other side ends."""

    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 512

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            with contextlib.suppress(OSError):
                while data := self.request.recv(65536):
                    self.request.sendall(data)

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), self.Handler)


@dataclass(frozen=True)
class Proxied:
    """An echo server behind a link, and the control of the link's proxy."""

    port: int
    control: ProxyClient
    control_port: int
    echo: Echo

    def connect(self, timeout_seconds: float = 5.0) -> socket.socket:
        """Opens a connection through the link."""
        return socket.create_connection(("127.0.0.1", self.port), timeout_seconds)


@pytest.fixture(scope="module")
def echo() -> Iterator[Echo]:
    """An echo server."""
    with Echo() as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def proxied(echo: Echo) -> Iterator[Proxied]:
    """A proxy with one link in front of the echo server, in its own event loop."""
    config = ProxyConfig(TOKEN, 0, {LINK: (0, f"127.0.0.1:{echo.server_address[1]}")}, seed=7)
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def build() -> tuple[ProxyServer, dict[str, int]]:
        server = ProxyServer(config)
        return server, await server.start()

    server, ports = asyncio.run_coroutine_threadsafe(build(), loop).result(5)
    yield Proxied(ports[LINK], ProxyClient(ports["proxy.control"], TOKEN), ports["proxy.control"], echo)
    asyncio.run_coroutine_threadsafe(server.close(), loop).result(5)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(5)
    loop.close()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[RunDirectory]:
    """An empty run directory; whatever a test started in it is ended."""
    found = RunDirectory(tmp_path / "run")
    found.create()
    yield found
    process.kill_leftovers(found.root)
