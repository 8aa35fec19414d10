"""The proxy process: all links in one event loop, and a control endpoint that breaks and heals them.

The control endpoint speaks one JSON object a line over loopback TCP; each carries the token that only the owner of the
run directory can read.
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import json
import os
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from isthmus.core.errors import IsthmusError
from isthmus.local.ports import HOST, bind_loopback
from isthmus.local.proxy.faults import Fault
from isthmus.local.proxy.link import Link

CONFIG_VARIABLE = "ISTHMUS_PROXY_CONFIG"
LINE_BYTES_MAX = 1024 * 1024


@dataclass(frozen=True)
class ProxyConfig:
    """What the proxy process is started with (JSON in the environment variable ISTHMUS_PROXY_CONFIG,
    which only its own user can read: it holds the token).

    Attributes:
        token: Secret that every control request must carry.
        control_port: Port of the control endpoint; 0 = any free one.
        links: For each link its listening port (0 = any free one) and its target "host:port", or None.
        seed: Seed of the random resets, so that a fault schedule can be repeated.
    """

    token: str
    control_port: int = 0
    links: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    seed: int | None = None


class ProxyServer:
    """All links of a run and their control endpoint."""

    def __init__(self, config: ProxyConfig) -> None:
        dice = random.Random(config.seed)  # noqa: S311 - faults are to be repeatable
        self._token = config.token
        self._control_port = config.control_port
        self._control: asyncio.Server | None = None
        self.links = {name: Link(name, port, address(target), dice) for name, (port, target) in config.links.items()}
        self._operations: dict[str, Callable[[dict[str, Any]], Awaitable[Any]]] = {
            "set": self._set,
            "clear": self._clear,
            "target": self._target,
            "list": self._list,
        }

    async def start(self) -> dict[str, int]:
        """Starts everything; returns the port of each link and of `proxy.control`."""
        for link in self.links.values():
            await link.start()
        sock = bind_loopback(self._control_port)
        self._control = await asyncio.start_server(self._serve, sock=sock, limit=LINE_BYTES_MAX)
        return {name: link.port for name, link in self.links.items()} | {"proxy.control": sock.getsockname()[1]}

    async def close(self) -> None:
        """Closes every link and the control endpoint."""
        if self._control:
            self._control.close()
        for link in self.links.values():
            await link.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError, ValueError):
            while line := await reader.readline():
                writer.write(json.dumps(await self._answer(line)).encode() + b"\n")
                await writer.drain()
        writer.close()

    async def _answer(self, line: bytes) -> dict[str, Any]:
        request = json.loads(line)
        if not hmac.compare_digest(str(request.get("token", "")), self._token):
            return {"ok": False, "error": "wrong token"}
        try:
            return {"ok": True, "result": await self._operations[request["op"]](request)}
        except KeyError as error:
            return {"ok": False, "error": f"no such link or operation: {error}"}
        except (IsthmusError, OSError) as error:
            return {"ok": False, "error": str(error)}

    async def _set(self, request: dict[str, Any]) -> None:
        faults = [Fault.from_json(fields) for fields in request["faults"]]
        for name in request["links"]:
            await self.links[name].set_faults(request["label"], faults)

    async def _clear(self, request: dict[str, Any]) -> None:
        label = request.get("label")
        for link in self.links.values():
            for found in [label] if label else list(link.faults):
                if found in link.faults:
                    await link.set_faults(found, [])

    async def _target(self, request: dict[str, Any]) -> None:
        self.links[request["link"]].target = address(request["target"])

    async def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        return {name: link.describe() for name, link in self.links.items()}


def address(target: str | None) -> tuple[str, int] | None:
    """Splits "host:port"."""
    if not target:
        return None
    host, _, port = target.rpartition(":")
    return host or HOST, int(port)


async def serve(config: ProxyConfig) -> None:
    """Runs the proxies until SIGTERM or SIGINT; prints one JSON line with the ports when they are ready."""
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    server = ProxyServer(config)
    ports = await server.start()
    print(json.dumps({"ready": True, "ports": ports}), flush=True)
    await stop.wait()
    await server.close()


def main() -> None:
    """Reads the configuration from the environment and serves."""
    fields = json.loads(os.environ[CONFIG_VARIABLE])
    fields["links"] = {name: tuple(link) for name, link in fields["links"].items()}
    asyncio.run(serve(ProxyConfig(**fields)))
