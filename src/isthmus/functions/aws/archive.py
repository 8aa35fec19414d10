"""The archive function: frames from SQS to S3."""

from __future__ import annotations

from dataclasses import asdict
from functools import cache
from typing import Any

from isthmus.adapters.aws.bucket import S3Bucket
from isthmus.adapters.aws.session import client
from isthmus.core.keeping import keep
from isthmus.functions.aws.queue import QueueWorker
from isthmus.functions.handling import framed
from isthmus.functions.log import CALLS
from isthmus.functions.settings import Settings


@cache
def _worker() -> QueueWorker:
    settings = Settings.from_environment()
    bucket = S3Bucket(client("s3", settings.region, attempts=3), settings.bucket, CALLS)
    sqs = client("sqs", settings.region, attempts=3)
    return QueueWorker(sqs, settings.dlq, framed(lambda frame: asdict(keep(frame, bucket))))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Keeps a batch of frames; a record that failed is returned for another try."""
    return _worker().run(event, context)
