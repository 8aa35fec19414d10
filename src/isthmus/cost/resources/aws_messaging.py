"""SNS topics and SQS queues: requests by 64 KB."""

from __future__ import annotations

import math

from isthmus.cost.resources.bill import Bill, Kind

REQUEST_KB = 64


def requests(bill: Bill) -> float | None:
    """Requests a month as they are billed: each 64 KB of one is one; None when they aren't given."""
    size_kb = bill.usage.get("request_size_kb", 1.0)
    times = max(1, math.ceil(size_kb / REQUEST_KB))
    return bill.product("monthly_requests") if times == 1 else _times(bill.product("monthly_requests"), times)


def _times(number: float | None, times: int) -> float | None:
    return None if number is None else number * times


def _topic(bill: Bill) -> None:
    if bill.resource.values.get("fifo_topic"):
        bill.unknown("FIFO topics are not in the price book")
        return
    bill.counted("aws.sns.publish", requests(bill))


def _queue(bill: Bill) -> None:
    if bill.resource.values.get("fifo_queue"):
        bill.unknown("FIFO queues are not in the price book")
        return
    bill.counted("aws.sqs.request", requests(bill))


_KEYS = ("monthly_requests", "request_size_kb")
KINDS = {"aws_sns_topic": Kind(_topic, _KEYS), "aws_sqs_queue": Kind(_queue, _KEYS)}

FREE = {
    "aws_sns_topic_policy": "a policy",
    "aws_sqs_queue_policy": "a policy",
    "aws_sqs_queue_redrive_allow_policy": "a policy",
    "aws_sqs_queue_redrive_policy": "a policy",
}

NOT_PRICED = {"aws_sns_topic_subscription": "deliveries: free to SQS as far as is known, without a dated source"}
