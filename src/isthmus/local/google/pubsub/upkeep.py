"""What happens by itself: deadlines that run out without a consumer, retention that ends, snapshots that expire."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable

from isthmus.local.google.database import Statement
from isthmus.local.google.pubsub import rows, seeking
from isthmus.local.google.pubsub.queue import Stored
from isthmus.local.google.pubsub.store import PubSub

_TICK_SECONDS = 0.5
_RETENTION_SECONDS = 20.0
_log = logging.getLogger("isthmus.local.google")


async def keep_up(state: PubSub, rotate_keys: Callable[[], None]) -> None:
    """Does the upkeep until it is cancelled.

    Args:
        state: Pub/Sub's state.
        rotate_keys: Called now and then, for the keys of Cloud KMS.
    """
    loop = asyncio.get_running_loop()
    swept = loop.time()
    while True:
        await asyncio.sleep(_TICK_SECONDS)
        for queue in list(state.queues.values()):
            queue.wake()
        if loop.time() - swept >= _RETENTION_SECONDS:
            swept = loop.time()
            try:
                await sweep(state)
                rotate_keys()
            except sqlite3.Error as error:
                _log.warning("what is past its retention could not be removed: %s", error)


async def sweep(state: PubSub) -> None:
    """Removes what is past its retention."""
    now = state.now_ns()
    statements: list[Statement] = []
    for queue in list(state.queues.values()):
        before = now - queue.config.message_retention_duration.ToNanoseconds()
        old = queue.drop(_published_before(before))
        statements += state.released(queue, old)
        if queue.config.retain_acked_messages:
            statements.append(rows.expiring_acked(queue.name, before))
    for name, (snapshot, _) in list(state.snapshots.items()):
        if snapshot.expire_time.ToNanoseconds() < now:
            await seeking.delete_snapshot(state, name)
    topics = {*state.topics, *(queue.config.topic for queue in state.queues.values())}
    for topic in topics:
        statements += seeking.expiring(state, topic)
    await state.database.commit(statements)


def _published_before(time_ns: int) -> Callable[[Stored], bool]:
    return lambda message: message.published_ns < time_ns
