"""Notifications to Pub/Sub: what is written about an object is announced, once that is committed, however it ends.

An announcement is kept with the write itself and removed once Pub/Sub has it: a kill between the two repeats it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping, Sequence

import msgspec

from isthmus.local.google.storage.common import Json
from isthmus.local.google.storage.errors import StorageError

EVENTS = ("OBJECT_FINALIZE", "OBJECT_METADATA_UPDATE", "OBJECT_DELETE", "OBJECT_ARCHIVE")
_FORMATS = ("JSON_API_V1", "NONE")
_TOPIC = re.compile(r"(?://pubsub\.googleapis\.com/)?(projects/[^/]+/topics/[^/]+)")
_MOST = 100
"""Configurations of a bucket (Cloud Storage quotas, 2026-11)."""


class Notifications:
    """The configurations and the announcements that wait, over one connection.

    Args:
        db: The connection; what is written is committed by whoever owns it.

    Attributes:
        recorded: How many announcements were recorded since the start.
    """

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self.recorded = 0

    def create(self, bucket: str, wanted: Json) -> Json:
        """Keeps a configuration under the next number."""
        rows = self._db.execute("SELECT id FROM notifications WHERE bucket = ?", (bucket,)).fetchall()
        if len(rows) >= _MOST:
            raise StorageError(400, f"A bucket has at most {_MOST} notification configurations.")
        _check(wanted)
        number = str(max((int(row[0]) for row in rows), default=0) + 1)
        body: Json = {"kind": "storage#notification", "id": number, "payload_format": "JSON_API_V1", **wanted}
        body["topic"] = f"//pubsub.googleapis.com/{topic_of(wanted)}"
        body |= {"etag": number, "selfLink": f"/storage/v1/b/{bucket}/notificationConfigs/{number}"}
        self._db.execute("INSERT INTO notifications VALUES (?, ?, ?)", (bucket, number, msgspec.json.encode(body)))
        return body

    def of_bucket(self, bucket: str) -> list[Json]:
        """The configurations of a bucket."""
        sql = "SELECT body FROM notifications WHERE bucket = ? ORDER BY CAST(id AS INTEGER)"
        return [dict(msgspec.json.decode(row[0])) for row in self._db.execute(sql, (bucket,))]

    def get(self, bucket: str, number: str) -> Json:
        """One configuration. 404 when there is none."""
        sql = "SELECT body FROM notifications WHERE bucket = ? AND id = ?"
        row = self._db.execute(sql, (bucket, number)).fetchone()
        if row is None:
            raise StorageError(404, f"Notification {number} was not found in bucket {bucket}.")
        return dict(msgspec.json.decode(row[0]))

    def delete(self, bucket: str, number: str) -> None:
        """Removes a configuration."""
        self.get(bucket, number)
        self._db.execute("DELETE FROM notifications WHERE bucket = ? AND id = ?", (bucket, number))

    def forget(self, bucket: str) -> None:
        """Removes all configurations of a bucket that goes."""
        self._db.execute("DELETE FROM notifications WHERE bucket = ?", (bucket,))

    def record(self, event: str, meta: Json, when: str, more: Mapping[str, str]) -> None:
        """Notes what happened to an object for everyone who wants to know.

        Args:
            event: One of `EVENTS`.
            meta: The object.
            when: The time.
            more: Further attributes: which generation was overwritten, or by which.
        """
        for one in self.of_bucket(meta["bucket"]):
            if event not in (one.get("event_types") or EVENTS):
                continue
            if not meta["name"].startswith(one.get("object_name_prefix", "")):
                continue
            attributes = {**one.get("custom_attributes", {}), **_attributes(event, meta, when, one), **more}
            data = msgspec.json.encode(meta) if one["payload_format"] == "JSON_API_V1" else b""
            row = (_TOPIC.fullmatch(one["topic"])[1], msgspec.json.encode(attributes), data)  # type: ignore[index]
            self._db.execute("INSERT INTO outbox (topic, attributes, data) VALUES (?, ?, ?)", row)
            self.recorded += 1

    def waiting(self, count: int) -> list[tuple[int, str, dict[str, str], bytes]]:
        """The oldest announcements that are not sent: number, topic, attributes, payload."""
        rows = self._db.execute("SELECT number, topic, attributes, data FROM outbox ORDER BY number LIMIT ?", (count,))
        return [(row[0], row[1], msgspec.json.decode(row[2]), row[3]) for row in rows]

    def sent(self, numbers: Sequence[int]) -> None:
        """Removes announcements that were sent."""
        self._db.executemany("DELETE FROM outbox WHERE number = ?", [(number,) for number in numbers])


def topic_of(wanted: Json) -> str:
    """The topic's resource name. 400 when it isn't given as Cloud Storage wants it."""
    match = _TOPIC.fullmatch(str(wanted.get("topic", "")))
    if not match:
        raise StorageError(400, f"Invalid Google Cloud Pub/Sub topic: '{wanted.get('topic')}'.", "topic")
    return match[1]


def _check(wanted: Json) -> None:
    topic_of(wanted)
    if wanted.get("payload_format", "JSON_API_V1") not in _FORMATS:
        raise StorageError(400, f"Invalid payload format: '{wanted['payload_format']}'.", "payload_format")
    for event in wanted.get("event_types") or ():
        if event not in EVENTS:
            raise StorageError(400, f"Invalid event type: '{event}'.", "event_types")


def _attributes(event: str, meta: Json, when: str, config: Json) -> dict[str, str]:
    return {
        "notificationConfig": f"projects/_/buckets/{meta['bucket']}/notificationConfigs/{config['id']}",
        "eventType": event,
        "payloadFormat": config["payload_format"],
        "bucketId": meta["bucket"],
        "objectId": meta["name"],
        "objectGeneration": meta["generation"],
        "eventTime": when,
    }
