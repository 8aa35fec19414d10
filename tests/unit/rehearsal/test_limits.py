"""Values that the real provider lets through and the cloud refuses: warnings, never errors; and the other way round."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.rehearsal.convert.schema import Block, from_compact
from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.resources import facts, limits, store
from isthmus.rehearsal.resources.rules import Problem, check


def _block(type_name: str) -> Block:
    return from_compact(store.catalogue(type_name.partition("_")[0]).block("r", type_name))


def _with(block: Block, given: dict[str, Any]) -> dict[str, Any]:
    """A configuration with only these values, by dotted path."""
    config: dict[str, Any] = dict.fromkeys(block.attributes) | {name: [] for name in block.blocks}
    for path, value in given.items():
        name, _, rest = path.partition(".")
        if rest:
            inner = _with(block.blocks[name].block, {rest: value})
            config[name] = inner if block.blocks[name].mode == "single" else [inner]
        else:
            config[name] = value
    return config


def _problems(type_name: str, path: str, value: Any) -> list[Problem]:
    """What is said of this value, not of what else is missing."""
    block = _block(type_name)
    found = check(block, _with(block, {path: value}), facts.load(type_name))
    return [problem for problem in found if problem.path and problem.path[-1] == path.rpartition(".")[2]]


REFUSED = [
    ("google_pubsub_subscription", "ack_deadline_seconds", 5, 10),
    ("google_pubsub_subscription", "dead_letter_policy.max_delivery_attempts", 200, 100),
    ("google_pubsub_subscription", "message_retention_duration", "300s", "604800s"),
    ("google_pubsub_subscription", "retry_policy.maximum_backoff", "900s", "600s"),
    ("google_pubsub_subscription", "expiration_policy.ttl", "3600s", ""),
    ("google_pubsub_topic", "name", "google-events", "events"),
    ("google_pubsub_topic", "labels", {"Team": "x"}, {"team": "x"}),
    ("google_storage_bucket", "name", "Upper", "lower"),
    ("google_storage_bucket", "name", "goog-events", "events"),
    ("google_storage_bucket", "name", "two..dots", "events.example.org"),
    ("google_compute_subnetwork", "log_config.flow_sampling", 1.5, 0.5),
    ("google_compute_network", "mtu", 1200, 1460),
    ("google_cloud_run_v2_service", "template.max_instance_request_concurrency", 1001, 80),
    ("google_kms_crypto_key", "destroy_scheduled_duration", "60s", "86400s"),
    ("google_service_account", "display_name", "x" * 101, "x"),
    ("google_billing_budget", "display_name", "x" * 61, "x"),
    ("google_logging_project_sink", "name", "-sink", "sink"),
    ("google_monitoring_uptime_check_config", "period", "120s", "300s"),
    ("google_secret_manager_secret", "rotation.rotation_period", "60s", "3600s"),
    ("aws_sqs_queue", "receive_wait_time_seconds", 21, 20),
    ("aws_sqs_queue", "tags", {"aws:cloud": "x"}, {"cloud": "x"}),
    ("aws_s3_bucket", "bucket", "Upper", "lower"),
    ("aws_s3_bucket", "bucket", "192.168.0.1", "a.b"),
    ("aws_cloudwatch_dashboard", "dashboard_name", "my board", "my-board"),
    ("aws_dynamodb_table", "name", "no spaces", "table"),
    ("aws_apigatewayv2_stage", "name", "a.b", "$default"),
    ("aws_secretsmanager_secret", "name", "a:b", "a/b"),
]


@pytest.mark.parametrize(("type_name", "path", "value", "fine"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_the_api_refuses_is_a_warning(type_name: str, path: str, value: Any, fine: Any) -> None:
    found = _problems(type_name, path, value)
    assert [problem.warning for problem in found] == [True]
    assert "Source: " in found[0].detail
    assert _problems(type_name, path, fine) == []


ERRORS = [
    ("google_kms_crypto_key", "rotation_period", "86399s", "86400s"),
    ("google_storage_bucket", "labels", {"Team": "x"}, {"team": "x"}),
    ("google_compute_network", "name", "Net", "net"),
    ("google_project_iam_member", "member", "me", "user:me@example.org"),
    ("google_project_iam_binding", "members", ["me"], ["allUsers"]),
    ("google_pubsub_subscription", "filter", "x" * 257, 'attributes.a = "b"'),
    ("google_compute_subnetwork", "ip_cidr_range", "10.0.0.0", "10.0.0.0/24"),
    ("google_service_account", "account_id", "not_valid", "long-enough"),
    ("aws_lambda_function", "memory_size", 50, 128),
    ("aws_lambda_function", "runtime", "python1.5", "python3.13"),
    ("aws_lambda_function", "role", "writer", "arn:aws:iam::000000000000:role/writer"),
    ("aws_cloudwatch_log_group", "retention_in_days", 2, 7),
    ("aws_sqs_queue", "max_message_size", 1048577, 1048576),
    ("aws_vpc", "cidr_block", "10.0.0.0/8", "10.0.0.0/16"),
    ("aws_subnet", "cidr_block", "10.0.0.1/24", "10.0.0.0/24"),
]


@pytest.mark.parametrize(("type_name", "path", "value", "fine"), ERRORS, ids=lambda value: str(value)[:40])
def test_what_the_provider_refuses_is_an_error(type_name: str, path: str, value: Any, fine: Any) -> None:
    assert [problem.warning for problem in _problems(type_name, path, value)] == [False]
    assert _problems(type_name, path, fine) == []


@pytest.mark.parametrize("limit", [{"range": [1, 2]}, {"enum": ["a"]}, {"pattern": "^a"}, {"seconds": [1, 2]}])
def test_an_unknown_absent_or_empty_value_breaks_no_limit(limit: dict[str, Any]) -> None:
    assert [limits.broken(value, limit) for value in (UNKNOWN, None, "")] == ["", "", ""]


@pytest.mark.parametrize(
    ("limit", "value", "says"),
    [
        ({"range": [1, 3]}, 4, "1 to 3"),
        ({"range": [None, 3]}, 4, "at most 3"),
        ({"length": [2, None]}, "a", "at least 2 characters"),
        ({"enum": ["a", "b"]}, ["a", "c"], "one of a, b"),
        ({"seconds": [10, 20]}, "1m", "a duration, 10 to 20 seconds"),
        ({"keys": "^a$"}, {"b": "x"}, "keys that match ^a$"),
        ({"values": "^a$"}, {"b": "x"}, "values that match ^a$"),
        ({"most": 1}, ["a", "b"], "at most 1"),
        ({"range": [1, 3], "says": "a few"}, 4, "a few"),
    ],
)
def test_the_rule_is_in_words(limit: dict[str, Any], value: Any, says: str) -> None:
    assert limits.broken(value, limit) == says


@pytest.mark.parametrize("provider", ["aws", "google"])
def test_generated_facts_name_only_what_the_schemas_have(provider: str) -> None:
    catalogue = store.catalogue(f"{provider}-facts")
    assert len(catalogue.names("f")) > 200
    strangers = []
    for type_name in catalogue.names("f"):
        block = _block(type_name)
        for path, fact in facts.generated(type_name).items():
            inner, *rest = path.split(".")
            here = block
            for step in rest:
                here, inner = here.blocks[inner].block, step
            if not (here.has(inner) or inner in here.blocks) or not {*fact} <= {"force_new", "enum", "range", "api"}:
                strangers.append(f"{type_name}.{path}")
    assert strangers == []
