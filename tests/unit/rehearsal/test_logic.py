"""What the providers check and decide only when they plan, type by type."""

from __future__ import annotations

import json
from typing import Any

import pytest

from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.resources import behaviour
from isthmus.rehearsal.resources.google.filters import fault
from isthmus.rehearsal.resources.hooks import PLAN
from isthmus.rehearsal.session import Session

KEYS = {"hash_key": "pk", "range_key": None, "billing_mode": "PAY_PER_REQUEST"}
ZIP = {"package_type": "Zip", "handler": "app.handle", "runtime": "python3.13"}


def _said(type_name: str, planned: dict[str, Any], prior: dict[str, Any] | None = None) -> list[str]:
    return [problem.summary for problem in behaviour.problems(type_name, planned, prior)]


@pytest.mark.parametrize(
    ("type_name", "planned", "said"),
    [
        ("aws_sqs_queue", {"name": "a", "fifo_queue": False}, []),
        ("aws_sqs_queue", {"name": "a", "fifo_queue": True}, ["invalid queue name: a"]),
        ("aws_sqs_queue", {"name": "a.fifo", "fifo_queue": True}, []),
        ("aws_sqs_queue", {"name": "a b", "fifo_queue": False}, ["invalid queue name: a b"]),
        ("aws_sqs_queue", {"name": UNKNOWN, "fifo_queue": True}, []),
        (
            "aws_sqs_queue",
            {"name": "a", "fifo_queue": False, "content_based_deduplication": True},
            ["content-based deduplication can only be set for FIFO queue"],
        ),
        ("aws_sns_topic", {"name": "a.fifo", "fifo_topic": False}, ["invalid topic name: a.fifo"]),
        ("aws_dynamodb_table", {**KEYS, "attribute": [{"name": "pk"}]}, []),
        (
            "aws_dynamodb_table",
            {**KEYS, "attribute": [{"name": "pk"}, {"name": "x"}]},
            ["all attributes must be indexed. Unused attributes: x"],
        ),
        (
            "aws_dynamodb_table",
            {**KEYS, "attribute": [{"name": "other"}]},
            ["all indexes must match a defined attribute. Unmatched indexes: pk"],
        ),
        (
            "aws_dynamodb_table",
            {**KEYS, "billing_mode": "PROVISIONED", "read_capacity": 1, "attribute": [{"name": "pk"}]},
            ["write_capacity must be at least 1 when billing_mode is PROVISIONED"],
        ),
        (
            "aws_dynamodb_table",
            {**KEYS, "stream_enabled": True, "attribute": [{"name": "pk"}]},
            ["stream_view_type is required when stream_enabled = true"],
        ),
        ("aws_lambda_function", ZIP, []),
        ("aws_lambda_function", {**ZIP, "handler": UNKNOWN}, []),
        (
            "aws_lambda_function",
            {**ZIP, "handler": None},
            ["handler and runtime must be set when PackageType is Zip"],
        ),
        ("aws_lambda_function", {"package_type": "Image"}, []),
        ("google_compute_firewall", {"direction": "EGRESS"}, []),
        ("google_compute_firewall", {"direction": "INGRESS", "source_ranges": ["0.0.0.0/0"]}, []),
        (
            "google_compute_firewall",
            {"direction": UNKNOWN},
            ["one of source_tags, source_ranges, or source_service_accounts must be defined"],
        ),
    ],
)
def test_a_plan_is_checked(type_name: str, planned: dict[str, Any], said: list[str]) -> None:
    assert _said(type_name, planned) == said


def test_the_name_of_a_queue_is_checked_only_when_it_is_made() -> None:
    assert _said("aws_sqs_queue", {"name": "a b", "fifo_queue": False}, prior={"name": "a b"}) == []


def test_a_function_that_publishes_has_a_new_version_with_each_change() -> None:
    prior = {"publish": True, "timeout": 3, "version": "1", "qualified_arn": "a:1"}
    same, other = dict(prior), {**prior, "timeout": 4}
    for planned in (same, other):
        PLAN["aws_lambda_function"]({}, prior, planned, Session("aws"))
    assert (same["version"], other["version"], other["qualified_arn"]) == ("1", UNKNOWN, UNKNOWN)


