"""HTTP POST on kept connections: no more than push needs, so that a push costs little."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import deque
from collections.abc import Mapping
from urllib.parse import urlsplit

Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]
Place = tuple[str, int, bool]
_MAX_IDLE = 32
_MAX_HEAD_LINES = 200


class PostError(Exception):
    """No whole answer came."""


class Poster:
    """Posts to any endpoint; connections are kept and used again."""

    def __init__(self) -> None:
        self._idle: dict[Place, deque[Connection]] = {}

    async def post(self, url: str, headers: Mapping[str, str], body: bytes, seconds: float) -> int:
        """Posts a body and returns the status.

        Raises:
            PostError: when no answer came in time, or none that is HTTP.
        """
        try:
            async with asyncio.timeout(seconds):
                return await self._post(url, headers, body)
        except (OSError, ValueError, EOFError, asyncio.LimitOverrunError) as error:
            raise PostError(f"{type(error).__name__}: {error}") from error

    async def _post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        place, target, host = _split(url)
        head = [f"POST {target} HTTP/1.1", f"host: {host}", f"content-length: {len(body)}", "accept: */*"]
        head += [f"{name}: {_line(value)}" for name, value in headers.items()]
        request = ("\r\n".join(head) + "\r\n\r\n").encode()
        if (kept := self._kept(place)) is not None:
            # The other side may have closed it just now: then nothing was read, and a new one gets the request.
            with contextlib.suppress(ConnectionError, EOFError):
                return await self._exchange(place, kept, request, body)
        return await self._exchange(place, await _connect(place), request, body)

    async def _exchange(self, place: Place, connection: Connection, request: bytes, body: bytes) -> int:
        reader, writer = connection
        reusable = False
        try:
            writer.write(request)
            writer.write(body)
            await writer.drain()
            status, reusable = await _answer(reader)
        finally:
            if reusable:
                self._keep(place, connection)
            else:
                writer.close()
        return status

    def close(self) -> None:
        """Closes the connections that wait."""
        for connections in self._idle.values():
            for _, writer in connections:
                writer.close()
        self._idle.clear()

    def _kept(self, place: Place) -> Connection | None:
        connections = self._idle.get(place)
        while connections:
            reader, writer = connections.pop()
            if not reader.at_eof() and not writer.is_closing():
                return reader, writer
            writer.close()
        return None

    def _keep(self, place: Place, connection: Connection) -> None:
        connections = self._idle.setdefault(place, deque())
        if len(connections) >= _MAX_IDLE:
            connections.popleft()[1].close()
        connections.append(connection)


def _split(url: str) -> tuple[Place, str, str]:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{url!r} is not an endpoint")
    target = parts.path.replace(" ", "%20") or "/"
    if parts.query:
        target += "?" + parts.query
    host = parts.netloc.rpartition("@")[2]
    return (parts.hostname, parts.port or (443 if secure else 80), secure), target, host


def _line(value: str) -> str:
    if "\r" in value or "\n" in value:
        raise ValueError("a header's value has a line break")
    return value


async def _connect(place: Place) -> Connection:
    host, port, secure = place
    return await asyncio.open_connection(host, port, ssl=ssl.create_default_context() if secure else None)


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """Reads an answer; returns its status and whether the connection can be used again."""
    line = await reader.readline()
    if not line:
        raise EOFError("the connection was closed without an answer")
    version, status = line.split(b" ", 2)[:2]
    if not version.startswith(b"HTTP/1."):
        raise ValueError(f"{line[:40]!r} is not an HTTP answer")
    headers = await _headers(reader)
    code = int(status)
    if 100 <= code < 200 and code != 102:
        return await _answer(reader)
    length = b"0" if code in (102, 204, 304) else headers.get(b"content-length", b"")
    if not length.isdigit():
        return code, False
    await reader.readexactly(int(length))
    return code, version == b"HTTP/1.1" and headers.get(b"connection", b"").lower() != b"close" and code != 102


async def _headers(reader: asyncio.StreamReader) -> dict[bytes, bytes]:
    headers: dict[bytes, bytes] = {}
    for _ in range(_MAX_HEAD_LINES):
        line = await reader.readline()
        if not line.rstrip(b"\r\n"):
            return headers
        name, _, value = line.partition(b":")
        headers[name.strip().lower()] = value.strip()
    raise ValueError("the answer has too many headers")
