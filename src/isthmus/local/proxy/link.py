"""A link: a loopback listener that forwards to a target through two pumps, and can be broken while in use."""

from __future__ import annotations

import asyncio
import contextlib
import random
import socket
import struct
from dataclasses import asdict, dataclass
from typing import Any

from isthmus.core.errors import Unavailable
from isthmus.local.ports import bind_exactly, bind_loopback
from isthmus.local.proxy.faults import Fault, refuses, shape
from isthmus.local.proxy.pump import Pump

BACKLOG = 1024
WRITE_BUFFER_BYTES = 256 * 1024
CONNECT_SECONDS_MAX = 10.0
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass
class Counters:
    """What passed through a link since it was started."""

    connections: int = 0
    open: int = 0
    failed: int = 0
    cut: int = 0
    bytes_up: int = 0
    bytes_down: int = 0


class Link:
    """One proxied endpoint.

    Args:
        name: Its name, for example `aws.front`.
        port: The port to listen on; 0 or a port in use gives a free one (see `port` after `start`).
        target: Where it forwards to, or None while that isn't known (connections are then reset).
    """

    def __init__(self, name: str, port: int, target: tuple[str, int] | None, dice: random.Random) -> None:
        self.name = name
        self.port = port
        self.target = target
        self.counters = Counters()
        self.faults: dict[str, list[Fault]] = {}
        self.dice = dice
        self.connections: set[Connection] = set()
        self._socket: socket.socket | None = None
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Starts to listen on the port that was asked for, or on a free one."""
        self._socket = bind_loopback(self.port)
        self.port = self._socket.getsockname()[1]
        await self._listen()

    async def set_faults(self, label: str, faults: list[Fault]) -> None:
        """Replaces the faults that were set under a label; an empty list heals them. Open connections feel it too."""
        self.faults[label] = list(faults)
        if not faults:
            del self.faults[label]
        if refuses(self._all()):
            await self._refuse()
        else:
            await self._listen()
        for connection in list(self.connections):
            connection.reshape(self._all())

    def describe(self) -> dict[str, Any]:
        """Target, faults by label and counters, as JSON values."""
        target = f"{self.target[0]}:{self.target[1]}" if self.target else None
        faults = {label: [fault.to_json() for fault in found] for label, found in self.faults.items()}
        return {"port": self.port, "target": target, "faults": faults, **asdict(self.counters)}

    async def close(self) -> None:
        """Stops listening and resets every connection."""
        await self._refuse()
        if self._socket:
            self._socket.close()

    def _all(self) -> list[Fault]:
        return [fault for faults in self.faults.values() for fault in faults]

    async def _listen(self) -> None:
        if self._server is None and self._socket is not None:
            # asyncio closes the socket that it is given: it gets a copy, and the port stays ours.
            loop = asyncio.get_running_loop()
            self._server = await loop.create_server(self._accepted, sock=self._socket.dup(), backlog=BACKLOG)

    async def _refuse(self) -> None:
        """Closes the listener but keeps the port bound, so that a connect is refused and nobody else takes it."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in list(self.connections):
            connection.reset()
        if self._socket is not None:
            self._socket.close()
            self._socket = _held(self.port)

    def _accepted(self) -> asyncio.BaseProtocol:
        return Connection(self, self._all()).client


class Connection:
    """A client's connection and the one to the target, joined by a pump in each direction."""

    def __init__(self, link: Link, faults: list[Fault]) -> None:
        self._link = link
        self.up = Pump(self._cut, self._ended, self._count_up, link.dice)
        self.down = Pump(self._cut, self._ended, self._count_down, link.dice)
        self.client = _Side(self, self.up, self.down)
        self.server = _Side(self, self.down, self.up)
        self._closed = False
        self.reshape(faults)

    def reshape(self, faults: list[Fault]) -> None:
        """Applies the faults that hold from now on."""
        self.up.reshape(shape(faults, "up"))
        self.down.reshape(shape(faults, "down"))

    def opened(self) -> None:
        """The client is connected: goes on to connect to the target."""
        self._link.connections.add(self)
        self._link.counters.connections += 1
        self._link.counters.open += 1
        self._dialling = asyncio.create_task(self._dial())

    async def _dial(self) -> None:
        try:
            if self._link.target is None:
                raise ConnectionRefusedError(f"{self._link.name} has no target yet")
            loop = asyncio.get_running_loop()
            connecting = loop.create_connection(lambda: self.server, *self._link.target)
            await asyncio.wait_for(connecting, CONNECT_SECONDS_MAX)
        except (OSError, TimeoutError):
            self._link.counters.failed += 1
            self.reset()
            return
        if self._closed:
            self.server.reset()

    def _ended(self) -> None:
        """One direction has been passed on to its end: closes when both have."""
        if self.up.finished and self.down.finished:
            self._close()
            for side in (self.client, self.server):
                if side.transport:
                    side.transport.close()

    def reset(self) -> None:
        """Cuts both sides with a TCP reset."""
        self._close()
        self.client.reset()
        self.server.reset()

    def _close(self) -> None:
        if self._closed:
            return
        self._closed = True
        self.up.close()
        self.down.close()
        self._link.connections.discard(self)
        self._link.counters.open -= 1

    def _cut(self) -> None:
        self._link.counters.cut += 1
        self.reset()

    def _count_up(self, count: int) -> None:
        self._link.counters.bytes_up += count

    def _count_down(self, count: int) -> None:
        self._link.counters.bytes_down += count


class _Side(asyncio.Protocol):
    """One socket of a connection: feeds one pump, is fed by the other."""

    def __init__(self, connection: Connection, outgoing: Pump, incoming: Pump) -> None:
        self._connection = connection
        self._outgoing = outgoing
        self._incoming = incoming
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - what the event loop's TCP always gives
        self.transport = transport
        transport.set_write_buffer_limits(high=WRITE_BUFFER_BYTES)
        self._outgoing.read_from(transport)
        self._incoming.write_to(transport)
        if self is self._connection.client:
            self._connection.opened()

    def data_received(self, data: bytes) -> None:
        self._outgoing.feed(data)

    def eof_received(self) -> bool:
        if self is self._connection.client and self._outgoing.hangs:
            # It gave up waiting: what it sent is lost with it, as nobody is left to send lost packets again.
            self._connection.reset()
            return False
        self._outgoing.finish()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._connection.reset()

    def pause_writing(self) -> None:
        self._incoming.sink_is_full(True)

    def resume_writing(self) -> None:
        self._incoming.sink_is_full(False)

    def reset(self) -> None:
        if self.transport is None or self.transport.is_closing():
            return
        with contextlib.suppress(OSError):
            sock = self.transport.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self.transport.abort()


def _held(port: int) -> socket.socket:
    """The port again, bound but not listening: connecting to it is refused."""
    sock = bind_exactly(port)
    if sock is None:
        raise Unavailable(
            "another program took the port of a link while it was broken", where=f"port {port}", fix="run `isthmus up`"
        )
    return sock
