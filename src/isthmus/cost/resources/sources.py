"""Who says that a type is free."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """Where it was read, and when."""

    where: str
    date: str


LISTED = Source(
    "infracost/infracost@95ba4f49a, the list of free resources in each provider's registry.go", "2026-08-21"
)
"""For every free type that is not in `PAGES`."""

_READ = "2026-11"
_AWS, _GOOGLE = "aws.amazon.com/{}/pricing", "cloud.google.com/{}/pricing"
_NAMES = {
    "aws_acm_certificate": _AWS.format("certificate-manager"),
    "aws_datasync_location_s3": _AWS.format("datasync"),
    "aws_flow_log": _AWS.format("cloudwatch"),
    "aws_globalaccelerator_listener": _AWS.format("global-accelerator"),
    "aws_glue_catalog_database": _AWS.format("glue"),
    "aws_lambda_function_event_invoke_config": _AWS.format("lambda"),
    "aws_s3_bucket_lifecycle_configuration": _AWS.format("s3"),
    "aws_s3_bucket_versioning": _AWS.format("s3"),
    "aws_scheduler_schedule": _AWS.format("eventbridge"),
    "aws_subnet": _AWS.format("vpc"),
    "aws_vpc": _AWS.format("vpc"),
    "aws_wafv2_web_acl_association": _AWS.format("waf"),
    "google_bigquery_data_transfer_config": _GOOGLE.format("bigquery"),
    "google_billing_budget": "cloud.google.com/billing/docs/how-to/budgets",
    "google_certificate_manager_certificate": _GOOGLE.format("certificate-manager"),
    "google_certificate_manager_certificate_map": _GOOGLE.format("certificate-manager"),
    "google_certificate_manager_certificate_map_entry": _GOOGLE.format("certificate-manager"),
    "google_certificate_manager_dns_authorization": _GOOGLE.format("certificate-manager"),
    "google_cloud_quotas_quota_preference": "cloud.google.com/docs/quotas/overview",
    "google_cloud_run_v2_service_iam_member": _GOOGLE.format("iam"),
    "google_compute_global_address": _GOOGLE.format("vpc"),
    "google_compute_network_firewall_policy": _GOOGLE.format("firewall"),
    "google_compute_network_firewall_policy_rule": _GOOGLE.format("firewall"),
    "google_compute_target_https_proxy": _GOOGLE.format("load-balancing"),
    "google_logging_project_sink": _GOOGLE.format("stackdriver"),
}
PAGES = {name: Source(page, _READ) for name, page in _NAMES.items()}
"""Types that the list doesn't have, by the providers' own pages, which carry no date: the month when they were read."""


def source_of(type_: str) -> Source:
    """Who says that a free type is free."""
    return PAGES.get(type_, LISTED)
