"""What the event path costs per million events, line by line, from calls that were counted or from the model alone.

Half of the events come in on each cloud; each frame is published on both brokers and kept in both archives. How each
service bills (all read 2026-11):

- SNS: each 64 KB of a publish, attributes included, is a request (cloudburn.io/blog/amazon-sqs-pricing and
  factualminds.com on SNS, 2026). Deliveries to SQS are listed, not priced.
- SQS: each 64 KB of a send, receive or delete is a request; Lambda's own receives and deletes are billed too
  (factualminds.com/blog/amazon-sqs-pricing-64kb-rule-fifo-vs-standard, 2026-06-13).
- HTTP API: each 512 KB of a request is a call (stormit.cloud/blog/amazon-api-gateway-pricing).
- Pub/Sub: bytes of body, attributes, 20 for the time and the message's id; at least 1,000 a request; again for each
  subscription's delivery, also of messages that its filter leaves out (cloud.google.com/pubsub/pricing and
  docs.cloud.google.com/pubsub/docs/filtering).
- Cloud Run: vCPU and memory while a request is served (cloud.google.com/run/pricing); rounding to 100 ms is an
  instance's, not a request's, and is left out.
- S3 bucket keys and the SQS data key (reused for 300 s) make KMS requests a matter of time, not of events
  (AWS: R = B / D * (2P + C), SQS developer guide); Cloud Storage asks Cloud KMS for each object, taken as one
  operation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

from isthmus.cost.estimate import GB, GIB, Estimate, Line, Lines
from isthmus.cost.prices import PriceBook, load
from isthmus.cost.shape import Shape, Sizes

MILLION = 1_000_000
KIB, TIB = 2**10, 2**40
SNS_REQUEST_BYTES = SQS_REQUEST_BYTES = 64 * KIB
HTTP_CALL_BYTES = 512 * KIB
PUBSUB_MIN_BYTES = 1000
PUBSUB_OVERHEAD_BYTES = 40
"""20 for the time and about 20 for the id of a message."""

COUNTED = {
    "sns.Publish": "sns",
    "pubsub.Publish": "pubsub",
    "s3.PutObject": "s3",
    "storage.objects.insert": "gcs",
    "s3.ListObjectsV2": "s3_list",
    "s3.GetObject": "s3_get",
    "storage.objects.list": "gcs_list",
    "storage.objects.get": "gcs_get",
    "ingest.aws": "ingest_aws",
    "ingest.gcp": "ingest_gcp",
}
"""Names of calls as the adapters count them (`ingest.*`: requests that ingest got), and the quantity that each is."""


def model(shape: Shape, events: float = MILLION) -> dict[str, float]:
    """Returns the calls that a number of events need: quantities by name."""
    frames = events / shape.events_per_frame
    requests = events / shape.events_per_request
    return {
        "ingest_aws": requests / 2,
        "ingest_gcp": requests / 2,
        "sns": frames,
        "pubsub": frames,
        "s3": frames,
        "gcs": frames,
        "s3_list": 0.0,
        "s3_get": 0.0,
        "gcs_list": 0.0,
        "gcs_get": 0.0,
    }


def broker_calls(shape: Shape) -> float:
    """Returns the publishes on both brokers that a million events need."""
    quantities = model(shape)
    return quantities["sns"] + quantities["pubsub"]


def modelled(shape: Shape, sizes: Sizes | None = None, book: PriceBook | None = None) -> Estimate:
    """Returns the cost of a million events of a shape, by the model alone."""
    return per_million({}, MILLION, shape, sizes, book)


def per_million(
    calls: Mapping[str, int],
    events: int,
    shape: Shape,
    sizes: Sizes | None = None,
    book: PriceBook | None = None,
) -> Estimate:
    """Returns the cost of a million events from the calls that a number of events really made.

    What was not counted (queues, pushes, functions) follows from what was, by the model.

    Args:
        calls: Calls by name (`COUNTED`); a name that is not known is listed as not priced.
        events: Events that they were made for.
        shape: Averages of the same events.
        sizes: The functions' sizes; dev's without it.
        book: Prices; the package's without it.
    """
    if events <= 0:
        raise ValueError(f"a cost per event needs events, not {events}")
    scale = MILLION / events
    quantities = model(shape)
    counted = {quantity: calls[name] * scale for name, quantity in COUNTED.items() if name in calls}
    ledger = Lines(sizes or Sizes(), load() if book is None else book, set(counted))
    quantities |= counted
    _ingest(ledger, shape, quantities)
    _aws(ledger, shape, quantities)
    _gcp(ledger, shape, quantities)
    _bridge(ledger, shape, quantities)
    _storage(ledger, shape, quantities)
    _unpriced(ledger, quantities)
    for name in sorted(calls.keys() - COUNTED.keys()):
        ledger.unknown(
            "other",
            name.split(".")[0],
            name,
            calls[name] * scale,
            "call",
            "a call that the model doesn't know",
        )
    return Estimate(tuple(ledger.priced), tuple(ledger.unpriced))


def _chunks(size_bytes: float, each: int) -> int:
    return max(1, math.ceil(size_bytes / each))


def _ingest(lines: Lines, shape: Shape, n: Mapping[str, float]) -> None:
    calls = _chunks(shape.request_bytes, HTTP_CALL_BYTES) * n["ingest_aws"]
    publishes = shape.events_per_request / shape.events_per_frame
    lines.add("ingest", "aws.apigateway.http", "HTTP API calls", calls, "ingest_aws")
    memory = lines.sizes.ingest_memory_mb
    # A request's frames are published one after the other: a message an event makes a request wait for each of them.
    lines.function("ingest", "ingest", n["ingest_aws"], n["ingest_aws"] * publishes, MILLION / 2, memory, "ingest_aws")
    lines.service("ingest", "ingest", n["ingest_gcp"], n["ingest_gcp"] * publishes, MILLION / 2, "ingest_gcp")


def _aws(lines: Lines, shape: Shape, n: Mapping[str, float]) -> None:
    size = shape.text_bytes()
    lines.add(
        "broker",
        "aws.sns.publish",
        "SNS publishes, by 64 KB",
        n["sns"] * _chunks(size, SNS_REQUEST_BYTES),
        "sns",
    )
    batch = max(1.0, min(shape.frames_per_batch, 10.0))
    for name, messages in (("archive", n["sns"]), ("bridge", n["sns"] / 2)):
        part = "archive" if name == "archive" else "bridge"
        batches = messages / batch
        sends, receives = (
            messages * _chunks(size, SQS_REQUEST_BYTES),
            batches * _chunks(size * batch, SQS_REQUEST_BYTES),
        )
        lines.add(
            part,
            "aws.sqs.request",
            f"SQS {name}: sends and receives by 64 KB, deletes",
            sends + receives + batches,
            "sns",
        )
        events = MILLION if name == "archive" else 0
        lines.function(part, name, batches, messages, events, lines.sizes.worker_memory_mb, "sns")
    lines.add("archive", "aws.s3.write", "S3 writes", n["s3"] + n["s3_list"], "s3")
    lines.add("archive", "aws.s3.read", "S3 reads", n["s3_get"], "s3_get")


def _gcp(lines: Lines, shape: Shape, n: Mapping[str, float]) -> None:
    message = max(PUBSUB_MIN_BYTES, shape.payload_bytes + shape.attribute_bytes + PUBSUB_OVERHEAD_BYTES)
    tib = n["pubsub"] * message / TIB
    lines.add("broker", "gcp.pubsub.throughput", "Pub/Sub publishes", tib, "pubsub")
    lines.add("archive", "gcp.pubsub.throughput", "Pub/Sub deliveries to archive", tib, "pubsub")
    note = "with what its filter leaves out, which is charged too"
    lines.add("bridge", "gcp.pubsub.throughput", "Pub/Sub deliveries to bridge", tib, "pubsub", note)
    lines.service("archive", "archive", n["pubsub"], n["pubsub"], MILLION, "pubsub")
    lines.service("bridge", "bridge", n["pubsub"] / 2, n["pubsub"] / 2, 0, "pubsub")
    lines.add("archive", "gcp.gcs.write", "Cloud Storage class A operations", n["gcs"] + n["gcs_list"], "gcs")
    lines.add("archive", "gcp.gcs.read", "Cloud Storage class B operations", n["gcs_get"], "gcs_get")
    lines.add("keys", "gcp.kms.operation", "Cloud KMS operations, one an object", n["gcs"], "gcs")


def _bridge(lines: Lines, shape: Shape, n: Mapping[str, float]) -> None:
    over = shape.payload_bytes + shape.attribute_bytes
    lines.add("egress", "aws.egress", "AWS to Google Cloud", n["sns"] / 2 * over / GB, "sns")
    back = shape.text_bytes()
    lines.add("egress", "gcp.egress", "Google Cloud to AWS", n["pubsub"] / 2 * back / GIB, "pubsub")


def _storage(lines: Lines, shape: Shape, n: Mapping[str, float]) -> None:
    frames = MILLION / shape.events_per_frame
    lines.add("storage", "aws.s3.storage", "S3, kept for a month", frames * shape.payload_bytes / GB)
    lines.add("storage", "gcp.gcs.storage", "Cloud Storage, kept for a month", frames * shape.payload_bytes / GIB)


_BY_TIME = (
    (
        "keys",
        "aws",
        "KMS requests of SNS, SQS and S3",
        "request",
        "by time (a data key is reused for 300 s), not by events",
    ),
    ("keys", "gcp", "Cloud KMS operations of Pub/Sub", "operation", "by time, not by events"),
    ("archive", "aws", "SQS receives of idle queues", "request", "by time: Lambda polls empty queues, too"),
    ("ingest", "gcp", "load balancer", "hour", "by time: an environment's cost, not an event's"),
)


def _unpriced(lines: Lines, n: Mapping[str, float]) -> None:
    note = "free as far as is known; no dated source"
    lines.unknown("broker", "aws", "SNS deliveries to SQS", n["sns"] * 1.5, "delivery", note)
    for part, cloud, item, unit, why in _BY_TIME:
        lines.unknown(part, cloud, item, None, unit, why)


__all__ = [
    "COUNTED",
    "Estimate",
    "Line",
    "Shape",
    "Sizes",
    "broker_calls",
    "model",
    "modelled",
    "per_million",
]
