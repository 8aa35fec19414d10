"""The alert function: budgets, alarms and drift from SQS to people."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from isthmus.adapters.aws.session import client
from isthmus.core.telling import Teller
from isthmus.functions.alerting import teller
from isthmus.functions.aws.queue import QueueWorker
from isthmus.functions.settings import Settings


@cache
def _teller() -> Teller:
    """Made at the first message: the secret is read then, and a message waits while it can't be."""
    return teller(Settings.from_environment())


@cache
def _worker() -> QueueWorker:
    settings = Settings.from_environment()
    return QueueWorker(client("sqs", settings.region, attempts=3), settings.dlq, _handle)


def _handle(attributes: Mapping[str, str], body: bytes) -> dict[str, Any]:
    return _teller().handle(attributes, body)


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Tells a batch of messages; a record that failed is returned for another try."""
    return _worker().run(event, context)
