"""The bridge function on AWS: frames that SNS held first, to Pub/Sub."""

from __future__ import annotations

from functools import cache
from typing import Any

from isthmus.adapters.aws.session import client
from isthmus.core.keeping import bridge
from isthmus.functions.aws.queue import QueueWorker
from isthmus.functions.brokers import broker
from isthmus.functions.handling import framed
from isthmus.functions.settings import Settings


@cache
def _worker() -> QueueWorker:
    settings = Settings.from_environment()
    there = broker("gcp", settings)
    sqs = client("sqs", settings.region, attempts=3)
    return QueueWorker(sqs, settings.dlq, framed(lambda frame: {"forwarded": bridge(frame, "aws", there)}))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Forwards a batch of frames; a record that failed is returned for another try."""
    return _worker().run(event, context)
