"""The rows that Pub/Sub keeps in SQLite, and the statements that write them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Any

import msgspec

from isthmus.local.google.database import Statement
from isthmus.local.google.pubsub.queue import Delivery, Stored

SCHEMA = """
CREATE TABLE IF NOT EXISTS topics (name TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS subscriptions (name TEXT PRIMARY KEY, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS snapshots (name TEXT PRIMARY KEY, body BLOB NOT NULL, filter TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS schemas (
  name TEXT NOT NULL, revision TEXT NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (name, revision));
CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY, topic TEXT NOT NULL, data BLOB NOT NULL, attributes BLOB NOT NULL, ordering_key TEXT NOT NULL,
  published_ns INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS holdings (
  holder TEXT NOT NULL, message INTEGER NOT NULL, attempts INTEGER NOT NULL, acked INTEGER NOT NULL,
  PRIMARY KEY (holder, message)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS holdings_by_message ON holdings (message);
"""
_MESSAGE = "m.id, m.topic, length(m.data), m.attributes, m.ordering_key, m.published_ns"
HELD = f"SELECT {_MESSAGE} FROM holdings h JOIN messages m ON m.id = h.message WHERE h.holder = ?"  # noqa: S608
"""The messages that a subscription or a snapshot holds."""
ACKED_SINCE = HELD + " AND h.acked = 1 AND m.published_ns >= ?"
RETAINED_SINCE = (
    f"SELECT {_MESSAGE} FROM messages m WHERE m.topic = ? AND m.published_ns >= ? "  # noqa: S608
    "AND NOT EXISTS (SELECT 1 FROM holdings h WHERE h.holder = ? AND h.message = m.id)"
)
UNACKED = (
    f"SELECT {_MESSAGE}, h.holder, h.attempts FROM holdings h JOIN messages m ON m.id = h.message WHERE h.acked = 0"  # noqa: S608
)
PUT_TOPIC = "INSERT OR REPLACE INTO topics VALUES (?, ?)"
PUT_SUBSCRIPTION = "INSERT OR REPLACE INTO subscriptions VALUES (?, ?)"
PUT_SNAPSHOT = "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?)"
SNAP = "INSERT INTO holdings SELECT ?, message, 0, 0 FROM holdings WHERE holder = ? AND acked = 0"
_PUT_MESSAGE = "INSERT INTO messages VALUES (?, ?, ?, ?, ?, ?)"
_HOLD = "INSERT OR REPLACE INTO holdings VALUES (?, ?, ?, 0)"
_LET_GO = "DELETE FROM holdings WHERE holder = ? AND message = ?"
_KEEP_ACKED = "UPDATE holdings SET acked = 1 WHERE holder = ? AND message = ?"
_DROP_MESSAGE = "DELETE FROM messages WHERE id = ?"
_ATTEMPTS = "UPDATE holdings SET attempts = ? WHERE holder = ? AND message = ?"
_OLD_ACKED = (
    "DELETE FROM holdings WHERE holder = ? AND acked = 1 "
    "AND message IN (SELECT id FROM messages WHERE published_ns < ?)"
)
_UNHELD = (
    "DELETE FROM messages WHERE topic = ? AND published_ns < ? "
    "AND NOT EXISTS (SELECT 1 FROM holdings h WHERE h.message = messages.id)"
)


def upgrade(connection: sqlite3.Connection) -> None:
    """Brings the file of an earlier version to this one's tables; the messages stay."""
    columns = {row[1] for row in connection.execute("PRAGMA table_info(messages)")}
    if not columns or "topic" in columns:
        return
    connection.execute("BEGIN")
    connection.execute("ALTER TABLE messages RENAME TO old_messages")
    for statement in SCHEMA.split(";"):
        connection.execute(statement)
    connection.execute(
        "INSERT INTO messages SELECT id, '', data, attributes, ordering_key, published_ns FROM old_messages"
    )
    connection.execute("INSERT INTO holdings SELECT subscription, message, attempts, 0 FROM deliveries")
    connection.execute("DROP TABLE old_messages")
    connection.execute("DROP TABLE deliveries")
    connection.execute("COMMIT")


def stored(row: tuple[Any, ...]) -> Stored:
    """A message of one of the queries above; its payload stays on the disk until it is asked for."""
    attributes = msgspec.json.decode(row[3], type=dict[str, str])
    return Stored(row[0], row[1], None, row[2], attributes, row[4], row[5], kept=True)


def payloads(count: int) -> str:
    """The query for the payloads of so many messages, by id."""
    return f"SELECT id, data FROM messages WHERE id IN ({', '.join('?' * count)})"  # noqa: S608 - marks only


def dropping(message: Stored) -> Statement:
    """Drops a message that nobody holds."""
    return _DROP_MESSAGE, (message.id,)


def publishing(message: Stored, holders: Iterable[str]) -> list[Statement]:
    """Keeps a new message for those that get it."""
    attributes = msgspec.json.encode(message.attributes)
    row = (message.id, message.topic, message.data, attributes, message.ordering_key, message.published_ns)
    return [(_PUT_MESSAGE, row), *holding(holders, message)]


def holding(holders: Iterable[str], message: Stored) -> list[Statement]:
    """Notes that a message waits for these holders."""
    return [(_HOLD, (holder, message.id, 0)) for holder in holders]


def letting_go(holder: str, message: Stored, *, keep: bool) -> list[Statement]:
    """Notes that a holder has no more need of a message; it stays, acknowledged, where it is to be kept."""
    if keep:
        return [(_KEEP_ACKED, (holder, message.id))]
    gone: list[Statement] = [(_LET_GO, (holder, message.id))]
    return gone if message.kept or message.holders > 0 else [*gone, dropping(message)]


def attempts(holder: str, deliveries: Iterable[Delivery]) -> list[Statement]:
    """Notes how often deliveries were attempted."""
    return [(_ATTEMPTS, (one.attempts, holder, one.message.id)) for one in deliveries]


def expiring_acked(holder: str, before_ns: int) -> Statement:
    """Drops what a subscription acknowledged and kept, once it is too old."""
    return _OLD_ACKED, (holder, before_ns)


def expiring_messages(topic: str, before_ns: int) -> Statement:
    """Drops the messages of a topic that nobody holds, once they are too old."""
    return _UNHELD, (topic, before_ns)
