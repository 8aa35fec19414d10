"""Cloud Monitoring's conditions over the figures of here: thresholds, lines of logs, and the queries of our modules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from isthmus.local.watch.cloudwatch import NOT_COUNTED, NotMeasured
from isthmus.local.watch.minutes import Minutes
from isthmus.local.watch.totals import Series

_EQUALS = re.compile(r'([a-z_.]+) ?= ?"([^"]+)"')
_LAG = re.compile(r"jsonPayload\.age_ms\.aws>(\d+)")
_LEDGER = re.compile(r"-ledger\" AND jsonPayload\.(?P<figure>[a-z_]+)(?:\.(?P<cloud>aws|gcp))?>(?P<above>\d+)")
_COMPARED = re.compile(
    r"\(sum\(increase\(run_googleapis_com:request_count\{[^}]+-ledger\",response_code_class=\"2xx\"\}"
    r"\[(?P<window>\d+)m\]\)\) or vector\(0\)\) < 1"
)
_SPAN = re.compile(r"\((?P<query>.+) > (?P<threshold>[\d.]+)\)")
_MINUTES = re.compile(
    r"sum_over_time\(\(max\(pubsub_googleapis_com:subscription_(?P<metric>\w+)\{"
    r'monitored_resource="pubsub_subscription",subscription_id=~"(?P<names>[^"]+)"'
    r"\}\) > bool (?P<above>[\d.]+)\)\[(?P<window>\d+)m:1m\]\) / (?P<of>\d+)"
)
_REQUESTS = re.compile(
    r"sum\(increase\(run_googleapis_com:request_count\{[^}]+-ingest\",response_code_class=\"5xx\"\}"
    r"\[(?P<window>\d+)m\]\)\) / sum\(increase\(run_googleapis_com:request_count\{[^}]+-ingest\"\}\[(?P=window)m\]\)\)"
)


def fires(condition: Mapping[str, Any], minutes: Minutes, minute: int) -> bool:
    """Whether a condition of an alert policy is met at a minute.

    Raises:
        NotMeasured: What it reads isn't measured here.
    """
    if condition.get("condition_threshold"):
        return _threshold(condition["condition_threshold"][0], minutes, minute)
    if condition.get("condition_matched_log"):
        return _line(condition["condition_matched_log"][0]["filter"], minutes, minute)
    if condition.get("condition_prometheus_query_language"):
        query = condition["condition_prometheus_query_language"][0]["query"]
        if compared := _COMPARED.fullmatch(query):
            return not minutes.grown(("isthmus.replication.compared", ("gcp",)), minute, int(compared["window"]))
        return all(_span(span, minutes, minute) for span in query.split(" and "))
    raise NotMeasured("a condition of a kind that is not followed here")


def _threshold(condition: Mapping[str, Any], minutes: Minutes, minute: int) -> bool:
    """Met when every minute of its duration was above."""
    read = dict(_EQUALS.findall(condition["filter"]))
    count = max(1, int(condition["duration"].removesuffix("s")) // 60)
    figures = [_figure(read, minutes, one) for one in range(minute - count + 1, minute + 1)]
    return all(figure is not None and figure > condition["threshold_value"] for figure in figures)


def _figure(read: Mapping[str, str], minutes: Minutes, minute: int) -> float | None:
    metric = read.get("metric.type", "").partition("/")[2]
    if "resource.labels.subscription_id" in read:
        return minutes.at(_queue(metric.removeprefix("subscription/"), read["resource.labels.subscription_id"]), minute)
    part = ("gcp", read.get("resource.labels.service_name", "").rpartition("-")[2])
    if metric == "request_count" and read.get("metric.labels.response_code_class") == "5xx":
        return minutes.grown(("isthmus.errors", part), minute, 1)
    if metric == "request_latencies":
        seconds = minutes.at(("isthmus.duration.p99", part), minute)
        return None if seconds is None else seconds * 1000
    raise NotMeasured(f"{read.get('metric.type')} is not measured here")


def _queue(metric: str, subscription: str) -> Series:
    dead = subscription.endswith("-dlq")
    consumer = subscription.removesuffix("-dlq").rpartition("-")[2]
    name = {
        ("oldest_unacked_message_age", False): "isthmus.queue.oldest_age",
        ("num_undelivered_messages", False): "isthmus.queue.messages",
        ("num_undelivered_messages", True): "isthmus.queue.dead_letters",
    }.get((metric, dead))
    if name is None or consumer in NOT_COUNTED:
        raise NotMeasured(f"{metric} of {subscription} is not measured here")
    return name, ("gcp", consumer)


def _line(wanted: str, minutes: Minutes, minute: int) -> bool:
    """Of the lines of logs those about the bridge's lag and the ledger's are figures, too."""
    if ledger := _LEDGER.search(wanted):
        series = f"isthmus.replication.{ledger['figure']}", (ledger["cloud"],) if ledger["cloud"] else ()
        return (minutes.at(series, minute) or 0) > int(ledger["above"])
    lag = _LAG.search(wanted)
    if not lag:
        raise NotMeasured("these lines of logs are not counted here")
    return (minutes.at(("isthmus.bridge.lag", ("gcp",)), minute) or 0) * 1000 > int(lag[1])


def _span(text: str, minutes: Minutes, minute: int) -> bool:
    """One window of a burning budget."""
    span = _SPAN.fullmatch(text)
    if not span:
        raise NotMeasured(f"the query {text} is not followed here")
    threshold = float(span["threshold"])
    if found := _MINUTES.fullmatch(span["query"]):
        series = [_queue(found["metric"], name) for name in found["names"].split("|")]
        window = range(minute - int(found["window"]) + 1, minute + 1)
        bad = sum(any((minutes.at(s, one) or 0) > float(found["above"]) for s in series) for one in window)
        return bad / int(found["of"]) > threshold
    if found := _REQUESTS.fullmatch(span["query"]):
        errors, requests = (
            minutes.grown((name, ("gcp", "ingest")), minute, int(found["window"]))
            for name in ("isthmus.errors", "isthmus.requests")
        )
        return bool(requests) and (errors or 0) / (requests or 1) > threshold
    raise NotMeasured(f"the query {span['query']} is not followed here")
