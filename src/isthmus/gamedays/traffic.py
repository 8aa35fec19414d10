"""The producer of a game day: sends at a pace until told to stop, and remembers how long each event waited."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from isthmus.core.errors import IsthmusError
from isthmus.gamedays.demo import publisher_config
from isthmus.gamedays.record import Acknowledged, RecordWriter, identities
from isthmus.gamedays.site import Site
from isthmus.publisher import Publisher, PublisherConfig, RejectedEvent, Stats

TICK_SECONDS = 0.02


@dataclass(frozen=True)
class Pace:
    """How the producer sends.

    Attributes:
        events_per_second: Its pace.
        types: Over how many types the events are spread.
        spool_after_seconds: How long a batch is tried before it is spooled.
        linger_seconds: How long a batch waits for more events.
    """

    events_per_second: float = 200.0
    types: int = 1
    spool_after_seconds: float = 15.0
    linger_seconds: float = 0.1


@dataclass(frozen=True)
class Answer:
    """An acknowledgement.

    Attributes:
        at: Monotonic seconds.
        cloud: Whose ingest.
        events: How many.
        waited: The longest that one of them waited since it was sent, seconds.
    """

    at: float
    cloud: str
    events: int
    waited: float


@dataclass
class Sent:
    """What the producer knows.

    Attributes:
        answers: Each acknowledgement, in order.
        rejected: Reasons, with how many events.
        stopped: When it was told to stop, monotonic seconds; 0 before.
        ended: When everything was acknowledged after that, or patience ended.
        stats: The publisher's figures then.
    """

    answers: list[Answer] = field(default_factory=list)
    rejected: list[tuple[str, int]] = field(default_factory=list)
    stopped: float = 0.0
    ended: float = 0.0
    stats: Stats = field(default_factory=Stats)


class Traffic:
    """A producer on a thread of its own.

    Args:
        site: Where it sends.
        pace: How.
        type_: What the types of its events begin with.
        folder: Where its record and its spool are.
    """

    def __init__(self, site: Site, pace: Pace, type_: str, folder: Path) -> None:
        self.sent = Sent()
        self._pace = pace
        self._type = type_
        self._times: list[float] = []
        self._stop = threading.Event()
        self._record = RecordWriter(folder / "record.ndjson")
        self._publisher = Publisher(_config(site, pace, folder), on_accepted=self._accepted, on_rejected=self._rejected)
        self._thread = threading.Thread(target=self._run, name="isthmus-traffic", daemon=True)
        self._thread.start()

    def stats(self) -> Stats:
        """The publisher's figures now; the last ones once it is stopped."""
        return self.sent.stats if self.sent.ended else self._publisher.stats()

    def stop(self, flush_seconds: float) -> int:
        """Stops sending and waits for what is on its way; returns how many events are left unacknowledged.

        What is left stays in the producer's spool.
        """
        self._stop.set()
        self._thread.join()
        self.sent.stopped = time.monotonic()
        whole = self._publisher.flush(flush_seconds)
        self.sent.stats = self._publisher.stats()
        self.sent.ended = time.monotonic()
        if not whole:
            stats = self.sent.stats
            return stats.sent - stats.accepted - stats.rejected
        return 0

    def close(self) -> None:
        """Ends it, wherever it is; may be called twice."""
        self._stop.set()
        self._thread.join()
        try:
            self._publisher.close(2.0)
        except IsthmusError as error:
            self.sent.rejected.append((error.what, 1))
        self._record.close()

    def _run(self) -> None:
        began, number = time.monotonic(), 0
        while not self._stop.wait(TICK_SECONDS):
            due = int((time.monotonic() - began) * self._pace.events_per_second)
            now = time.monotonic()
            self._times += [now] * (due - number)
            self._publisher.send_many(self._event(one) for one in range(number, due))
            number = max(number, due)

    def _event(self, number: int) -> bytes:
        event = {
            "specversion": "1.0",
            "id": str(number),
            "source": f"/gamedays/{self._type}",
            "type": f"{self._type}.{number % self._pace.types}",
            "data": {"number": number},
        }
        return json.dumps(event, separators=(",", ":")).encode()

    def _accepted(self, events: Sequence[bytes], seconds: float, endpoint: str) -> None:
        found, now = identities(events), time.monotonic()
        waited = max(now - self._times[int(one.id)] for one in found)
        self.sent.answers.append(Answer(now, endpoint, len(found), waited))
        self._record.add(Acknowledged(time.time_ns() // 1_000_000, round(seconds * 1000, 1), endpoint, found))

    def _rejected(self, events: Sequence[RejectedEvent]) -> None:
        self.sent.rejected.append((events[0].reason, len(events)))


def _config(site: Site, pace: Pace, folder: Path) -> PublisherConfig:
    config = publisher_config(site.run, site.endpoints, site.clock.now_ns)
    return replace(
        config,
        spool_path=folder / "spool.sqlite",
        spool_after_seconds=pace.spool_after_seconds,
        linger_seconds=pace.linger_seconds,
    )
