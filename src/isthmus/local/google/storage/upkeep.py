"""What Cloud Storage does by itself: announcements, lifecycle rules, the end of soft deletes and of uploads."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Mapping

from isthmus.local.google.clock import Clock
from isthmus.local.google.storage import lifecycle
from isthmus.local.google.storage.backend import Backend, Files
from isthmus.local.google.storage.errors import StorageError

Publish = Callable[[str, bytes, Mapping[str, str]], Awaitable[bool]]
"""Publishes one message to a topic; says whether the topic is there."""

_EVERY_SECONDS = 300.0
_AGAIN_SECONDS = 1.0
_BATCH = 200
_log = logging.getLogger("isthmus.local.google")


class Upkeep:
    """Does it, in two tasks.

    Args:
        backend: The state.
        clock: The time.
        publish: How announcements are sent.
    """

    def __init__(self, backend: Backend, clock: Clock, publish: Publish) -> None:
        self._backend, self._clock, self._publish = backend, clock, publish
        self._written = asyncio.Event()
        self._written.set()
        backend.on_announcement = self._written.set

    async def announce(self) -> None:
        """Sends announcements as they come, until it is cancelled."""
        while True:
            await self._written.wait()
            self._written.clear()
            try:
                while await self._announced():
                    pass
            except sqlite3.Error as error:
                _log.warning("announcements to Pub/Sub could not be sent yet: %s", error)
                await asyncio.sleep(_AGAIN_SECONDS)
                self._written.set()

    async def _announced(self) -> bool:
        waiting = await self._backend.read(lambda files: files.objects.notifications.waiting(_BATCH))
        if not waiting:
            return False
        sent = await asyncio.gather(*(self._publish(topic, data, more) for _, topic, more, data in waiting))
        for topic in {one[1] for one, there in zip(waiting, sent, strict=True) if not there}:
            _log.warning("an announcement was dropped: the topic %s is gone", topic)
        await self._backend.write(lambda files: files.objects.notifications.sent([one[0] for one in waiting]))
        return True

    async def keep_up(self) -> None:
        """Sweeps now and then, until it is cancelled."""
        while True:
            try:
                await self.sweep()
            except sqlite3.Error as error:
                _log.warning("what is due in Cloud Storage could not be done: %s", error)
            await asyncio.sleep(_EVERY_SECONDS)

    async def sweep(self) -> None:
        """Does all that is due now."""
        now = self._clock.now()
        due = await self._backend.read(lambda files: _due(files, now))
        for start in range(0, len(due), _BATCH):
            batch = due[start : start + _BATCH]
            await self._backend.write(lambda files, batch=batch: _carry_out(files, batch))  # type: ignore[misc]
        await self._backend.write(_expire)


def _due(files: Files, now: float) -> list[lifecycle.Due]:
    buckets = files.objects.buckets.with_lifecycle()
    return [one for bucket in buckets for one in lifecycle.due(files.db, bucket, now)]


def _carry_out(files: Files, due: list[lifecycle.Due]) -> None:
    for bucket, name, generation, storage_class in due:
        try:
            if storage_class:
                files.objects.change_class(bucket, name, generation, storage_class)
            else:
                _delete(files, bucket, name, generation)
        except StorageError as error:
            # Held, retained, or gone meanwhile: the rule comes again.
            _log.info("a lifecycle rule left %s/%s alone: %s", bucket, name, error)


def _delete(files: Files, bucket: str, name: str, generation: int) -> None:
    """Deletes as a rule does: the live object becomes noncurrent where versioning is on."""
    chosen = {"generation": str(generation)}
    live = "timeDeleted" not in files.objects.get(bucket, name, chosen)
    files.objects.delete(bucket, name, {"ifGenerationMatch": str(generation)} if live else chosen)


def _expire(files: Files) -> None:
    files.objects.generations.expire()
    files.objects.buckets.deleted.expire()
    files.uploads.expire()