def test_autopilot_decides_the_network_of_a_cluster() -> None:
    planned = {"enable_autopilot": True, "networking_mode": UNKNOWN}
    PLAN["google_container_cluster"]({}, None, planned, Session("google"))
    assert (planned["networking_mode"], planned["enable_intranode_visibility"]) == ("VPC_NATIVE", True)


ID = {"name": "id", "type": "STRING", "mode": "REQUIRED"}
NOTE = {"name": "note", "type": "INTEGER"}


@pytest.mark.parametrize(
    ("old", "new", "replaced"),
    [
        ([ID], [ID, NOTE], False),
        ([ID], [ID, {**NOTE, "mode": "REQUIRED"}], True),
        ([ID, NOTE], [ID], False),
        ([ID, NOTE], [ID, {**NOTE, "name": "renamed"}], True),
        ([ID], [{**ID, "mode": "NULLABLE"}], False),
        ([NOTE], [{**NOTE, "mode": "REQUIRED"}], True),
        ([NOTE], [{**NOTE, "type": "int64"}], False),
        ([NOTE], [{**NOTE, "type": "STRING"}], True),
        ([{"name": "r", "fields": [ID, NOTE]}], [{"name": "r", "fields": [ID]}], True),
        ([{"name": "r", "fields": [ID]}], [{"name": "r", "fields": [ID, NOTE]}], False),
    ],
)
def test_columns_are_changed_in_place_where_bigquery_can(old: list[Any], new: list[Any], replaced: bool) -> None:
    found = behaviour.replacing("google_bigquery_table", {"schema": json.dumps(old)}, {"schema": json.dumps(new)})
    assert found == ([("schema",)] if replaced else [])


@pytest.mark.parametrize(
    ("old", "new", "replaced"),
    [
        ("10.0.1.0/24", "10.0.0.0/16", False),
        ("10.0.0.0/16", "10.0.1.0/24", True),
        ("10.0.0.0/24", "10.1.0.0/24", True),
        ("10.0.0.0/24", UNKNOWN, False),
    ],
)
def test_a_subnet_grows_in_place(old: str, new: Any, replaced: bool) -> None:
    found = behaviour.replacing("google_compute_subnetwork", {"ip_cidr_range": old}, {"ip_cidr_range": new})
    assert bool(found) is replaced


def test_a_bucket_whose_retention_is_locked_is_replaced_to_unlock_it() -> None:
    locked, open_ = ({"retention_policy": [{"is_locked": is_locked}]} for is_locked in (True, False))
    assert behaviour.replacing("google_storage_bucket", locked, open_) == [("retention_policy", 0, "is_locked")]
    assert behaviour.replacing("google_storage_bucket", open_, locked) == []


@pytest.mark.parametrize(
    "text",
    [
        'attributes.origin = "aws"',
        'attributes:origin AND NOT attributes.type != "x"',
        '(attributes.a = "1" OR attributes.b = "2") AND hasPrefix(attributes."c d", "e")',
        '-attributes:"iana.org/language_tag"',
    ],
)
def test_a_filter_parses(text: str) -> None:
    assert fault(text) == ""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('origin = "aws"', "'attributes'"),
        ("attributes.origin = aws", "text in double quotes"),
        ('attributes.a = "1" OR attributes.b = "2" AND attributes:c', "need parentheses"),
        ('attributes.a == "1"', "text in double quotes"),
        ('(attributes.a = "1"', "its end"),
        ("attributes.a > 1", "no '>' here"),
        ("attributes.", "name is missing"),
        ("attributes:a attributes:b", "ends before"),
    ],
)
def test_what_is_no_filter_is_said(text: str, says: str) -> None:
    assert says in fault(text)
    (problem,) = behaviour.problems("google_pubsub_subscription", {"filter": text}, None)
    assert (problem.warning, problem.path) == (True, ("filter",))
