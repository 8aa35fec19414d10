"""Long-running operations: a change is acknowledged when it is kept, done when the service answers."""

from __future__ import annotations

import asyncio
import collections
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from isthmus.local.google.run.errors import Refusal
from isthmus.local.google.run.store import Record, Store

Json = dict[str, Any]
_TYPE = "type.googleapis.com/google.cloud.run.v2.Service"
#: A request is answered after this at the latest, with an operation that isn't done yet: Google's clients give up a
#: delete after 10 and a create after 15 seconds, and poll the operation as long as it takes.
PATIENCE_SECONDS = 8.0


class Operations:
    """Carries changes of services out, one at a time for each service.

    Args:
        store: Where services and operations are kept.
        settle: Makes a record real; raises a Refusal when that fails.
    """

    def __init__(self, store: Store, settle: Callable[[Record], Awaitable[None]]) -> None:
        self._store = store
        self._settle = settle
        self._locks: collections.defaultdict[str, asyncio.Lock] = collections.defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[None]] = set()

    async def change(self, service: str, begin: Callable[[], Record]) -> Json:
        """Changes a service and answers its operation, done in most cases.

        Args:
            service: The service's name.
            begin: Gives the changed record; called when no other change of this service is under way.

        Raises:
            Refusal: what `begin` refuses; a change that fails later is the operation's error.
        """
        lock = self._locks[service]
        await lock.acquire()
        try:
            record = begin()
            operation = self._opened(record)
            await self._store.save(record, operation)
        except BaseException:
            lock.release()
            raise
        return await self.wait(operation["name"], PATIENCE_SECONDS, self._begin(record, lock))

    async def wait(self, name: str, seconds: float, task: asyncio.Task[None] | None = None) -> Json:
        """The operation, once it is done or the time is over."""
        task = task or next((one for one in self._tasks if one.get_name() == name), None)
        if task is not None:
            await asyncio.wait({task}, timeout=seconds)
        return self._store.operations[name]

    async def resume(self) -> None:
        """Carries out what an earlier server began and did not finish."""
        pending = [record for record in self._store.services.values() if record.pending]
        tasks = []
        for record in pending:
            lock = self._locks[record.name]
            await lock.acquire()
            tasks.append(self._begin(record, lock))
        if tasks:
            await asyncio.wait(tasks)

    async def stop(self) -> None:
        """Leaves what is under way for the next server."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _opened(self, record: Record) -> Json:
        place = record.name.rpartition("/services/")[0]
        record.pending = f"{place}/operations/{uuid.uuid4()}"
        return {"name": record.pending, "metadata": {"@type": _TYPE, **record.body}, "done": False}

    def _begin(self, record: Record, lock: asyncio.Lock) -> asyncio.Task[None]:
        task = asyncio.create_task(self._carry_out(record), name=record.pending)
        self._tasks.add(task)
        task.add_done_callback(lambda _: lock.release())
        task.add_done_callback(self._tasks.discard)
        return task

    async def _carry_out(self, record: Record) -> None:
        operation: Json = {"name": record.pending, "done": True}
        try:
            await self._settle(record)
            operation["response"] = {"@type": _TYPE, **record.body}
        except Refusal as refusal:
            operation["error"] = refusal.rpc_status()
        except Exception as error:
            operation["error"] = Refusal("INTERNAL", f"{type(error).__name__}: {error}").rpc_status()
        operation["metadata"] = {"@type": _TYPE, **record.body}
        record.pending = ""
        if "deleteTime" in record.body:
            await self._store.remove(record, operation)
        else:
            await self._store.save(record, operation)
