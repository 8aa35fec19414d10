"""Every metric of Isthmus: its name, what it means, and where it comes from. docs/metrics.md is written from this."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Kind = Literal["counter", "gauge"]


@dataclass(frozen=True)
class Metric:
    """A metric.

    Attributes:
        name: As OpenTelemetry writes names.
        kind: A counter only grows; a gauge is a figure of now.
        unit: What it is counted in (UCUM; what is in braces is a word for people).
        labels: What tells its series apart.
        says: What it means.
        aws: Where it comes from on AWS, "" where it is not there.
        gcp: Where it comes from on Google Cloud, "" where it is not there.
        local: Where it comes from on the laptop.
    """

    name: str
    kind: Kind
    unit: str
    labels: tuple[str, ...]
    says: str
    aws: str
    gcp: str
    local: str

    @property
    def prometheus(self) -> str:
        """The name as Prometheus has it: with the unit at its end, and `_total` of a counter."""
        unit = _PROMETHEUS_UNITS.get(self.unit, "")
        name = self.name.replace(".", "_") + (f"_{unit}" if unit else "")
        return name.replace("_bytes_bytes", "_bytes") + ("_total" if self.kind == "counter" else "")


_PROMETHEUS_UNITS = {"s": "seconds", "By": "bytes", "USD": "usd", "USD/h": "usd_per_hour"}
_LINES = "the functions' log lines"
_LEDGER = "the balance of both archives"

METRICS = (
    Metric(
        "isthmus.requests",
        "counter",
        "{request}",
        ("cloud", "part"),
        "Requests to ingest; batches and pushes that archive and bridge were given.",
        "AWS/ApiGateway Count; AWS/Lambda Invocations",
        "run.googleapis.com/request_count",
        _LINES,
    ),
    Metric(
        "isthmus.errors",
        "counter",
        "{request}",
        ("cloud", "part"),
        "Of these, the ones that ended in an error of Isthmus: a 5xx of ingest, a batch or push that comes again.",
        "AWS/ApiGateway 5xx; AWS/Lambda Errors",
        "run.googleapis.com/request_count of the class 5xx",
        _LINES,
    ),
    Metric(
        "isthmus.refused",
        "counter",
        "{request}",
        ("cloud", "part"),
        "Requests that were the sender's fault: a 4xx of ingest.",
        "AWS/ApiGateway 4xx",
        "run.googleapis.com/request_count of the class 4xx",
        _LINES,
    ),
    Metric(
        "isthmus.duration",
        "counter",
        "s",
        ("cloud", "part"),
        "Time that all of these took; divided by the requests it is their mean.",
        "AWS/Lambda Duration, sum",
        "run.googleapis.com/request_latencies, sum",
        _LINES,
    ),
    Metric(
        "isthmus.duration.p99",
        "gauge",
        "s",
        ("cloud", "part"),
        "One of a hundred of the last five minutes' took longer.",
        "AWS/ApiGateway Latency, AWS/Lambda Duration, p99",
        "run.googleapis.com/request_latencies, 99th percentile",
        _LINES,
    ),
    Metric(
        "isthmus.stored.events",
        "counter",
        "{event}",
        ("cloud",),
        "Events that archive wrote; what was there already is not counted again.",
        "",
        "",
        _LINES,
    ),
    Metric(
        "isthmus.stored.objects",
        "counter",
        "{object}",
        ("cloud",),
        "Objects that archive wrote.",
        "",
        "",
        _LINES,
    ),
    Metric(
        "isthmus.stored.bytes",
        "counter",
        "By",
        ("cloud",),
        "Bytes of these objects.",
        "",
        "",
        _LINES,
    ),
    Metric(
        "isthmus.archive.lag",
        "gauge",
        "s",
        ("cloud",),
        "The longest time from accepting a frame to archiving it, of the last five minutes, whichever cloud took it.",
        "",
        "",
        _LINES,
    ),
    Metric(
        "isthmus.bridge.lag",
        "gauge",
        "s",
        ("cloud",),
        "The same of what came from the other cloud, over its bridge.",
        "isthmus/PREFIX bridge_lag, a filter of the log",
        "logging.googleapis.com/user/PREFIX-bridge-lag",
        _LINES,
    ),
    Metric(
        "isthmus.queue.messages",
        "gauge",
        "{message}",
        ("cloud", "queue"),
        "Frames that wait for archive or bridge, or are being handled.",
        "AWS/SQS ApproximateNumberOfMessagesVisible, …NotVisible",
        "pubsub.googleapis.com/subscription/num_undelivered_messages",
        "the local queues",
    ),
    Metric(
        "isthmus.queue.oldest_age",
        "gauge",
        "s",
        ("cloud", "queue"),
        "How long the oldest of them has waited.",
        "AWS/SQS ApproximateAgeOfOldestMessage",
        "pubsub.googleapis.com/subscription/oldest_unacked_message_age",
        "the local queues",
    ),
    Metric(
        "isthmus.queue.dead_letters",
        "gauge",
        "{message}",
        ("cloud", "queue"),
        "Frames that were given up.",
        "AWS/SQS ApproximateNumberOfMessagesVisible of the dead-letter queue",
        "pubsub.googleapis.com/subscription/num_undelivered_messages of the dead-letter subscription",
        "the local queues",
    ),
    Metric(
        "isthmus.ingest.up",
        "gauge",
        "1",
        ("cloud",),
        "Whether ingest says that it can publish (`/readyz`), asked from outside.",
        "CloudWatchSynthetics SuccessPercent",
        "monitoring.googleapis.com/uptime_check/check_passed",
        "a request through the fault proxy",
    ),
    Metric(
        "isthmus.replication.missing",
        "gauge",
        "{object}",
        ("cloud",),
        "Objects that the other archive has and this one lacks, but for what may be on its way.",
        "isthmus/PREFIX replication_missing_CLOUD, a filter of the ledger's log",
        "logging.googleapis.com/user/PREFIX-replication-missing-CLOUD",
        _LEDGER,
    ),
    Metric(
        "isthmus.replication.oldest_missing_age",
        "gauge",
        "s",
        ("cloud",),
        "The age of the oldest of them: what the loss of the other cloud now would cost.",
        "isthmus/PREFIX replication_oldest_missing_age_CLOUD, a filter of the ledger's log",
        "logging.googleapis.com/user/PREFIX-replication-oldest-missing-age-CLOUD",
        _LEDGER,
    ),
    Metric(
        "isthmus.replication.lag",
        "gauge",
        "s",
        ("cloud",),
        "The longest time from accepting a frame to its object, of the last hour's.",
        "isthmus/PREFIX replication_lag_CLOUD, a filter of the ledger's log",
        "logging.googleapis.com/user/PREFIX-replication-lag-CLOUD",
        _LEDGER,
    ),
    Metric(
        "isthmus.replication.corrupt",
        "gauge",
        "{object}",
        (),
        "Objects of the same key and other contents.",
        "isthmus/PREFIX replication_corrupt, a filter of the ledger's log",
        "logging.googleapis.com/user/PREFIX-replication-corrupt",
        _LEDGER,
    ),
    Metric(
        "isthmus.replication.objects",
        "gauge",
        "{object}",
        ("cloud",),
        "Objects that the archive has.",
        "",
        "",
        _LEDGER,
    ),
    Metric(
        "isthmus.replication.compared",
        "counter",
        "{comparison}",
        ("cloud",),
        "Times that the ledger there could compare both archives: when it can't, nothing is said of what is missing.",
        "isthmus/PREFIX replication_compared, a filter of the ledger's log",
        "run.googleapis.com/request_count of the ledger, of the class 2xx",
        _LINES,
    ),
    Metric(
        "isthmus.calls",
        "counter",
        "{call}",
        ("call",),
        "Calls to brokers and buckets that the functions made, which are billed.",
        "",
        "",
        _LINES,
    ),
    Metric(
        "isthmus.cost.per_million_events",
        "gauge",
        "USD",
        (),
        "What a million events cost at list price, by the calls really made for the events stored.",
        "",
        "",
        "the calls and the price book",
    ),
    Metric(
        "isthmus.cost.rate",
        "gauge",
        "USD/h",
        (),
        "What the events of the last five minutes would cost, if an hour went on like them.",
        "",
        "",
        "the calls and the price book",
    ),
)
BY_NAME = {metric.name: metric for metric in METRICS}
NONE = Metric("", "counter", "", (), "", "", "", "")
"""Of a name that nothing has."""
