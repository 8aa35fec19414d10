"""Networks, DNS, logs, monitoring and identities on Google Cloud."""

from __future__ import annotations

from isthmus.cost.monthly import HOURS, SECONDS
from isthmus.cost.resources.bill import Bill, Kind

CHECKER_REGIONS = {"USA": 3}
"""Checkers of a region that has more than one (cloud.google.com/monitoring/uptime-checks, 2026-08)."""

ALL_CHECKERS = 6


def _nat(bill: Bill) -> None:
    bill.used("gcp.nat.hour", "assigned_vms", HOURS)
    bill.used("gcp.nat.data", "monthly_data_processed_gb")


def _address(bill: Bill) -> None:
    if (bill.resource.values.get("address_type") or "EXTERNAL") == "EXTERNAL":
        bill.fixed("gcp.ipv4.hour", HOURS)


def _subnet(bill: Bill) -> None:
    if bill.resource.values.get("log_config"):
        bill.used("gcp.logs.vended", "monthly_flow_logs_gb")


def _zone(bill: Bill) -> None:
    bill.fixed("gcp.dns.zone")


def _record(bill: Bill) -> None:
    bill.used("gcp.dns.query", "monthly_queries")


def _logs(bill: Bill) -> None:
    bill.used("gcp.logs.ingest", "monthly_logging_data_gb")
    if (bill.resource.values.get("retention_days") or 30) > 30:
        bill.used("gcp.logs.retention", "retained_gb", name="kept over 30 days")


def _metric(bill: Bill) -> None:
    bill.used("gcp.monitoring.metric", "monthly_monitoring_data_mb")


def _uptime(bill: Bill) -> None:
    values = bill.resource.values
    if bill.resource.length("selected_regions") is None:
        bill.unknown("from how many places it asks is known after apply")
        return
    period = float(str(values.get("period") or "300s").removesuffix("s"))
    regions = values.get("selected_regions") or ()
    places = sum(CHECKER_REGIONS.get(region, 1) for region in regions) or ALL_CHECKERS
    bill.fixed("gcp.monitoring.uptime", SECONDS / period * places)


KINDS = {
    "google_compute_router_nat": Kind(_nat, ("assigned_vms", "monthly_data_processed_gb")),
    "google_compute_address": Kind(_address),
    "google_compute_subnetwork": Kind(_subnet, own=("monthly_flow_logs_gb",)),
    "google_dns_managed_zone": Kind(_zone),
    "google_dns_record_set": Kind(_record, ("monthly_queries",)),
    "google_logging_project_bucket_config": Kind(_logs, ("monthly_logging_data_gb",), own=("retained_gb",)),
    "google_logging_metric": Kind(_metric, own=("monthly_monitoring_data_mb",)),
    "google_monitoring_uptime_check_config": Kind(_uptime),
}

FREE = {
    **dict.fromkeys(
        (
            "google_compute_network",
            "google_compute_network_firewall_policy",
            "google_compute_network_firewall_policy_association",
            "google_compute_network_firewall_policy_rule",
            "google_compute_route",
            "google_compute_router",
            "google_dns_policy",
        ),
        "part of a network; its traffic is billed elsewhere",
    ),
    **dict.fromkeys(
        (
            "google_billing_account_iam_member",
            "google_iam_workload_identity_pool",
            "google_iam_workload_identity_pool_provider",
            "google_project_iam_audit_config",
            "google_project_iam_custom_role",
            "google_project_iam_member",
            "google_service_account",
            "google_secret_manager_secret_iam_member",
            "google_service_account_iam_member",
        ),
        "identities and permissions are free",
    ),
    "google_billing_budget": "budgets are free",
    "google_logging_project_exclusion": "part of the logs",
    "google_logging_project_sink": "what it sends is in the log bucket's usage",
    "google_monitoring_dashboard": "dashboards are free",
    "google_monitoring_notification_channel": "channels are free",
    "google_cloud_quotas_quota_preference": "a setting",
    "google_project_service": "switching an API on is free",
}

NOT_PRICED = {"google_monitoring_alert_policy": "charges for alerting are announced, without a dated price"}
