"""Logs, alarms, trails, budgets and identities on AWS."""

from __future__ import annotations

from isthmus.cost.resources.bill import Bill, Kind

HIGH_RESOLUTION_SECONDS = 60
"""An alarm on a shorter period is of high resolution (CloudWatch's price list, 2026-09)."""


def _logs(bill: Bill) -> None:
    if (bill.resource.values.get("log_group_class") or "STANDARD") != "STANDARD":
        bill.unknown("only the standard class of log groups is in the price book")
        return
    bill.used("aws.logs.ingest", "monthly_data_ingested_gb")
    bill.used("aws.logs.storage", "storage_gb")
    bill.used("aws.logs.scan", "monthly_data_scanned_gb")


def _alarm(bill: Bill) -> None:
    values = bill.resource.values
    if bill.resource.length("metric_query") is None:
        bill.unknown("how many metrics it watches is known after apply")
        return
    queries = values.get("metric_query") or []
    metrics = [one["metric"][0] for one in queries if one.get("metric")] or [values]
    fast = any((metric.get("period") or HIGH_RESOLUTION_SECONDS) < HIGH_RESOLUTION_SECONDS for metric in metrics)
    bill.fixed("aws.alarm.high" if fast else "aws.alarm.standard", len(metrics))


def _composite(bill: Bill) -> None:
    """By itself; what it is made of is billed as it is without it."""
    bill.fixed("aws.alarm.composite")


def _filter(bill: Bill) -> None:
    """What it makes out of the lines of a log: one custom metric, as long as it has no dimensions."""
    transformations = bill.resource.values.get("metric_transformation") or []
    if any(one.get("dimensions") for one in transformations):
        bill.unknown("how many metrics its dimensions make can't be told")
        return
    bill.fixed("aws.metric.custom", len(transformations))


def _dashboard(bill: Bill) -> None:
    bill.fixed("aws.dashboard")


def _trail(bill: Bill) -> None:
    """A trail of management events is free, the first of a region; data events are not."""
    selectors = bill.resource.values.get("advanced_event_selector") or []
    fields = [field for selector in selectors for field in selector.get("field_selector") or []]
    if any(field.get("field") == "eventCategory" and "Data" in (field.get("equals") or []) for field in fields):
        bill.used("aws.cloudtrail.data", "monthly_data_events")
    if bill.resource.values.get("event_selector"):
        bill.unknown("what its event selectors choose can't be told")


KINDS = {
    "aws_cloudwatch_log_group": Kind(_logs, ("monthly_data_ingested_gb", "storage_gb", "monthly_data_scanned_gb")),
    "aws_cloudwatch_metric_alarm": Kind(_alarm),
    "aws_cloudwatch_composite_alarm": Kind(_composite),
    "aws_cloudwatch_log_metric_filter": Kind(_filter),
    "aws_cloudwatch_dashboard": Kind(_dashboard),
    "aws_cloudtrail": Kind(_trail, ("monthly_data_events",)),
}

_IDENTITY = "identities and permissions are free"
FREE = {
    "aws_budgets_budget": "budgets without actions are free",
    "aws_flow_log": "what it writes is its log group's usage",
    "aws_cloudwatch_log_resource_policy": "a policy",
    **dict.fromkeys(
        (
            "aws_iam_openid_connect_provider",
            "aws_iam_policy",
            "aws_iam_role",
            "aws_iam_role_policy",
            "aws_iam_role_policy_attachment",
        ),
        _IDENTITY,
    ),
}

NOT_PRICED = {"aws_sesv2_email_identity": "mail is paid by the message; it has no dated price"}
