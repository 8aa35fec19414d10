"""The functions of both providers, called by Terraform."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

REQUIRED = """
terraform {
  required_providers {
    aws    = { source = "hashicorp/aws" }
    google = { source = "hashicorp/google" }
  }
}
"""
ROLE = "arn:aws:iam::123456789012:role/a/b/reader"
CALLS: dict[str, Any] = {
    f'provider::aws::arn_parse("{ROLE}")': {
        "partition": "aws",
        "service": "iam",
        "region": "",
        "account_id": "123456789012",
        "resource": "role/a/b/reader",
    },
    'provider::aws::arn_build("aws", "sqs", "us-east-1", "123456789012", "q")': "arn:aws:sqs:us-east-1:123456789012:q",
    f'provider::aws::trim_iam_role_path("{ROLE}")': "arn:aws:iam::123456789012:role/reader",
    'provider::aws::user_agent("isthmus", "1.0", "bridge")': "isthmus/1.0 (bridge)",
    'provider::google::project_from_id("projects/p1/topics/t")': "p1",
    'provider::google::name_from_id("projects/p1/topics/t")': "t",
    'provider::google::location_from_id("projects/p1/locations/europe-west1/services/s")': "europe-west1",
    'provider::google::region_from_id("projects/p1/regions/us-central1/subnetworks/s")': "us-central1",
    'provider::google::zone_from_id("projects/p1/zones/us-central1-a/instances/i")': "us-central1-a",
    'provider::google::region_from_zone("us-central1-a")': "us-central1",
}
FAILURES = {
    'provider::aws::arn_parse("x")': "arn: invalid prefix",
    'provider::aws::trim_iam_role_path("arn:aws:sqs:::q")': 'service must be "iam"',
    'provider::google::project_from_id("topics/t")': "doesn't contain the expected pattern",
    'provider::google::region_from_zone("us")': "is not a valid zone name",
}


def test_functions_give_what_the_real_providers_give(module: Callable) -> None:
    outputs = "".join(f'output "o{n}" {{\n  value = {call}\n}}\n' for n, call in enumerate(CALLS))
    made = module(REQUIRED + outputs)
    made.do("apply", "-auto-approve")
    assert [made.outputs[f"o{n}"] for n in range(len(CALLS))] == list(CALLS.values())


@pytest.mark.parametrize("call", FAILURES)
def test_a_wrong_argument_gets_the_real_providers_error(module: Callable, call: str) -> None:
    outcome = module(f'{REQUIRED}output "o" {{\n  value = {call}\n}}\n').do("plan")
    assert FAILURES[call] in outcome.diagnostics[0]["detail"]
