"""Networks, load balancers, firewalls, DNS and health checks on AWS."""

from __future__ import annotations

from isthmus.cost.monthly import HOURS
from isthmus.cost.resources.bill import Bill, Kind

FAST_SECONDS = 10
"""A health check asked so often is an optional feature (Route 53's price list, 2024-07)."""


def _nat(bill: Bill) -> None:
    bill.fixed("aws.nat.hour", HOURS)
    bill.used("aws.nat.data", "monthly_data_processed_gb")


def _address(bill: Bill) -> None:
    bill.fixed("aws.ipv4.hour", HOURS)


def _endpoint(bill: Bill) -> None:
    values = bill.resource.values
    if values.get("vpc_endpoint_type", "Gateway") != "Interface":
        bill.fixed("aws.endpoint.gateway", HOURS)
        return
    zones = bill.resource.length("subnet_ids")
    if not zones:
        bill.unknown("in how many zones it is, is known after apply")
        return
    bill.fixed("aws.endpoint.hour", zones * HOURS, f"interface endpoint in {zones} zones")
    bill.used("aws.endpoint.data", "monthly_data_processed_gb")


ACCELERATOR_ADDRESSES = 2
"""IPv4 addresses of an accelerator, each billed as any public one (its developer guide; AWS's notice of 2024-02)."""


def _accelerator(bill: Bill) -> None:
    bill.fixed("aws.accelerator.hour", HOURS)
    bill.fixed("aws.ipv4.hour", ACCELERATOR_ADDRESSES * HOURS)


def _accelerated(bill: Bill) -> None:
    bill.used("aws.accelerator.data", "monthly_data_transfer_gb")


def _balancer(bill: Bill) -> None:
    kind = bill.resource.values.get("load_balancer_type") or "application"
    if kind != "application":
        bill.unknown("only application load balancers are in the price book")
        return
    bill.fixed("aws.alb.hour", HOURS)
    bill.used("aws.alb.lcu", "monthly_lcu_hours")


def _firewall(bill: Bill) -> None:
    rules = bill.resource.length("rule")
    bill.fixed("aws.waf.acl")
    if rules:
        bill.fixed("aws.waf.rule", rules)
    if rules is None:
        bill.unknown("how many rules it has is known after apply")
    if bill.resource.values.get("rule_json"):
        bill.unknown("how many rules its JSON has is not read")
    bill.used("aws.waf.request", "monthly_requests")


def _zone(bill: Bill) -> None:
    bill.fixed("aws.route53.zone")


def _record(bill: Bill) -> None:
    if bill.resource.values.get("latency_routing_policy"):
        bill.used("aws.route53.query.latency", "monthly_latency_based_queries")
    else:
        bill.used("aws.route53.query", "monthly_standard_queries")


def _check(bill: Bill) -> None:
    """An endpoint outside AWS is taken, the dearer: the plan doesn't tell whose an address is."""
    values = bill.resource.values
    if values.get("type") in {"CALCULATED", "CLOUDWATCH_METRIC", "RECOVERY_CONTROL"}:
        bill.fixed("aws.route53.check.aws")
        return
    bill.fixed("aws.route53.check.other")
    kind = str(values.get("type"))
    features = (
        kind.startswith("HTTPS"),
        kind.endswith("STR_MATCH"),
        bool(values.get("measure_latency")),
        values.get("request_interval") == FAST_SECONDS,
    )
    if any(features):
        bill.fixed("aws.route53.feature.other", sum(features))


_DATA = ("monthly_data_processed_gb",)
KINDS = {
    "aws_nat_gateway": Kind(_nat, _DATA),
    "aws_eip": Kind(_address),
    "aws_globalaccelerator_accelerator": Kind(_accelerator),
    "aws_globalaccelerator_endpoint_group": Kind(_accelerated, own=("monthly_data_transfer_gb",)),
    "aws_lb": Kind(_balancer, own=("monthly_lcu_hours",)),
    "aws_wafv2_web_acl": Kind(_firewall, ("monthly_requests",)),
    "aws_vpc_endpoint": Kind(_endpoint, _DATA),
    "aws_route53_zone": Kind(_zone),
    "aws_route53_record": Kind(_record, ("monthly_standard_queries", "monthly_latency_based_queries")),
    "aws_route53_health_check": Kind(_check),
}

_BALANCER = "part of a load balancer"
_NETWORK = "part of a network; its traffic is billed elsewhere"
FREE = {
    "aws_acm_certificate": "public certificates for AWS's own services are free",
    "aws_acm_certificate_validation": "nothing of its own",
    "aws_globalaccelerator_listener": "part of an accelerator",
    "aws_wafv2_web_acl_association": "part of a firewall",
    **dict.fromkeys(
        ("aws_lb_listener", "aws_lb_listener_rule", "aws_lb_target_group", "aws_lb_target_group_attachment"), _BALANCER
    ),
    **dict.fromkeys(
        (
            "aws_default_security_group",
            "aws_internet_gateway",
            "aws_route",
            "aws_route_table",
            "aws_route_table_association",
            "aws_security_group",
            "aws_subnet",
            "aws_vpc",
            "aws_vpc_security_group_egress_rule",
            "aws_vpc_security_group_ingress_rule",
        ),
        _NETWORK,
    ),
}

NOT_PRICED: dict[str, str] = {}
