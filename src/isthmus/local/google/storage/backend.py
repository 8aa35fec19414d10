"""The files of Cloud Storage: one thread writes, whatever waits shares a commit; another one reads."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from isthmus.local.google.clock import Clock
from isthmus.local.google.database import Database, connect
from isthmus.local.google.storage.common import SCHEMA
from isthmus.local.google.storage.deletedbuckets import SCHEMA as DELETED_BUCKETS
from isthmus.local.google.storage.encryption import UseKey
from isthmus.local.google.storage.objects import Objects
from isthmus.local.google.storage.uploads import Uploads

Result = TypeVar("Result")


class Files:
    """What a piece of work sees of the state.

    Attributes:
        db: The connection.
        objects: Objects, and the buckets in `objects.buckets`.
        uploads: Resumable uploads.
    """

    def __init__(self, db: sqlite3.Connection, clock: Clock, use_key: UseKey) -> None:
        self.db = db
        self.objects = Objects(db, clock, use_key)
        self.uploads = Uploads(db, clock)


class Backend:
    """Runs work on the state of Cloud Storage.

    Two writers with the same precondition can't both win: writes are done one after another, and a reader sees only
    what is committed.

    Args:
        path: The SQLite file.
        clock: The time.
        use_key: Checks that a key of Cloud KMS can be used.

    Attributes:
        on_announcement: Called after each write that was committed and is to be announced.
    """

    def __init__(self, path: Path, clock: Clock, use_key: UseKey) -> None:
        self._clock, self._use_key = clock, use_key
        self.on_announcement: Callable[[], None] = lambda: None
        self._database = Database(path, SCHEMA + DELETED_BUCKETS)
        self._writing: Files | None = None
        self._connection = connect(path)
        self._reading = Files(self._connection, clock, use_key)
        self._thread = ThreadPoolExecutor(1, "isthmus-storage-reader")

    async def read(self, work: Callable[[Files], Result]) -> Result:
        """Does work that only reads."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._reading)

    async def write(self, work: Callable[[Files], Result]) -> Result:
        """Does work in a transaction; returns once it is committed. Nothing of work that raises is kept."""
        done: tuple[Result, bool] = await self._database.run(lambda connection: self._done(connection, work))
        result, announced = done
        if announced:
            self.on_announcement()
        return result

    def _done(self, connection: sqlite3.Connection, work: Callable[[Files], Result]) -> tuple[Result, bool]:
        """Does the work; says, too, whether it recorded an announcement."""
        files = self._files(connection)
        before = files.objects.notifications.recorded
        result = work(files)
        return result, files.objects.notifications.recorded > before

    def _files(self, connection: sqlite3.Connection) -> Files:
        if self._writing is None:
            self._writing = Files(connection, self._clock, self._use_key)
        return self._writing

    def close(self) -> None:
        """Writes what waits and closes the file."""
        self._thread.shutdown()
        self._connection.close()
        self._database.close()
