"""Topics, subscriptions and messages: in memory to be quick, in SQLite to stay."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
from google.pubsub_v1 import types

from isthmus.local.google.database import Database, Statement
from isthmus.local.google.pubsub.errors import already_exists, not_found
from isthmus.local.google.pubsub.queue import Delivery, Queue, Stored

TopicMessage = types.Topic.pb()
SubscriptionMessage = types.Subscription.pb()
DELETED_TOPIC = "_deleted-topic_"

_SCHEMA = """
CREATE TABLE IF NOT EXISTS topics (name TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS subscriptions (name TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY, data BLOB NOT NULL, attributes BLOB NOT NULL, ordering_key TEXT NOT NULL, published_ns INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS deliveries (
  subscription TEXT NOT NULL, message INTEGER NOT NULL, attempts INTEGER NOT NULL, PRIMARY KEY (subscription, message)) WITHOUT ROWID;
"""
_PUT_TOPIC = "INSERT OR REPLACE INTO topics VALUES (?, ?)"
_PUT_SUBSCRIPTION = "INSERT OR REPLACE INTO subscriptions VALUES (?, ?)"
_PUT_MESSAGE = "INSERT INTO messages VALUES (?, ?, ?, ?, ?)"
_PUT_DELIVERY = "INSERT INTO deliveries VALUES (?, ?, ?)"
_DROP_DELIVERY = "DELETE FROM deliveries WHERE subscription = ? AND message = ?"
_DROP_MESSAGE = "DELETE FROM messages WHERE id = ?"


class PubSub:
    """The state of Pub/Sub.

    Args:
        data_dir: Where `pubsub.sqlite` is kept.
        on_subscription: Called with a queue that is new or has another configuration, and with None and the name of
            one that is gone.
    """

    def __init__(self, data_dir: Path, on_subscription: Callable[[Queue | None, str], None]) -> None:
        self._database = Database(data_dir / "pubsub.sqlite", _SCHEMA)
        self._on_subscription = on_subscription
        self._topics: dict[str, Any] = {}
        self._queues: dict[str, Queue] = {}
        self._next_id = 1
        self._load()

    async def create_topic(self, topic: Any) -> Any:
        """Keeps a new topic. PubSubError when it is there."""
        if topic.name in self._topics:
            raise already_exists(topic.name)
        return await self.put_topic(topic)

    async def put_topic(self, topic: Any) -> Any:
        """Keeps a topic, new or changed."""
        self._topics[topic.name] = topic
        await self._database.commit([(_PUT_TOPIC, (topic.name, topic.SerializeToString()))])
        return topic

    def topic(self, name: str) -> Any:
        """Returns a topic. PubSubError when it isn't there."""
        if name not in self._topics:
            raise not_found(name)
        return self._topics[name]

    def topics(self) -> list[Any]:
        """All topics in the order of their names."""
        return [self._topics[name] for name in sorted(self._topics)]

    async def delete_topic(self, name: str) -> None:
        """Removes a topic; its subscriptions stay and get no more messages."""
        self.topic(name)
        del self._topics[name]
        statements: list[Statement] = [("DELETE FROM topics WHERE name = ?", (name,))]
        for queue in self._queues.values():
            if queue.config.topic == name:
                queue.config.topic = DELETED_TOPIC
                statements.append((_PUT_SUBSCRIPTION, (queue.name, queue.config.SerializeToString())))
        await self._database.commit(statements)

    async def create_subscription(self, config: Any) -> Any:
        """Keeps a new subscription; it gets what is published from now on."""
        if config.name in self._queues:
            raise already_exists(config.name)
        self.topic(config.topic)
        queue = Queue(config, self._exhausted)
        self._queues[config.name] = queue
        await self._database.commit([(_PUT_SUBSCRIPTION, (config.name, config.SerializeToString()))])
        self._on_subscription(queue, config.name)
        return config

    async def update_subscription(self, config: Any) -> Any:
        """Keeps a subscription's new configuration."""
        queue = self.queue(config.name)
        queue.config = config
        await self._database.commit([(_PUT_SUBSCRIPTION, (config.name, config.SerializeToString()))])
        self._on_subscription(queue, config.name)
        return config

    def queue(self, name: str) -> Queue:
        """Returns a subscription's queue. PubSubError when it isn't there."""
        if name not in self._queues:
            raise not_found(name)
        return self._queues[name]

    def queues(self) -> list[Queue]:
        """All queues in the order of their names."""
        return [self._queues[name] for name in sorted(self._queues)]

    async def delete_subscription(self, name: str) -> None:
        """Removes a subscription and what waits in it."""
        queue = self.queue(name)
        del self._queues[name]
        self._on_subscription(None, name)
        queue.changed.set()
        statements = self._released(queue, queue.drop(lambda message: True))
        await self._database.commit([*statements, ("DELETE FROM subscriptions WHERE name = ?", (name,))])

    async def publish(self, topic: str, messages: Sequence[Any]) -> list[str]:
        """Keeps messages for every subscription whose filter they pass, and returns their ids once they are safe."""
        self.topic(topic)
        queues = [queue for queue in self._queues.values() if queue.config.topic == topic]
        published = [self._stored(m.data, dict(m.attributes), m.ordering_key) for m in messages]
        receivers = [(m, [q for q in queues if q.matcher(m.attributes)]) for m in published]
        await self._database.commit(_publishing(receivers))
        for message, targets in receivers:
            message.holders = len(targets)
            for queue in targets:
                queue.add(Delivery(message))
        return [str(message.id) for message in published]

    async def acknowledge(self, name: str, ack_ids: Iterable[str]) -> None:
        """Ends deliveries; an acknowledgement that comes too late changes nothing."""
        queue = self.queue(name)
        ended = [delivery for ack_id in ack_ids if (delivery := queue.acknowledge(ack_id))]
        if ended:
            await self._database.commit(self._released(queue, ended))

    def remember_attempts(self, queue: Queue, deliveries: Iterable[Delivery]) -> None:
        """Writes how often deliveries were attempted, without waiting."""
        sql = "UPDATE deliveries SET attempts = ? WHERE subscription = ? AND message = ?"
        self._database.later([(sql, (d.attempts, queue.name, d.message.id)) for d in deliveries])

    async def seek(self, name: str, time_ns: int) -> None:
        """Drops what a subscription has from before a time."""
        queue = self.queue(name)
        await self._database.commit(self._released(queue, queue.drop(lambda m: m.published_ns < time_ns)))

    def close(self) -> None:
        """Writes what waits and closes the file."""
        self._database.close()

    def _stored(self, data: bytes, attributes: Mapping[str, str], ordering_key: str) -> Stored:
        number = self._next_id
        self._next_id += 1
        return Stored(number, data, attributes, ordering_key, time.time_ns())

    def _released(self, queue: Queue, deliveries: Iterable[Delivery]) -> list[Statement]:
        statements: list[Statement] = []
        for delivery in deliveries:
            statements.append((_DROP_DELIVERY, (queue.name, delivery.message.id)))
            delivery.message.holders -= 1
            if delivery.message.holders <= 0:
                statements.append((_DROP_MESSAGE, (delivery.message.id,)))
        return statements

    def _exhausted(self, queue: Queue, delivery: Delivery) -> None:
        """Moves a delivery to the dead-letter topic, with where it came from in its attributes, in one commit."""
        policy, project = queue.config.dead_letter_policy, queue.name.split("/")[1]
        source = {
            "CloudPubSubDeadLetterSourceDeliveryCount": str(delivery.attempts),
            "CloudPubSubDeadLetterSourceSubscription": queue.name.rpartition("/")[2],
            "CloudPubSubDeadLetterSourceSubscriptionProject": project,
            "CloudPubSubDeadLetterSourceTopicPublishTime": _iso(delivery.message.published_ns),
        }
        message = self._stored(
            delivery.message.data, {**delivery.message.attributes, **source}, delivery.message.ordering_key
        )
        targets = [
            q for q in self._queues.values()
            if q.config.topic == policy.dead_letter_topic and q.matcher(message.attributes)
        ]
        message.holders = len(targets)
        self._database.later([*_publishing([(message, targets)]), *self._released(queue, [delivery])])
        for target in targets:
            target.add(Delivery(message))

    def _load(self) -> None:
        for name, body in self._database.read("SELECT name, body FROM topics"):
            self._topics[name] = TopicMessage.FromString(body)
        for name, body in self._database.read("SELECT name, body FROM subscriptions"):
            self._queues[name] = Queue(SubscriptionMessage.FromString(body), self._exhausted)
        self._next_id = self._database.read("SELECT coalesce(max(id), 0) + 1 FROM messages")[0][0]
        # Ids must not come twice even when every message is gone; the clock in microseconds is ahead of any count.
        self._next_id = max(self._next_id, time.time_ns() // 1000)
        messages = {
            row[0]: Stored(row[0], row[1], msgspec.json.decode(row[2]), row[3], row[4])
            for row in self._database.read("SELECT id, data, attributes, ordering_key, published_ns FROM messages")
        }
        for name, number, attempts in self._database.read(
            "SELECT subscription, message, attempts FROM deliveries ORDER BY message"
        ):
            if name in self._queues and number in messages:
                messages[number].holders += 1
                self._queues[name].add(Delivery(messages[number], attempts))
        for name, queue in self._queues.items():
            self._on_subscription(queue, name)


def _publishing(receivers: Iterable[tuple[Stored, list[Queue]]]) -> list[Statement]:
    statements: list[Statement] = []
    for message, targets in receivers:
        if not targets:
            continue
        attributes = msgspec.json.encode(message.attributes)
        row = (message.id, message.data, attributes, message.ordering_key, message.published_ns)
        statements.append((_PUT_MESSAGE, row))
        statements += [(_PUT_DELIVERY, (queue.name, message.id, 0)) for queue in targets]
    return statements


def _iso(unix_ns: int) -> str:
    seconds, rest = divmod(unix_ns, 1_000_000_000)
    return time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)) + f".{rest // 1_000_000:03d}Z"
