"""CloudWatch's alarms over the figures of here: periods, "M out of N", missing data, our modules' expressions."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from isthmus.archive.gauges import CORRUPT
from isthmus.local.watch.minutes import Minutes
from isthmus.local.watch.totals import Series

_COMPARE: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}
WORST, SHARE = "MAX(FILL(METRICS(), 0))", "IF(total > 0, FILL(bad, 0) / total, 0)"
"""The expressions of modules/aws/observability."""
REPLICATION: dict[str, Series] = {
    f"replication_{figure}_{cloud}": (f"isthmus.replication.{figure}", (cloud,))
    for figure in ("missing", "oldest_missing_age", "lag")
    for cloud in ("aws", "gcp")
} | {"replication_corrupt": (CORRUPT, ())}
"""What the ledger says of both archives; here the control process says the same."""
NOT_COUNTED = {"alert", ""}
"""Queues that are read by something else than the topic of events."""


class NotMeasured(Exception):
    """An alarm reads what nothing here measures."""


def fires(alarm: Mapping[str, Any], minutes: Minutes, minute: int) -> bool:
    """Whether a metric alarm fires at a minute.

    Raises:
        NotMeasured: What it reads isn't measured here.
    """
    wanted = int(alarm["evaluation_periods"])
    per = _period_minutes(alarm)
    missing = alarm.get("treat_missing_data") or "missing"
    compare = _COMPARE[alarm["comparison_operator"]]
    breaching = 0
    for index in range(wanted):
        value = _value(alarm, minutes, minute - index * per)
        breaching += missing == "breaching" if value is None else compare(value, alarm["threshold"])
    return breaching >= int(alarm.get("datapoints_to_alarm") or wanted)


def _period_minutes(alarm: Mapping[str, Any]) -> int:
    queries = [query["metric"][0] for query in alarm.get("metric_query") or () if query.get("metric")]
    seconds = queries[0]["period"] if queries else alarm["period"]
    return max(1, int(seconds) // 60)


def _value(alarm: Mapping[str, Any], minutes: Minutes, until: int) -> float | None:
    queries = alarm.get("metric_query") or ()
    if not queries:
        return _measured(alarm, minutes, until)
    found = {query["id"]: _measured(query["metric"][0], minutes, until) for query in queries if query.get("metric")}
    expression = next(query["expression"] for query in queries if query.get("return_data"))
    if expression == WORST:
        return max(value or 0.0 for value in found.values())
    if expression == SHARE:
        return (found["bad"] or 0.0) / found["total"] if found["total"] else None
    raise NotMeasured(f"the expression {expression} is not followed here")


def _measured(metric: Mapping[str, Any], minutes: Minutes, until: int) -> float | None:
    """A metric's figure over its period."""
    name, dimensions = str(metric["metric_name"]), metric.get("dimensions") or {}
    space = "isthmus" if str(metric["namespace"]).startswith("isthmus/") else metric["namespace"]
    period = max(1, int(metric["period"]) // 60)
    counter = _COUNTERS.get((space, name))
    if counter:
        return minutes.grown(counter, until, period)
    series, factor = _gauge(space, name, dimensions)
    figures = [
        figure for one in range(until - period + 1, until + 1) if (figure := minutes.at(series, one)) is not None
    ]
    return max(figures) * factor if figures else None


def _gauge(space: str, name: str, dimensions: Mapping[str, str]) -> tuple[Series, float]:
    if space == "AWS/SQS":
        queue = dimensions["QueueName"]
        dead = queue.endswith("-dlq")
        consumer = queue.removesuffix("-dlq").rpartition("-")[2]
        metric = {
            "ApproximateAgeOfOldestMessage": "isthmus.queue.oldest_age",
            "ApproximateNumberOfMessagesVisible": "isthmus.queue.dead_letters" if dead else "isthmus.queue.messages",
        }.get(name, "")
        if metric and consumer not in NOT_COUNTED and dead == (metric == "isthmus.queue.dead_letters"):
            return (metric, ("aws", consumer)), 1
    if (space, name) == ("AWS/ApiGateway", "Latency"):
        return ("isthmus.duration.p99", ("aws", "ingest")), 1000
    if (space, name) == ("AWS/Lambda", "Duration"):
        return ("isthmus.duration.p99", ("aws", dimensions["FunctionName"].rpartition("-")[2])), 1000
    if (space, name) == ("isthmus", "bridge_lag"):
        return ("isthmus.bridge.lag", ("aws",)), 1000
    if space == "isthmus" and name in REPLICATION:
        return REPLICATION[name], 1
    raise NotMeasured(f"{space} {name} of {', '.join(dimensions.values())} is not measured here")


_COUNTERS: dict[tuple[str, str], Series] = {
    ("AWS/ApiGateway", "Count"): ("isthmus.requests", ("aws", "ingest")),
    ("AWS/ApiGateway", "4xx"): ("isthmus.refused", ("aws", "ingest")),
    ("AWS/ApiGateway", "5xx"): ("isthmus.errors", ("aws", "ingest")),
    ("isthmus", "replication_compared"): ("isthmus.replication.compared", ("aws",)),
}
