"""Where the figures come from: the local clouds' queues and logs, ingest's own word, the balance, the price book."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from isthmus.archive.balance import GRACE_SECONDS, Rules, reckon
from isthmus.archive.gauges import gauges
from isthmus.core.errors import IsthmusError
from isthmus.cost.event_path import COUNTED, MILLION, per_million
from isthmus.cost.prices import PriceBook
from isthmus.cost.prices import load as load_prices
from isthmus.cost.shape import Shape
from isthmus.local import logs
from isthmus.local.endpoints import Endpoints
from isthmus.local.ledger import ledger
from isthmus.local.rundir import RunDirectory
from isthmus.local.watch.totals import Series, Totals

ANSWER_SECONDS = 2.0
QUEUES_PATH = "/_isthmus/queues"
LOOK_FOR_LOGS_SECONDS = 30.0
EXPECTED_LOGS = 2
"""While there are fewer, it is looked at once."""
BALANCE_SECONDS = 30.0
BALANCE_SHARE = 0.005
"""The share of the time that drawing up balances may take."""


@dataclass
class Queues:
    """Asks both local clouds for their queues."""

    http: httpx.Client

    def read(self, endpoints: Endpoints, now: float) -> dict[Series, float]:
        """What waits in each queue, since when, and what was given up; nothing of a cloud that doesn't answer."""
        found: dict[Series, float] = {}
        for cloud, base in (("aws", endpoints.aws), ("gcp", endpoints.gcp_http)):
            try:
                queues = self.http.get(base + QUEUES_PATH).raise_for_status().json()
            except httpx.HTTPError:
                continue
            prefix = str(endpoints.outputs[cloud]["topic"]).rpartition("-")[0].rpartition("/")[2].rpartition(":")[2]
            for consumer in endpoints.consumers:
                found |= _queue(cloud, consumer, queues.get(f"{prefix}-{consumer}"), now)
                dead = queues.get(f"{prefix}-{consumer}-dlq")
                if dead:
                    found["isthmus.queue.dead_letters", (cloud, consumer)] = dead["messages"]
        return found


def _queue(cloud: str, consumer: str, queue: Mapping[str, int] | None, now: float) -> dict[Series, float]:
    if queue is None:
        return {}
    waits = max(0.0, now - queue["oldest_ms"] / 1000) if queue["messages"] else 0.0
    labels = (cloud, consumer)
    return {
        ("isthmus.queue.messages", labels): queue["messages"],
        ("isthmus.queue.oldest_age", labels): round(waits, 3),
    }


@dataclass
class Ingests:
    """Asks each ingest through the fault proxies whether it can publish."""

    http: httpx.Client

    def read(self, endpoints: Endpoints) -> dict[Series, float]:
        """1 for each that can, 0 for each that can't or doesn't answer."""
        return {("isthmus.ingest.up", (cloud,)): float(self._ready(base)) for cloud, base in endpoints.ingests.items()}

    def _ready(self, base: str) -> bool:
        try:
            return self.http.get(f"{base}/readyz").status_code == 200
        except httpx.HTTPError:
            return False


@dataclass
class Lines:
    """Reads what the functions' logs have grown by."""

    run: RunDirectory
    totals: Totals
    _logs: dict[str, logs.Log] = field(default_factory=dict)
    _looked: float = float("-inf")

    def read(self, now: float) -> None:
        """Adds what was logged since the last time."""
        self._look()
        for name, log in self._logs.items():
            fresh = name in self._read
            for line in _structured(self._more(log)):
                self.totals.add(line, now, fresh=fresh)
            self._read.add(name)

    _read: set[str] = field(default_factory=set)

    def _look(self) -> None:
        """Finds logs that are new, now and then."""
        if time.monotonic() - self._looked < LOOK_FOR_LOGS_SECONDS and len(self._logs) >= EXPECTED_LOGS:
            return
        self._looked = time.monotonic()
        for name, log in logs.logs(self.run).items():
            if "." in name:
                self._logs.setdefault(name, log)

    def _more(self, log: logs.Log) -> Iterator[str]:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            yield from log.more()
        except (BotoCoreError, ClientError, OSError):
            return  # The cloud is down, and its log goes on when it is up again.


