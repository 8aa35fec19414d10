"""Cloud Run services, Pub/Sub and the balancer before them."""

from __future__ import annotations

import re
from typing import Any

from isthmus.cost.monthly import HOURS, SECONDS
from isthmus.cost.resources.bill import Bill, Kind

_SIZE = re.compile(r"(?P<number>\d+(?:\.\d+)?)(?P<unit>m|Ki|Mi|Gi|k|M|G)?")
_UNITS = {"m": 1e-3, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30, "k": 1e3, "M": 1e6, "G": 1e9, None: 1.0}
_DEFAULTS = {"cpu": "1", "memory": "512Mi"}


def _size(limits: dict[str, Any], name: str) -> float:
    found = _SIZE.fullmatch(str(limits.get(name) or _DEFAULTS[name]))
    return float(found["number"]) * _UNITS[found["unit"]] if found else 0.0


def _service(bill: Bill) -> None:
    template = bill.resource.block("template")
    resources = [(one.get("resources") or [{}])[0] or {} for one in template.get("containers") or [{}]]
    limits = [one.get("limits") or {} for one in resources]
    cpu = sum(_size(one, "cpu") for one in limits)
    memory_gib = sum(_size(one, "memory") for one in limits) / 2**30
    if any(one.get("cpu_idle") is False for one in resources):
        bill.unknown("instances whose CPU is always on are not in the price book")
        return
    scaling: dict[str, Any] = (template.get("scaling") or [{}])[0] or {}
    standing = float(scaling.get("min_instance_count") or 0)
    if standing:
        bill.fixed("gcp.run.cpu.min", standing * cpu * SECONDS)
        bill.fixed("gcp.run.memory.min", standing * memory_gib * SECONDS)
    bill.used("gcp.run.request", "monthly_requests")
    milliseconds = bill.product("monthly_requests", "average_request_duration_ms")
    at_once = bill.usage.get("concurrent_requests_per_instance", 1.0) or 1.0
    seconds = None if milliseconds is None else milliseconds / 1000 / at_once
    bill.counted("gcp.run.cpu", None if seconds is None else seconds * cpu)
    bill.counted("gcp.run.memory", None if seconds is None else seconds * memory_gib)


def _topic(bill: Bill) -> None:
    bill.used("gcp.pubsub.throughput", "monthly_message_data_tb", name="messages published")


def _subscription(bill: Bill) -> None:
    bill.used("gcp.pubsub.throughput", "monthly_message_data_tb", name="messages delivered")
    if bill.resource.values.get("retain_acked_messages") or "storage_gb" in bill.usage:
        bill.used("gcp.pubsub.retained", "storage_gb")


def _rule(bill: Bill) -> None:
    if bill.resource.values.get("target") == "all-apis":
        bill.unknown("endpoints of Private Service Connect have no dated price")
        return
    bill.fixed("gcp.lb.rule", HOURS)
    bill.used("gcp.lb.data", "monthly_ingress_data_gb")


def _check(bill: Bill) -> None:
    """A check of a balancer's backends is free; one with places of its own is asked for by Cloud DNS, from outside."""
    if bill.resource.values.get("source_regions"):
        bill.unknown("checks that Cloud DNS asks for have no dated price")


def _armor(bill: Bill) -> None:
    bill.fixed("gcp.armor.policy")
    rules = bill.resource.length("rule")
    if rules is None:
        bill.unknown("how many rules it has is known after apply")
    else:
        bill.fixed("gcp.armor.rule", rules)
    bill.used("gcp.armor.request", "monthly_requests")


_RUN = ("monthly_requests", "average_request_duration_ms", "concurrent_requests_per_instance")
KINDS = {
    "google_cloud_run_v2_service": Kind(_service, _RUN),
    "google_pubsub_topic": Kind(_topic, ("monthly_message_data_tb",)),
    "google_pubsub_subscription": Kind(_subscription, ("monthly_message_data_tb", "storage_gb")),
    "google_compute_global_forwarding_rule": Kind(_rule, ("monthly_ingress_data_gb",)),
    "google_compute_health_check": Kind(_check),
    "google_compute_security_policy": Kind(_armor, own=("monthly_requests",)),
}

_BALANCER = "part of a balancer"
_POLICY = "a policy"
FREE = {
    "google_cloud_run_v2_service_iam_member": _POLICY,
    "google_pubsub_subscription_iam_member": _POLICY,
    "google_pubsub_topic_iam_member": _POLICY,
    **dict.fromkeys(
        (
            "google_compute_backend_service",
            "google_compute_region_network_endpoint_group",
            "google_compute_ssl_policy",
            "google_compute_target_https_proxy",
            "google_compute_url_map",
        ),
        _BALANCER,
    ),
    "google_compute_global_address": "free while a forwarding rule uses it",
    **dict.fromkeys(
        (
            "google_certificate_manager_certificate",
            "google_certificate_manager_certificate_map",
            "google_certificate_manager_certificate_map_entry",
            "google_certificate_manager_dns_authorization",
        ),
        "the first hundred certificates are free",
    ),
}

NOT_PRICED = {"google_cloud_scheduler_job": "a job is paid by the month, without a dated price; three are free"}
