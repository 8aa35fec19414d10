"""The startup probe of a service: an HTTP GET or a TCP connection, as its template says."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Probe:
    """What a service must answer before it counts as started.

    Attributes:
        path: Path of the GET that must give a status of 200 to 399; None asks only for a TCP connection.
        headers: Headers of that GET.
        timeout_seconds: How long one try may take.
    """

    path: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    timeout_seconds: float = 1.0

    @staticmethod
    def of(container: dict[str, Any]) -> Probe:
        """The startup probe of a container of a template."""
        probe = container.get("startupProbe") or {}
        get = probe.get("httpGet")
        if get is None:
            return Probe()
        headers = tuple((item["name"], item.get("value", "")) for item in get.get("httpHeaders", ()))
        return Probe(get.get("path") or "/", headers, float(probe.get("timeoutSeconds") or 1))

    async def answers(self, port: int) -> bool:
        """Whether the service answers on the port now."""
        try:
            return await asyncio.wait_for(self._try(port), self.timeout_seconds)
        except (TimeoutError, OSError, ValueError):
            return False

    async def _try(self, port: int) -> bool:
        reader, writer = await asyncio.open_connection(HOST, port)
        try:
            return self.path is None or await self._get(reader, writer)
        finally:
            writer.close()

    async def _get(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        headers = (("Host", HOST), ("User-Agent", "GoogleHC/1.0"), ("Connection", "close"), *self.headers)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        writer.write(f"GET {self.path} HTTP/1.1\r\n{head}\r\n".encode("latin-1"))
        parts = (await reader.readline()).split()
        return len(parts) > 1 and 200 <= int(parts[1]) < 400
