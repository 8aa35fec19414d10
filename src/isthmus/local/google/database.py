"""SQLite behind an event loop: many writers, one thread, one commit for all that wait.

A write is answered after its commit. The journal is a write-ahead log with synchronous=FULL: a commit is on the disk
before it is acknowledged, and the writers that wait meanwhile share the next one.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Statement = tuple[str, Sequence[Any]]
_MAX_GROUP = 2000
_CHECKPOINT_PAGES = 4000
_log = logging.getLogger("isthmus.local.google")


def connect(path: Path) -> sqlite3.Connection:
    """Opens a file as all of the local Google Cloud does: durable at every commit, no transaction unless begun."""
    connection = sqlite3.connect(path, check_same_thread=False, isolation_level=None, timeout=30)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute(f"PRAGMA wal_autocheckpoint={_CHECKPOINT_PAGES}")
    return connection


@dataclass(slots=True)
class _Work:
    """What one caller asks for: it is done whole or not at all, whatever becomes of the others in its group."""

    run: Callable[[sqlite3.Connection], Any]
    done: asyncio.Future[Any] | None
    result: Any = None
    error: Exception | None = None


class Database:
    """One SQLite file written by one thread.

    Args:
        path: The file; made with its schema when it isn't there.
        schema: `CREATE TABLE IF NOT EXISTS …` statements.
    """

    def __init__(self, path: Path, schema: str) -> None:
        self._connection = connect(path)
        self._connection.executescript(schema)
        self._queue: queue.SimpleQueue[_Work | None] = queue.SimpleQueue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread = threading.Thread(target=self._run, name=f"isthmus-{path.stem}", daemon=True)
        self._thread.start()

    def read(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Reads rows; for the start, before anything is written."""
        return self._connection.execute(sql, values).fetchall()

    def later(self, statements: Iterable[Statement]) -> None:
        """Writes some time soon, in order with everything else; for what may be lost."""
        self._queue.put(_Work(_executing(list(statements)), None))

    async def commit(self, statements: Iterable[Statement]) -> None:
        """Writes, and returns once it is committed.

        Raises:
            sqlite3.Error: when it could not be written, for example because the disk is full.
        """
        await self.run(_executing(list(statements)))

    async def ask(self, sql: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """Reads rows, in order with the writes."""
        rows: list[tuple[Any, ...]] = await self.run(lambda connection: connection.execute(sql, values).fetchall())
        return rows

    async def run(self, function: Callable[[sqlite3.Connection], Any]) -> Any:
        """Calls a function in a transaction of the writing thread; its result comes once that is committed.

        Raises:
            Exception: what the function raised; then nothing of it is kept.
        """
        self._loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = self._loop.create_future()
        self._queue.put(_Work(function, done))
        return await done

    def close(self) -> None:
        """Writes what waits and closes the file."""
        self._queue.put(None)
        self._thread.join()
        self._connection.close()

    def _run(self) -> None:
        while True:
            group = self._take()
            work = [item for item in group if item is not None]
            if work:
                self._write(work)
                self._answer(work)
            if len(work) < len(group):
                return

    def _take(self) -> list[_Work | None]:
        group = [self._queue.get()]
        while group[-1] is not None and len(group) < _MAX_GROUP:
            try:
                group.append(self._queue.get_nowait())
            except queue.Empty:
                break
        return group

    def _write(self, group: list[_Work]) -> None:
        connection = self._connection
        try:
            connection.execute("BEGIN")
            for work in group:
                _attempt(connection, work)
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            for work in group:
                work.error = work.error or error

    def _answer(self, group: list[_Work]) -> None:
        for work in group:
            if work.error is not None and work.done is None:
                _log.warning("a write was lost: %s", work.error)
        waiting = [work for work in group if work.done is not None]
        if waiting and self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(_settle, waiting)


def _executing(statements: list[Statement]) -> Callable[[sqlite3.Connection], None]:
    def execute(connection: sqlite3.Connection) -> None:
        for sql, values in statements:
            connection.execute(sql, values)

    return execute


def _attempt(connection: sqlite3.Connection, work: _Work) -> None:
    """Does one piece of work, and takes back what it wrote when it fails."""
    connection.execute("SAVEPOINT work")
    try:
        work.result = work.run(connection)
    except Exception as error:
        work.error = error
        if not connection.in_transaction:
            # A full disk ends the whole transaction: nobody's work of this group is kept.
            raise sqlite3.OperationalError(str(error)) from error
        connection.execute("ROLLBACK TO work")
    connection.execute("RELEASE work")


def _settle(waiting: list[_Work]) -> None:
    for work in waiting:
        if work.done is None or work.done.done():
            continue
        if work.error is None:
            work.done.set_result(work.result)
        else:
            work.done.set_exception(work.error)
