"""The files of Cloud Storage: one thread writes, whatever waits shares a commit; another one reads."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

from isthmus.local.google.database import Database, connect
from isthmus.local.google.storage.common import SCHEMA
from isthmus.local.google.storage.objects import Objects
from isthmus.local.google.storage.uploads import Uploads

Result = TypeVar("Result")


class Files:
    """What a piece of work sees of the state.

    Attributes:
        objects: Objects, and the buckets in `objects.buckets`.
        uploads: Resumable uploads.
    """

    def __init__(self, db: sqlite3.Connection, usable: Callable[[str], bool]) -> None:
        self.objects = Objects(db, usable)
        self.uploads = Uploads(db)


class Backend:
    """Runs work on the state of Cloud Storage.

    Two writers with the same precondition can't both win: writes are done one after another, and a reader sees only
    what is committed.

    Args:
        path: The SQLite file.
        usable: Whether a version of a key of Cloud KMS can be used now.
    """

    def __init__(self, path: Path, usable: Callable[[str], bool]) -> None:
        self._usable = usable
        self._database = Database(path, SCHEMA)
        self._writing: Files | None = None
        self._connection = connect(path)
        self._reading = Files(self._connection, usable)
        self._thread = ThreadPoolExecutor(1, "isthmus-storage-reader")

    async def read(self, work: Callable[[Files], Result]) -> Result:
        """Does work that only reads."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work, self._reading)

    async def write(self, work: Callable[[Files], Result]) -> Result:
        """Does work in a transaction; returns once it is committed. Nothing of work that raises is kept."""
        result: Result = await self._database.run(lambda connection: work(self._files(connection)))
        return result

    def _files(self, connection: sqlite3.Connection) -> Files:
        if self._writing is None:
            self._writing = Files(connection, self._usable)
        return self._writing

    def close(self) -> None:
        """Writes what waits and closes the file."""
        self._thread.shutdown()
        self._connection.close()
        self._database.close()
