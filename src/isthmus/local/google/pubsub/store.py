"""Topics, subscriptions and messages: in memory to be quick, in SQLite to stay."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import grpc
from google.pubsub_v1 import types

from isthmus.local.google.clock import Clock
from isthmus.local.google.database import Database, Statement, connect
from isthmus.local.google.pubsub import rows
from isthmus.local.google.pubsub.checks import already_exists, not_found
from isthmus.local.google.pubsub.filters import Matcher, compile_filter
from isthmus.local.google.pubsub.queue import Delivery, Lease, Queue, Stored
from isthmus.local.google.pubsub.schemas import Schemas
from isthmus.local.google.rpc import RpcError

DELETED_TOPIC = "_deleted-topic_"
CACHE_BYTES = 32 * 1024 * 1024
"""Payloads kept in memory; those behind that are read from the disk when they are delivered."""

_TopicMessage = types.Topic.pb()
_SubscriptionMessage = types.Subscription.pb()
_SnapshotMessage = types.Snapshot.pb()
OnSubscription = Callable[[Queue | None, str], None]


class PubSub:
    """The state of Pub/Sub.

    Attributes:
        schemas: The schemas of topics.
        use_key: Raises unless a key of Cloud KMS can be used.
        may_move: Whether dead letters may go from a subscription to a topic: the service agent needs leave for both.

    Args:
        data_dir: Where `pubsub.sqlite` is kept.
        on_subscription: Called with a queue that is new or has another configuration, and with None and the name of
            one that is gone.
        clock: The time.
    """

    def __init__(self, data_dir: Path, on_subscription: OnSubscription, clock: Clock) -> None:
        path = data_dir / "pubsub.sqlite"
        upgrading = connect(path)
        rows.upgrade(upgrading)
        upgrading.close()
        self.database = Database(path, rows.SCHEMA)
        self.clock, self.now_ns = clock, clock.now_ns
        self.may_move: Callable[[str, str], bool] = lambda subscription, topic: True
        self.on_gone: Callable[[str], Awaitable[None]] = lambda name: asyncio.sleep(0)
        self._on_subscription = on_subscription
        self.schemas = Schemas(self.database, clock)
        self.use_key: Callable[[str], Any] = lambda key: None
        self.topics: dict[str, Any] = {}
        self.queues: dict[str, Queue] = {}
        self.snapshots: dict[str, tuple[Any, Matcher]] = {}
        self._cached_bytes = 0
        self._next_id = 1
        self._load()

    def topic(self, name: str) -> Any:
        """Returns a topic. NOT_FOUND when it isn't there."""
        if name not in self.topics:
            raise not_found(name)
        return self.topics[name]

    def queue(self, name: str) -> Queue:
        """Returns a subscription's queue. NOT_FOUND when it isn't there."""
        if name not in self.queues:
            raise not_found(name)
        return self.queues[name]

    def require(self, name: str) -> None:
        """Raises NOT_FOUND unless there is a topic, subscription, snapshot or schema of that name."""
        if "/schemas/" in name:
            self.schemas.require(name)
            return
        if name not in self.topics and name not in self.queues and name not in self.snapshots:
            raise not_found(name)

    async def create_topic(self, topic: Any) -> Any:
        """Keeps a new topic. ALREADY_EXISTS when it is there."""
        if topic.name in self.topics:
            raise already_exists(topic.name)
        return await self.put_topic(topic)

    async def put_topic(self, topic: Any) -> Any:
        """Keeps a topic, new or changed."""
        if topic.HasField("schema_settings"):
            self.schemas.check_settings(topic.schema_settings)
        if topic.kms_key_name:
            self.use_key(topic.kms_key_name)
        await self._kept(self.topics, topic.name, topic, [(rows.PUT_TOPIC, (topic.name, topic.SerializeToString()))])
        return topic

    async def delete_topic(self, name: str) -> None:
        """Removes a topic; its subscriptions stay and get no more messages."""
        self.topic(name)
        statements: list[Statement] = [
            ("DELETE FROM topics WHERE name = ?", (name,)),
            rows.expiring_messages(name, self.now_ns()),
        ]
        del self.topics[name]
        gone_too = self.on_gone(name)
        for queue in self.queues.values():
            if queue.config.topic == name:
                queue.config.topic = DELETED_TOPIC
                statements.append((rows.PUT_SUBSCRIPTION, (queue.name, queue.config.SerializeToString())))
        await self.database.commit(statements)
        await gone_too

    async def create_subscription(self, config: Any) -> Any:
        """Keeps a new subscription; it gets what is published from now on."""
        if config.name in self.queues:
            raise already_exists(config.name)
        self._check_topics(config)
        queue = Queue(config, self._exhausted, self.clock.monotonic)
        put: Statement = (rows.PUT_SUBSCRIPTION, (config.name, config.SerializeToString()))
        await self._kept(self.queues, config.name, queue, [put])
        self._on_subscription(queue, config.name)
        return config

    async def update_subscription(self, config: Any) -> Any:
        """Keeps a subscription's new configuration."""
        queue = self.queue(config.name)
        self._check_topics(config)
        await self.database.commit([(rows.PUT_SUBSCRIPTION, (config.name, config.SerializeToString()))])
        queue.config = config
        queue.notify()
        self._on_subscription(queue, config.name)
        return config

    def _check_topics(self, config: Any) -> None:
        if config.topic != DELETED_TOPIC:
            self.topic(config.topic)
        if config.dead_letter_policy.dead_letter_topic:
            self.topic(config.dead_letter_policy.dead_letter_topic)

    async def delete_subscription(self, name: str) -> None:
        """Removes a subscription and what waits in it."""
        queue = self.queue(name)
        del self.queues[name]
        self._on_subscription(None, name)
        gone_too = self.on_gone(name)
        queue.gone = True
        dropped = queue.drop(lambda message: True)
        queue.notify()
        gone: list[Statement] = [
            ("DELETE FROM subscriptions WHERE name = ?", (name,)),
            # Also what was acknowledged and kept, and what a publish that is under way adds meanwhile.
            ("DELETE FROM holdings WHERE holder = ?", (name,)),
        ]
        await self.database.commit([*self._released(queue, dropped, keep=False), *gone])
        await gone_too

    async def publish(self, topic: str, messages: Sequence[Any]) -> list[str]:
        """Keeps messages for every subscription whose filter they pass, and returns their ids once they are safe."""
        config = self.topic(topic)
        retained = config.HasField("message_retention_duration")
        self.check_key(topic)
        published = [self._new(topic, m.data, self._attributes(config, m), m.ordering_key) for m in messages]
        receivers = [(message, *self._receivers(message)) for message in published]
        statements: list[Statement] = []
        for message, queues, snapshots in receivers:
            message.kept = retained or bool(snapshots)
            if queues or message.kept:
                statements += rows.publishing(message, [*(queue.name for queue in queues), *snapshots])
        if statements:
            await self.database.commit(statements)
        for message, queues, _ in receivers:
            self._deliver(message, queues)
        return [str(message.id) for message in published]

    def check_key(self, topic: str) -> None:
        """Raises FAILED_PRECONDITION when a topic's messages are encrypted with a key that can't be used now."""
        config = self.topics.get(topic)
        if config is not None and config.kms_key_name:
            self.use_key(config.kms_key_name)

    def _attributes(self, config: Any, message: Any) -> dict[str, str]:
        """A message's attributes, with those that its topic's schema adds. INVALID_ARGUMENT when it isn't of that."""
        attributes = dict(message.attributes)
        if config.HasField("schema_settings"):
            attributes |= self.schemas.fitting(config.schema_settings, message.data)
        return attributes

    async def acknowledge(self, queue: Queue, ack_ids: Iterable[str]) -> list[str]:
        """Ends deliveries and returns the ids whose lease was over before."""
        ended, late = [], []
        for ack_id in ack_ids:
            delivery = queue.acknowledge(ack_id)
            if delivery is None:
                late.append(ack_id)
            else:
                ended.append(delivery)
        if ended:
            await self.database.commit(self._released(queue, ended))
        return late

    def remember_attempts(self, queue: Queue, deliveries: Iterable[Delivery]) -> None:
        """Writes how often deliveries were attempted, without waiting; only dead-lettering needs it."""
        if queue.config.dead_letter_policy.dead_letter_topic:
            self.database.later(rows.attempts(queue.name, deliveries))

    async def payloads(self, leases: Sequence[Lease]) -> list[bytes]:
        """The payloads of leased messages, from memory where they are there."""
        messages = [lease.delivery.message for lease in leases]
        absent = [message.id for message in messages if message.data is None]
        found = dict(await self.database.ask(rows.payloads(len(absent)), absent)) if absent else {}
        return [message.data if message.data is not None else found.get(message.id, b"") for message in messages]

    def released(self, queue: Queue, deliveries: Iterable[Delivery]) -> list[Statement]:
        """The statements that end deliveries; they stay as acknowledged where the subscription retains them."""
        return self._released(queue, deliveries)

    def close(self) -> None:
        """Writes what waits and closes the file."""
        self.database.close()

    async def _kept(self, where: dict[str, Any], name: str, value: Any, statements: list[Statement]) -> None:
        """Puts something new in memory at once, so that no second one can come, and takes it back if it isn't kept."""
        before = where.get(name)
        where[name] = value
        try:
            await self.database.commit(statements)
        except Exception:
            if before is None:
                where.pop(name, None)
            else:
                where[name] = before
            raise

    def _new(self, topic: str, data: bytes, attributes: Mapping[str, str], ordering_key: str) -> Stored:
        self._next_id += 1
        return Stored(self._next_id, topic, data, len(data), attributes, ordering_key, self.now_ns())

    def _receivers(self, message: Stored) -> tuple[list[Queue], list[str]]:
        queues = [q for q in self.queues.values() if q.config.topic == message.topic and q.matcher(message.attributes)]
        snapshots = [
            name
            for name, (snapshot, matches) in self.snapshots.items()
            if snapshot.topic == message.topic and matches(message.attributes)
        ]
        return queues, snapshots

    def _deliver(self, message: Stored, queues: list[Queue]) -> None:
        living = [queue for queue in queues if not queue.gone]
        message.holders += len(living)
        if queues and not living and not message.kept:
            self.database.later([rows.dropping(message)])
        queues = living
        if queues and message.data is not None:
            self._cached_bytes += message.size_bytes
            if self._cached_bytes > CACHE_BYTES:
                self._cached_bytes -= message.size_bytes
                message.data = None
        for queue in queues:
            queue.add(Delivery(message))

    def _released(self, queue: Queue, deliveries: Iterable[Delivery], *, keep: bool | None = None) -> list[Statement]:
        keep = bool(queue.config.retain_acked_messages) if keep is None else keep
        statements: list[Statement] = []
        for delivery in deliveries:
            message = delivery.message
            message.holders -= 1
            message.kept = message.kept or keep
            if message.holders <= 0 and message.data is not None:
                self._cached_bytes -= message.size_bytes
            statements += rows.letting_go(queue.name, message, keep=keep)
        return statements

    def _exhausted(self, queue: Queue, delivery: Delivery) -> bool:
        """Moves a delivery to the dead-letter topic in one commit; False when there is no such topic."""
        policy, message = queue.config.dead_letter_policy, delivery.message
        topic = policy.dead_letter_topic
        if topic not in self.topics or not self.may_move(queue.name, topic):
            return False
        source = {
            "CloudPubSubDeadLetterSourceDeliveryCount": str(delivery.attempts),
            "CloudPubSubDeadLetterSourceSubscription": queue.name.rpartition("/")[2],
            "CloudPubSubDeadLetterSourceSubscriptionProject": queue.name.split("/")[1],
            "CloudPubSubDeadLetterSourceTopicPublishTime": _iso(message.published_ns),
        }
        attributes = {**message.attributes, **source}
        dead = self._new(policy.dead_letter_topic, message.data or b"", attributes, message.ordering_key)
        dead.size_bytes = message.size_bytes
        queues, snapshots = self._receivers(dead)
        dead.kept = bool(snapshots) or self.topic(dead.topic).HasField("message_retention_duration")
        moving: list[Statement] = []
        if queues or dead.kept:
            moving = rows.publishing(dead, [*(one.name for one in queues), *snapshots])
        if moving and message.data is None:
            # The payload is on the disk only: it is copied there.
            moving.append(
                (
                    "UPDATE messages SET data = (SELECT data FROM messages WHERE id = ?) WHERE id = ?",
                    (message.id, dead.id),
                )
            )
            dead.data = None
        self.database.later([*moving, *self._released(queue, [delivery])])
        self._deliver(dead, queues)
        return True

    def _load(self) -> None:
        read = self.database.read
        for name, body in read("SELECT name, body FROM topics"):
            self.topics[name] = _TopicMessage.FromString(body)
        for name, body in read("SELECT name, body FROM subscriptions"):
            self.queues[name] = Queue(_SubscriptionMessage.FromString(body), self._exhausted, self.clock.monotonic)
        for name, body, filter_ in read("SELECT name, body, filter FROM snapshots"):
            self.snapshots[name] = (_SnapshotMessage.FromString(body), compile_filter(filter_))
        # Ids must not come twice even when every message is gone; the clock in microseconds is ahead of any count.
        self._next_id = max(read("SELECT coalesce(max(id), 0) FROM messages")[0][0], self.now_ns() // 1000)
        self._load_messages()
        for name, queue in self.queues.items():
            self._on_subscription(queue, name)

    def _load_messages(self) -> None:
        kept = {row[0] for row in self.database.read("SELECT DISTINCT message FROM holdings WHERE acked = 1")}
        found: dict[int, Stored] = {}
        for row in self.database.read(f"{rows.UNACKED} ORDER BY m.id"):
            message = found.setdefault(row[0], rows.stored(row))
            holder, attempts = row[6], row[7]
            topic = self.topics.get(message.topic)
            retained = topic is not None and topic.HasField("message_retention_duration")
            message.kept = retained or row[0] in kept or bool(self.snapshots)
            if holder in self.queues:
                message.holders += 1
                self.queues[holder].add(Delivery(message, attempts))


def not_ready(message: str) -> RpcError:
    """The resource is not in a state for this."""
    return RpcError(grpc.StatusCode.FAILED_PRECONDITION, message)


def _iso(unix_ns: int) -> str:
    seconds, rest = divmod(unix_ns, 1_000_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest // 1_000_000:03d}Z"
