"""Going back and forth in a subscription: seek to a time or a snapshot, and the snapshots."""

from __future__ import annotations

from typing import Any

from isthmus.local.google.database import Statement
from isthmus.local.google.pubsub import rows
from isthmus.local.google.pubsub.checks import already_exists, not_found
from isthmus.local.google.pubsub.filters import compile_filter
from isthmus.local.google.pubsub.queue import Delivery, Queue, Stored
from isthmus.local.google.pubsub.store import PubSub, not_ready

_DAY_NS = 86400 * 1_000_000_000
SNAPSHOT_NS = 7 * _DAY_NS
_LEAST_SNAPSHOT_NS = 3600 * 1_000_000_000


async def seek_to_time(state: PubSub, name: str, time_ns: int) -> None:
    """Marks what was published before a time as acknowledged, and what is retained since then as not."""
    queue = state.queue(name)
    found = await state.database.ask(rows.ACKED_SINCE, (name, time_ns))
    topic = state.topics.get(queue.config.topic)
    if topic is not None and topic.HasField("message_retention_duration"):
        found += await state.database.ask(rows.RETAINED_SINCE, (topic.name, time_ns, name))
    back = [message for message in map(rows.stored, found) if queue.matcher(message.attributes)]
    await _set(state, queue, back, lambda message: message.published_ns >= time_ns)


async def seek_to_snapshot(state: PubSub, name: str, snapshot: str) -> None:
    """Makes a subscription's unacknowledged messages those of a snapshot of the same topic."""
    queue = state.queue(name)
    if snapshot not in state.snapshots:
        raise not_found(snapshot)
    if state.snapshots[snapshot][0].topic != queue.config.topic:
        raise not_ready("The subscription and the snapshot are not of the same topic.")
    found = await state.database.ask(rows.HELD, (snapshot,))
    wanted = [message for message in map(rows.stored, found) if queue.matcher(message.attributes)]
    ids = {message.id for message in wanted}
    await _set(state, queue, wanted, lambda message: message.id in ids)


async def _set(state: PubSub, queue: Queue, wanted: list[Stored], stays: Any) -> None:
    here = {delivery.message.id for delivery in queue.deliveries()}
    back = [message for message in wanted if message.id not in here]
    statements = state.released(queue, queue.drop(lambda message: not stays(message)))
    for message in back:
        message.holders += 1
        statements += rows.holding([queue.name], message)
    await state.database.commit(statements)
    queue.replace([*queue.deliveries(), *(Delivery(message) for message in back)])


async def create_snapshot(state: PubSub, request: Any, snapshot: Any) -> Any:
    """Keeps what a subscription has not acknowledged, and all that it gets from now on, for seven days at most.

    Args:
        state: Pub/Sub's state.
        request: The CreateSnapshotRequest.
        snapshot: An empty Snapshot to fill in.
    """
    if request.name in state.snapshots:
        raise already_exists(request.name)
    queue = state.queue(request.subscription)
    state.topic(queue.config.topic)
    oldest = min((one.message.published_ns for one in queue.deliveries()), default=state.now_ns())
    expires_ns = oldest + SNAPSHOT_NS
    if expires_ns - state.now_ns() < _LEAST_SNAPSHOT_NS:
        raise not_ready("The snapshot would expire in less than an hour: the oldest unacknowledged message is too old.")
    snapshot.name, snapshot.topic = request.name, queue.config.topic
    snapshot.labels.update(request.labels)
    snapshot.expire_time.FromNanoseconds(expires_ns)
    for delivery in queue.deliveries():
        delivery.message.kept = True
    state.snapshots[request.name] = (snapshot, compile_filter(queue.config.filter))
    row = (snapshot.name, snapshot.SerializeToString(), queue.config.filter)
    await state.database.commit([(rows.PUT_SNAPSHOT, row), (rows.SNAP, (snapshot.name, queue.name))])
    return snapshot


async def update_snapshot(state: PubSub, snapshot: Any) -> Any:
    """Keeps a changed snapshot."""
    _, matches = state.snapshots[snapshot.name]
    state.snapshots[snapshot.name] = (snapshot, matches)
    sql = "UPDATE snapshots SET body = ? WHERE name = ?"
    await state.database.commit([(sql, (snapshot.SerializeToString(), snapshot.name))])
    return snapshot


async def delete_snapshot(state: PubSub, name: str) -> None:
    """Removes a snapshot and what only it held."""
    if name not in state.snapshots:
        raise not_found(name)
    snapshot, _ = state.snapshots.pop(name)
    gone_too = state.on_gone(name)
    gone: list[Statement] = [
        ("DELETE FROM snapshots WHERE name = ?", (name,)),
        ("DELETE FROM holdings WHERE holder = ?", (name,)),
        *expiring(state, snapshot.topic),
    ]
    await state.database.commit(gone)
    await gone_too


def expiring(state: PubSub, topic: str) -> list[Statement]:
    """The statements that drop a topic's messages which nobody holds and no retention keeps."""
    config = state.topics.get(topic)
    retained_ns = 0
    if config is not None and config.HasField("message_retention_duration"):
        retained_ns = config.message_retention_duration.ToNanoseconds()
    return [rows.expiring_messages(topic, state.now_ns() - retained_ns)]
