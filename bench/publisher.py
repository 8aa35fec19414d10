"""The publisher: raw lines through batching, gzip and HTTP to an ingest that says yes at once, in another process.

python bench/publisher.py [--check]
"""

from __future__ import annotations

import asyncio
import multiprocessing
import resource
import time
from itertools import islice
from multiprocessing.connection import Connection

import measure

from isthmus.publisher import Endpoint, Publisher, PublisherConfig
from isthmus.samples import flights

EVENTS = 50_000
PART = "publisher"
TARGET = 30_000.0


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Accepts 500 events of every request without looking at it."""
    body = b'{"accepted":500,"rejected_count":0,"rejected":[]}'
    reply = b"HTTP/1.1 202 Accepted\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n%b" % (
        len(body),
        body,
    )
    try:
        while True:
            head = await reader.readuntil(b"\r\n\r\n")
            length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
            await reader.readexactly(int(length.partition(b":")[2]))
            writer.write(reply)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def _serve(pipe: Connection) -> None:
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    pipe.send(server.sockets[0].getsockname()[1])
    async with server:
        await server.serve_forever()


def serve(pipe: Connection) -> None:
    """Runs the ingest that says yes, until it is ended."""
    asyncio.run(_serve(pipe))


def run() -> list[measure.Figure]:
    """Measures, and returns the figures."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
    process.start()
    try:
        url = f"http://127.0.0.1:{ours.recv()}"
        lines = list(islice(flights(), EVENTS))
        wall, cpu = min(_send(url, lines) for _ in range(3))
    finally:
        process.terminate()
        process.join()
    return [
        measure.Figure(PART, "raw lines, as the clock goes", EVENTS / wall, "events/s"),
        measure.Figure(PART, "raw lines, a second of one core", EVENTS / cpu, "events/s", TARGET),
    ]


def _send(url: str, lines: list[bytes]) -> tuple[float, float]:
    endpoints = (Endpoint("one", url), Endpoint("two", url))
    began, used = time.perf_counter(), _cpu_seconds()
    with Publisher(PublisherConfig(endpoints)) as publisher:
        publisher.send_many(lines)
        publisher.flush(60)
        assert publisher.stats().accepted == len(lines), publisher.stats()
    return time.perf_counter() - began, _cpu_seconds() - used


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    measure.main(__doc__, run)
