"""SQLite behind an event loop: many writers, one thread, one commit for all that wait.

A write is answered after its commit. The journal is a write-ahead log with synchronous=NORMAL: what was committed
survives the end of the process however it comes; only a power cut can take the last moments.
"""

from __future__ import annotations

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

Statement = tuple[str, Sequence[Any]]
_MAX_GROUP = 2000


class Database:
    """One SQLite file written by one thread.

    Args:
        path: The file; made with its schema when it isn't there.
        schema: `CREATE TABLE IF NOT EXISTS …` statements.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self._connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(schema)
        self._queue: queue.SimpleQueue[tuple[list[Statement], asyncio.Future[None] | None] | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name="isthmus-sqlite", daemon=True)
        self._thread.start()

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Reads rows; for the start, before anything is written."""
        return self._connection.execute(sql, values).fetchall()

    def later(self, statements: Iterable[Statement]) -> None:
        """Writes some time soon, in order with everything else; for what may be lost."""
        self._queue.put((list(statements), None))

    async def commit(self, statements: Iterable[Statement]) -> None:
        """Writes, and returns once it is committed.

        Raises:
            sqlite3.Error: when it could not be written, for example because the disk is full.
        """
        self._loop = asyncio.get_running_loop()
        done: asyncio.Future[None] = self._loop.create_future()
        self._queue.put((list(statements), done))
        await done

    def close(self) -> None:
        """Writes what waits and closes the file."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while True:
            group = self._take()
            work = [item for item in group if item is not None]
            error = self._write([statement for statements, _ in work for statement in statements])
            waiting = [done for _, done in work if done is not None]
            if waiting and self._loop is not None:
                self._loop.call_soon_threadsafe(_settle, waiting, error)
            if len(work) < len(group):
                return

    def _take(self) -> list[tuple[list[Statement], asyncio.Future[None] | None] | None]:
        group = [self._queue.get()]
        while group[-1] is not None and len(group) < _MAX_GROUP:
            try:
                group.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return group

    def _write(self, statements: list[Statement]) -> Exception | None:
        if not statements:
            return None
        try:
            self._connection.execute("BEGIN")
            for sql, values in statements:
                self._connection.execute(sql, values)
            self._connection.execute("COMMIT")
        except sqlite3.Error as error:
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
            return error
        return None


def _settle(waiting: list[asyncio.Future[None]], error: Exception | None) -> None:
    for done in waiting:
        if done.done():
            continue
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
