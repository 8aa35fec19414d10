"""The function of a handler of your own: frames of one type from SQS."""

from __future__ import annotations

from functools import cache
from typing import Any

from isthmus.adapters.aws.session import client
from isthmus.functions.aws.queue import QueueWorker
from isthmus.functions.own import handle_of
from isthmus.functions.settings import Settings


@cache
def _worker() -> QueueWorker:
    settings = Settings.from_environment()
    return QueueWorker(client("sqs", settings.region, attempts=3), settings.dlq, handle_of(settings.handler))


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Hands a batch of frames to the handler; a record that failed is returned for another try."""
    return _worker().run(event, context)
