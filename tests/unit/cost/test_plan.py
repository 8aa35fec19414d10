"""Prices of plans: what each kind costs, what has no price, and what no plan is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core.errors import ConfigurationError
from isthmus.cost import plan as plans
from isthmus.cost.monthly import Monthly, added
from isthmus.cost.prices import load
from isthmus.cost.resources import FREE, KINDS, NOT_PRICED
from isthmus.cost.usage import Usage, parse

IA = "standard_infrequent_access__storage_gb"
SENDING = {
    "schedule": [{"expression": "rate(5 minutes)"}],
    "run_config": [{"environment_variables": {"ISTHMUS_PROBE_SECRET": "isthmus-dev-probe"}}],
}
DATA_EVENTS = {"field_selector": [{"field": "eventCategory", "equals": ["Data"]}]}
BOOK = load()
REGIONS = {"aws": {"value": {"region": "us-east-1"}}, "google": {"value": {"region": "us-central1"}}}


def plan(*resources: tuple[str, dict[str, Any]]) -> dict[str, Any]:
    found = [
        {"address": f"{type_}.n{number}", "mode": "managed", "type": type_, "values": values}
        for number, (type_, values) in enumerate(resources)
    ]
    return {
        "format_version": "1.2",
        "variables": REGIONS,
        "planned_values": {"root_module": {"child_modules": [{"resources": found}]}},
    }


def cost(type_: str, values: dict[str, Any], **usage: float) -> Monthly:
    given_usage = Usage(defaults={type_: {key.replace("__", "."): value for key, value in usage.items()}})
    return plans.price(plan((type_, values)), "s", given_usage, BOOK)


@pytest.mark.parametrize(
    ("type_", "values", "fixed", "usage_usd", "usage"),
    [
        ("aws_nat_gateway", {}, 32.85, 4.5, {"monthly_data_processed_gb": 100}),
        ("aws_nat_gateway", {"region": "eu-west-1"}, 35.04, 4.8, {"monthly_data_processed_gb": 100}),
        ("aws_vpc_endpoint", {"vpc_endpoint_type": "Interface", "subnet_ids": [None] * 3}, 21.9, 0, {}),
        ("aws_vpc_endpoint", {"vpc_endpoint_type": "Gateway"}, 0, 0, {}),
        ("aws_eip", {}, 3.65, 0, {}),
        ("aws_globalaccelerator_accelerator", {}, 25.55, 0, {}),
        ("aws_globalaccelerator_endpoint_group", {}, 0, 1.5, {"monthly_data_transfer_gb": 100}),
        ("aws_lb", {"load_balancer_type": "application"}, 16.425, 8, {"monthly_lcu_hours": 1000}),
        ("aws_wafv2_web_acl", {"rule": [{}, {}]}, 7, 0.6, {"monthly_requests": 1e6}),
        ("aws_sqs_queue", {}, 0, 0.8, {"monthly_requests": 1e6, "request_size_kb": 100}),
        ("aws_sns_topic", {}, 0, 0.5, {"monthly_requests": 1e6}),
        ("aws_kms_key", {}, 1, 0.3, {"monthly_requests": 1e5}),
        ("aws_cloudtrail", {}, 0, 0, {"monthly_data_events": 1e6}),
        ("aws_cloudtrail", {"advanced_event_selector": [DATA_EVENTS]}, 0, 1, {"monthly_data_events": 1e6}),
        ("aws_apigatewayv2_api", {"protocol_type": "HTTP"}, 0, 390, {"monthly_requests": 4e8}),
        ("aws_route53_record", {}, 0, 420, {"monthly_standard_queries": 1.1e9}),
        ("google_bigquery_table", {}, 0, 23, {"monthly_active_storage_gb": 1000}),
        ("google_compute_health_check", {}, 0, 0, {}),
        ("aws_cloudwatch_metric_alarm", {"period": 60}, 0.1, 0, {}),
        ("aws_cloudwatch_metric_alarm", {"period": 10}, 0.3, 0, {}),
        ("aws_cloudwatch_metric_alarm", {"metric_query": [{"metric": [{"period": 60}]}] * 2}, 0.2, 0, {}),
        ("aws_synthetics_canary", {"schedule": [{"expression": "rate(5 minutes)"}]}, 10.512, 0, {}),
        ("aws_route53_health_check", {"type": "HTTPS", "measure_latency": True}, 4.75, 0, {}),
        ("aws_s3_bucket", {}, 0, 2.425, {"standard__storage_gb": 100, IA: 10}),
        ("aws_dynamodb_table", {"billing_mode": "PAY_PER_REQUEST"}, 0, 0.625, {"monthly_write_request_units": 1e6}),
        ("google_storage_bucket", {"location": "US-CENTRAL1", "storage_class": "NEARLINE"}, 0, 1, {"storage_gb": 100}),
        ("google_pubsub_topic", {}, 0, 40, {"monthly_message_data_tb": 1}),
        ("google_compute_global_forwarding_rule", {}, 18.25, 0.8, {"monthly_ingress_data_gb": 100}),
        ("google_compute_security_policy", {"rule": [{}, {}]}, 7, 0, {}),
        ("google_monitoring_uptime_check_config", {"period": "60s"}, 0, 0, {}),
        ("google_monitoring_uptime_check_config", {"period": "5s"}, 646.08, 0, {}),
        ("google_compute_address", {"address_type": "INTERNAL"}, 0, 0, {}),
    ],
)  # fmt: skip
def test_what_a_kind_costs_a_month(
    type_: str, values: dict[str, Any], fixed: float, usage_usd: float, usage: dict[str, float]
) -> None:
    found = cost(type_, values, **usage)
    assert found.fixed_usd == pytest.approx(fixed)
    assert found.usage_usd == pytest.approx(usage_usd)


def test_a_function_is_paid_by_memory_and_time() -> None:
    values = {"memory_size": 1024, "architectures": ["arm64"]}
    found = cost("aws_lambda_function", values, monthly_requests=1e6, request_duration_ms=100)
    assert found.total_usd == pytest.approx(0.20 + 1e5 * 0.0000133334)


def test_a_service_is_paid_while_it_works_and_while_instances_stand() -> None:
    values = {
        "template": [
            {
                "containers": [{"resources": [{"cpu_idle": True, "limits": {"cpu": "500m", "memory": "1024Mi"}}]}],
                "scaling": [{"min_instance_count": 2}],
            }
        ]
    }
    found = cost("google_cloud_run_v2_service", values, monthly_requests=1e6, average_request_duration_ms=100)
    assert found.usage_usd == pytest.approx(0.40 + 1e5 * (0.5 * 0.000024 + 0.0000025))
    assert found.fixed_usd == pytest.approx(2 * 730 * 3600 * (0.5 + 1) * 0.0000025)


@pytest.mark.parametrize(
    ("type_", "values", "reason"),
    [
        ("aws_vpc_endpoint", {"vpc_endpoint_type": "Interface"}, "known after apply"),
        ("aws_nat_gateway", {"region": "mars-north-1"}, "no price aws.nat.hour in mars-north-1"),
        ("aws_db_instance", {}, "doesn't know this type"),
        ("aws_sqs_queue", {"fifo_queue": True}, "FIFO"),
        ("aws_dynamodb_table", {"billing_mode": "PROVISIONED"}, "provisioned"),
        ("aws_synthetics_canary", {"schedule": [{"expression": "cron(0 * * * ? *)"}]}, "can't be told"),
        ("aws_synthetics_canary", SENDING, "reads of the secret"),
        ("google_storage_bucket", {"storage_class": "RAPID"}, "RAPID"),
        ("google_kms_crypto_key", {"version_template": [{"protection_level": "HSM"}]}, "HSM"),
        ("google_monitoring_alert_policy", {}, "announced"),
        ("google_compute_health_check", {"source_regions": ["us-central1"]}, "Cloud DNS"),
        ("aws_lambda_function", {"tracing_config": [{"mode": "Active"}]}, "X-Ray"),
    ],
)
def test_what_has_no_price_is_listed_and_never_free(type_: str, values: dict[str, Any], reason: str) -> None:
    found = cost(type_, values)
    assert reason in found.unpriced[0].reason
    assert found.unpriced[0].address == f"{type_}.n0"
    assert found.free == 0


def test_what_goes_by_usage_that_is_not_given_is_no_zero() -> None:
    found = cost("aws_sqs_queue", {})
    assert [item.monthly_usd for item in found.without_usage] == [None]
    assert found.total_usd == 0


def test_each_line_says_where_its_price_is_from() -> None:
    for item in cost("aws_lambda_function", {}, monthly_requests=1, request_duration_ms=1).items:
        assert item.source
        assert item.date
        assert item.confidence
        assert item.unit


def test_every_price_that_a_kind_asks_for_is_in_the_book() -> None:
    assert not KINDS.keys() & (FREE.keys() | NOT_PRICED.keys())
    for type_ in KINDS:
        reasons = [one.reason for one in cost(type_, {"protocol_type": "HTTP"}).unpriced]
        assert not [reason for reason in reasons if reason.startswith("no price")], type_


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (b'{"format_version": "1.2", "planned', "not readable JSON"),
        (b"[]", "no plan"),
        (b'{"format_version": "1.2"}', "no plan"),
        (b'{"format_version": "1.2", "planned_values": null}', "no plan"),
        (b'{"format_version": "1.2", "planned_values": []}', "no plan"),
        (b'{"format_version": "1.2", "planned_values": {}}', "root_module"),
        (b'{"format_version": "1.2", "planned_values": {"root_module": {"resources": [{}]}}}', "1 has no address"),
        (json.dumps({**plan(), "format_version": "2.0"}).encode(), "format_version is 2.0"),
        (json.dumps({**plan(), "errored": True}).encode(), "not whole"),
    ],
)
def test_what_is_no_plan_is_refused(document: bytes, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says) as caught:
        plans.read(document, "p.json")
    assert caught.value.where == "p.json"


def test_a_plan_whose_variables_name_no_region_is_priced_as_far_as_it_can_be() -> None:
    document = json.dumps({**plan(("aws_nat_gateway", {})), "variables": {"aws": None}}).encode()
    found = plans.price(plans.read(document, "p.json"), "s", Usage(), BOOK)
    assert "no price aws.nat.hour" in found.unpriced[0].reason


def test_traffic_between_the_clouds_stands_apart() -> None:
    usage = parse("version: 0.1\nisthmus: {egress: {aws_to_gcp_gb: 20000, gcp_to_aws_gb: 10}}", "u")
    found = plans.egress(plan(), usage, BOOK)
    assert {item.name: item.monthly_usd for item in found.items} == {
        "AWS to Google Cloud": pytest.approx(10000 * 0.09 + 10000 * 0.085),
        "Google Cloud to AWS": pytest.approx(1.2),
    }


SOME = st.lists(
    st.sampled_from(
        [("aws_nat_gateway", {}), ("aws_sqs_queue", {}), ("aws_kms_key", {}), ("google_pubsub_topic", {})],
    ),
    max_size=6,
)
AMOUNT = st.floats(0, 1e9)


def used(amount: float) -> Usage:
    keys = ("monthly_requests", "monthly_data_processed_gb", "monthly_message_data_tb")
    return Usage(defaults={type_: dict.fromkeys(keys, amount) for type_ in KINDS})


@given(SOME, SOME, AMOUNT)
def test_two_plans_cost_what_each_costs(
    one: list[tuple[str, dict[str, Any]]], other: list[tuple[str, dict[str, Any]]], amount: float
) -> None:
    apart = added(plans.price(plan(*part), "s", used(amount), BOOK) for part in (one, other))
    together = plans.price(plan(*one, *other), "s", used(amount), BOOK)
    assert together.total_usd == pytest.approx(apart.total_usd)
    assert together.total_usd == pytest.approx(together.fixed_usd + together.usage_usd)


@given(SOME, AMOUNT, AMOUNT)
def test_more_usage_never_costs_less(some: list[tuple[str, dict[str, Any]]], amount: float, more: float) -> None:
    less = plans.price(plan(*some), "s", used(amount), BOOK)
    dearer = plans.price(plan(*some), "s", used(amount + more), BOOK)
    assert dearer.total_usd >= less.total_usd - 1e-6
    assert dearer.fixed_usd == less.fixed_usd


@given(SOME, AMOUNT)
def test_free_tiers_take_off_no_more_than_there_is(some: list[tuple[str, dict[str, Any]]], amount: float) -> None:
    found = plans.price(plan(*some), "s", used(amount), BOOK)
    assert 0 <= found.free_usd <= found.total_usd + 1e-6


def test_a_free_tier_is_an_accounts_however_many_resources_use_it() -> None:
    given_usage = Usage(defaults={"aws_sqs_queue": {"monthly_requests": 8e5}})
    one, two = (plans.price(plan(*[("aws_sqs_queue", {})] * count), "s", given_usage, BOOK) for count in (1, 2))
    assert (one.total_usd, one.free_usd) == (pytest.approx(0.32), pytest.approx(0.32))
    assert (two.total_usd, two.free_usd) == (pytest.approx(0.64), pytest.approx(0.40))
