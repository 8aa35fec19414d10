"""Listens for DNS questions on loopback, over UDP and TCP (RFC 7766)."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import Any, cast

from isthmus.local.ports import HOST

IDLE_SECONDS = 10.0
"""How long a TCP connection may say nothing."""
CONNECTIONS_MAX = 100

Handle = Callable[[bytes, bool], bytes | None]
"""Answers a message that came over UDP (True) or TCP; None sends nothing."""


class _Datagrams(asyncio.DatagramProtocol):
    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, addr: tuple[str | Any, int]) -> None:
        reply = self._handle(data, True)
        if reply is not None and self._transport is not None:
            self._transport.sendto(reply, addr)


@contextlib.asynccontextmanager
async def listening(port: int, handle: Handle) -> AsyncIterator[None]:
    """Answers on a port while the block runs.

    Raises:
        OSError: Someone else has the port.
    """
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: _Datagrams(handle), local_addr=(HOST, port))
    streams = _Streams(handle)
    try:
        server = await asyncio.start_server(streams.serve, HOST, port)
    except OSError:
        transport.close()
        raise
    try:
        yield
    finally:
        transport.close()
        server.close()
        await streams.close()
        await server.wait_closed()


class _Streams:
    def __init__(self, handle: Handle) -> None:
        self._handle = handle
        self._open: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None or len(self._open) >= CONNECTIONS_MAX:
            writer.close()
            return
        self._open.add(task)
        try:
            # A client that goes, or says nothing, ends its own connection and nothing else.
            with contextlib.suppress(ConnectionError, TimeoutError, asyncio.IncompleteReadError):
                while await self._one(reader, writer):
                    pass
        finally:
            self._open.discard(task)
            writer.close()

    async def close(self) -> None:
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answers one message; False ends the connection."""
        length = int.from_bytes(await asyncio.wait_for(reader.readexactly(2), IDLE_SECONDS), "big")
        message = await asyncio.wait_for(reader.readexactly(length), IDLE_SECONDS)
        reply = self._handle(message, False)
        if reply is None:
            return False
        writer.write(len(reply).to_bytes(2, "big") + reply)
        await writer.drain()
        return True
