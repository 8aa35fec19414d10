"""SQS event source mapping: batches with partial failures, backoff and dead letters that say why."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Any

from isthmus.core import frames, trace
from isthmus.core.errors import PoisonedFrame, Throttled, Unavailable
from isthmus.core.spans import Span, Value, current
from isthmus.functions import log, tracing
from isthmus.functions.handling import Handle, oldest

MAX_BACKOFF_SECONDS = 300
"""Longest wait before a message is tried again; the queue keeps it for 14 days."""


class NotBuried(Unavailable):
    """The dead-letter queue did not take a frame, which may be the frame's own fault."""


@dataclass(frozen=True)
class QueueWorker:
    """Handles the messages of a queue.

    Attributes:
        sqs: A boto3 SQS client.
        dlq_url: Where poisoned messages go, with the reason.
        handle: What is done with a message's attributes and body; returns facts for the log.
    """

    sqs: Any
    dlq_url: str
    handle: Handle

    def run(self, event: dict[str, Any], context: object = None) -> dict[str, Any]:
        """Handles a batch and returns its `batchItemFailures`.

        After the first record that fails because something is unavailable the rest is not tried: each would wait for
        the same time-out. Failed records become visible again after a backoff that grows with their receive count.

        Args:
            event: What SQS's event source mapping hands over.
            context: Lambda's, of the call.
        """
        facts = tracing.invocation(context)
        records = event["Records"]
        if len(records) == 1:
            answer = self._run(records, facts)
        else:
            sent = [_attributes(record) for record in records]
            with tracing.batch("aws_sqs", _queue_name(records), sent, facts):
                answer = self._run(records, {})
        # Lambda freezes the process once it has the answer.
        tracing.tracer().flush()
        return answer

    def _run(self, records: list[dict[str, Any]], call: Mapping[str, Value]) -> dict[str, Any]:
        began = time.perf_counter()
        failures: list[dict[str, str]] = []
        again: list[dict[str, str]] = []
        facts: list[dict[str, Any]] = []
        unavailable = reason = ""
        for record in records:
            try:
                if unavailable:
                    raise Unavailable(unavailable)
                facts.append(self._one(record, call))
            except Unavailable as error:
                reason = error.what
                unavailable = "" if isinstance(error, NotBuried) else reason
                failures.append({"itemIdentifier": record["messageId"]})
                again.append(_named(record))
                self._back_off(record, error.after_seconds if isinstance(error, Throttled) else 0)
            except Exception as error:
                # Ours to mend, and no reason to fail the others: without this Lambda would fail the whole batch.
                failures.append({"itemIdentifier": record["messageId"]})
                again.append(_named(record))
                log.write("crashed", severity="ERROR", record=record["messageId"], reason=log.crash(error))
        severity = "WARNING" if failures else "INFO"
        log.write(
            "handled",
            severity=severity,
            records=len(records),
            failed=len(failures),
            reason=reason,
            ms=log.milliseconds(began),
            age_ms=oldest(facts),
            frames=facts,
            **({"again": again} if again else {}),
        )
        return {"batchItemFailures": failures}

    def _one(self, record: dict[str, Any], call: Mapping[str, Value]) -> dict[str, Any]:
        attributes = _attributes(record)
        body = record["body"].encode("utf-8", "surrogatepass")
        known = {**call, "messaging.message.id": record["messageId"]}
        batch = current().context
        with tracing.processing("aws_sqs", _queue_name([record]), attributes, len(body), known) as span:
            span.link([batch] if batch else [])
            return {**self._handled(record, attributes, body, span), **log.trace_id(span)}

    def _handled(self, record: dict[str, Any], attributes: dict[str, str], body: bytes, span: Span) -> dict[str, Any]:
        try:
            return self.handle(attributes, body)
        except PoisonedFrame as error:
            span.failed("PoisonedFrame")
            self._bury(record, attributes, error.what)
            return {"frame": attributes.get("frame", ""), "poisoned": error.what}

    def _bury(self, record: dict[str, Any], attributes: dict[str, str], reason: str) -> None:
        kept = frames.dead_letter_attributes(attributes, reason)
        log.CALLS.add("sqs.SendMessage")
        try:
            self.sqs.send_message(
                QueueUrl=self.dlq_url,
                MessageBody=record["body"],
                MessageAttributes={k: {"DataType": "String", "StringValue": v} for k, v in kept.items() if v},
            )
        except Exception as error:
            raise NotBuried(f"the dead-letter queue did not take the frame: {error}") from error

    def _back_off(self, record: dict[str, Any], at_least_seconds: float) -> None:
        received = int(record.get("attributes", {}).get("ApproximateReceiveCount", "1"))
        log.CALLS.add("sqs.ChangeMessageVisibility")
        try:
            self.sqs.change_message_visibility(
                QueueUrl=queue_url(record["eventSourceARN"]),
                ReceiptHandle=record["receiptHandle"],
                VisibilityTimeout=min(max(2 ** min(received - 1, 9), ceil(at_least_seconds)), MAX_BACKOFF_SECONDS),
            )
        except Exception as error:
            # The message comes back all the same, after the queue's own visibility timeout.
            log.write("backoff not set", severity="WARNING", reason=str(error))


def _attributes(record: dict[str, Any]) -> dict[str, str]:
    return {k: v.get("stringValue", "") for k, v in record.get("messageAttributes", {}).items()}


def _named(record: dict[str, Any]) -> dict[str, str]:
    """What finds a frame that comes back, and its trace."""
    attributes = _attributes(record)
    context = trace.parse(attributes.get("traceparent"))
    return {"frame": attributes.get("frame", ""), **({"trace_id": context.trace_id} if context else {})}


def _queue_name(records: list[dict[str, Any]]) -> str:
    return str(records[0].get("eventSourceARN", "")).rpartition(":")[2] if records else ""


def queue_url(arn: str) -> str:
    """Returns the URL of a queue from its ARN, at AWS_ENDPOINT_URL where one is given."""
    _, partition, _, region, account, name = arn.split(":", 5)
    suffix = "amazonaws.com.cn" if partition == "aws-cn" else "amazonaws.com"
    host = os.environ.get("AWS_ENDPOINT_URL") or f"https://sqs.{region}.{suffix}"
    return f"{host}/{account}/{name}"
