"""What the deployed functions wrote: their structured lines, from CloudWatch Logs and from the services' log files."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory

GROUP_PREFIX = "/aws/lambda/"


def lines(run: RunDirectory, endpoints: Endpoints) -> Iterator[dict[str, Any]]:
    """Yields every structured line of the functions on both clouds."""
    yield from _aws_lines(endpoints)
    for path in sorted((run.data("gcp") / "logs").glob("run-*.log")):
        yield from _structured(path.read_text("utf-8", errors="replace").splitlines())


def calls(run: RunDirectory, endpoints: Endpoints) -> dict[str, int]:
    """Counts the API calls that the functions made, the requests that ingest got, and the queue's own calls.

    Each batch that Lambda handles stands for one ReceiveMessage and one DeleteMessageBatch, which the event source
    mapping makes and AWS bills.
    """
    counts: Counter[str] = Counter()
    for line in lines(run, endpoints):
        counts.update(line.get("calls", {}))
        if line.get("message") == "answered":
            counts[f"ingest.{line['cloud']}"] += 1
        elif line.get("message") == "handled" and line.get("cloud") == "aws":
            counts.update(("sqs.ReceiveMessage", "sqs.DeleteMessageBatch"))
        elif line.get("message") in ("handled", "failed"):
            counts["pubsub.Push"] += 1
    return dict(counts)


def _aws_lines(endpoints: Endpoints) -> Iterator[dict[str, Any]]:
    import boto3

    from isthmus.adapters.aws.session import as_if_tls

    client = as_if_tls(boto3.client("logs", **endpoints.aws_client_options()))
    groups = client.describe_log_groups(logGroupNamePrefix=GROUP_PREFIX)["logGroups"]
    for group in groups:
        pages = client.get_paginator("filter_log_events").paginate(logGroupName=group["logGroupName"])
        for page in pages:
            yield from _structured([event["message"] for event in page["events"]])


def _structured(texts: list[str]) -> Iterator[dict[str, Any]]:
    for text in texts:
        if text.startswith("{"):
            try:
                line = json.loads(text)
            except ValueError:
                continue
            if isinstance(line, dict):
                yield line