def _structured(texts: Iterator[str]) -> Iterator[dict[str, Any]]:
    for text in texts:
        if text.startswith("{"):
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if isinstance(line, dict):
                yield line


@dataclass
class Balances:
    """Draws up the balance of both archives, the more seldom the longer that takes."""

    run: RunDirectory
    clock: Callable[[], float]
    _next: float = float("-inf")
    _found: dict[Series, float] = field(default_factory=dict)

    def read(self) -> dict[Series, float]:
        """What the last balance said; nothing while an archive can't be listed."""
        if time.monotonic() < self._next:
            return self._found
        began = time.monotonic()
        rules = Rules(grace_seconds=GRACE_SECONDS, clock_ms=lambda: int(self.clock() * 1000))
        try:
            with ledger(self.run) as books:
                balance = reckon(books.aws, books.gcp, rules, known=books.known)
        except IsthmusError:
            # Most of its time was waiting for who doesn't answer: that is no reason to ask more seldom, once healed.
            self._found, pause = {}, BALANCE_SECONDS
        else:
            pause = max(BALANCE_SECONDS, (time.monotonic() - began) / BALANCE_SHARE)
            self._found = {
                (gauge.name, (gauge.cloud,) if gauge.cloud else ()): gauge.value for gauge in gauges(balance)
            }
        self._next = time.monotonic() + pause
        return self._found


@dataclass
class Costs:
    """Puts prices on the calls that were made."""

    _book: PriceBook | None = None

    def read(self, grown: Callable[[Series], float], totals: Totals, seconds: float) -> dict[Series, float]:
        """What events cost: by the calls of the last minutes where there were events, else by all of them.

        Args:
            grown: How much a counter grew in the last minutes.
            totals: All that was counted.
            seconds: How long these minutes are.
        """
        stored = max(grown(("isthmus.stored.events", (cloud,))) for cloud in ("aws", "gcp"))
        of: Callable[[Series], float] = grown if stored else (lambda series: totals.counts.get(series, 0.0))
        found = self._per_million(of, totals)
        if found is None:
            return {}
        return {
            ("isthmus.cost.per_million_events", ()): round(found, 6),
            ("isthmus.cost.rate", ()): round(found * stored / MILLION * 3600 / seconds, 9),
        }

    def _per_million(self, of: Callable[[Series], float], totals: Totals) -> float | None:
        def most(metric: str) -> float:
            return max(of((metric, (cloud,))) for cloud in ("aws", "gcp"))

        events, objects = most("isthmus.stored.events"), most("isthmus.stored.objects")
        ingest = {cloud: of(("isthmus.requests", (cloud, "ingest"))) for cloud in ("aws", "gcp")}
        requests, everything = sum(ingest.values()), sum(_requests(totals))
        if not (events and objects and requests and everything):
            return None
        size = most("isthmus.stored.bytes") / objects
        shape = Shape(events / objects, size, events / requests, totals.request_bytes / everything)
        calls = {name: round(of(("isthmus.calls", (name,)))) for name in COUNTED if "ingest." not in name}
        calls |= {f"ingest.{cloud}": round(count) for cloud, count in ingest.items()}
        self._book = self._book or load_prices()
        made = {name: count for name, count in calls.items() if count}
        return per_million(made, round(events), shape, book=self._book).total_usd


def _requests(totals: Totals) -> list[float]:
    return [totals.counts.get(("isthmus.requests", (cloud, "ingest")), 0.0) for cloud in ("aws", "gcp")]


def client() -> httpx.Client:
    """Asks on loopback alone, and waits for nobody long."""
    return httpx.Client(timeout=ANSWER_SECONDS, trust_env=False)
