"""Data sources: what follows from the provider's settings, what the rehearsal has made, what the user says exists."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from isthmus.core.errors import ConfigurationError
from isthmus.rehearsal.resources.data_sources.world import read_existing

ACCOUNT = "000000000000"
NUMBER = "000000000000"
ANSWERS: dict[str, tuple[str, dict[str, Any]]] = {
    "aws_caller_identity": ("", {"account_id": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root"}),
    "aws_partition": ("", {"partition": "aws", "dns_suffix": "amazonaws.com", "reverse_dns_prefix": "com.amazonaws"}),
    "aws_region": ("", {"region": "us-east-1", "description": "US East (N. Virginia)"}),
    "aws_regions": (
        'filter {\n name = "region-name"\n values = ["us-west-2", "eu-west-9"]\n}',
        {"names": ["us-west-2"]},
    ),
    "aws_availability_zones": (
        'exclude_names = ["us-east-1c"]',
        {"names": ["us-east-1a", "us-east-1b", "us-east-1d", "us-east-1e", "us-east-1f"]},
    ),
    "aws_availability_zone": ('name = "us-east-1b"', {"zone_id": "use1-az2", "name_suffix": "b"}),
    "aws_service": ('service_id = "sqs"', {"dns_name": "sqs.us-east-1.amazonaws.com"}),
    "aws_service_principal": (
        'service_name = "logs"',
        {"name": "logs.amazonaws.com", "id": "logs.us-east-1.amazonaws.com", "suffix": "amazonaws.com"},
    ),
    "aws_default_tags": ("", {"tags": {"made": "here"}}),
    "aws_arn": ('arn = "arn:aws:s3:::b/k:1"', {"service": "s3", "resource": "b/k:1", "account": ""}),
    "aws_iam_session_context": (
        'arn = "arn:aws:sts::123456789012:assumed-role/reader/me"',
        {"issuer_arn": "arn:aws:iam::123456789012:role/reader", "session_name": "me", "issuer_name": "reader"},
    ),
    "aws_vpc_endpoint_service": (
        'service = "s3"',
        {"service_name": "com.amazonaws.us-east-1.s3", "service_type": "Gateway"},
    ),
    "google_project": ("", {"project_id": "p1", "number": NUMBER, "id": "projects/p1"}),
    "google_client_config": ("", {"project": "p1", "region": "us-central1"}),
    "google_storage_project_service_account": (
        "",
        {"email_address": f"service-{NUMBER}@gs-project-accounts.iam.gserviceaccount.com"},
    ),
    "google_bigquery_default_service_account": (
        "",
        {"email": f"bq-{NUMBER}@bigquery-encryption.iam.gserviceaccount.com"},
    ),
    "google_compute_default_service_account": ("", {"email": f"{NUMBER}-compute@developer.gserviceaccount.com"}),
    "google_compute_zones": (
        "",
        {"names": ["us-central1-a", "us-central1-b", "us-central1-c", "us-central1-f"]},
    ),
    "google_netblock_ip_ranges": ('range_type = "iap-forwarders"', {"cidr_blocks": ["35.235.240.0/20"]}),
    "google_iam_policy": (
        'binding {\n role = "roles/b"\n members = ["user:b@x", "user:a@x"]\n}\n'
        'binding {\n role = "roles/a"\n members = ["user:c@x"]\n'
        ' condition {\n  title = "t"\n  expression = "a < b"\n }\n}\n'
        'binding {\n role = "roles/b"\n members = ["user:0@x"]\n}',
        {
            "policy_data": '{"bindings":[{"condition":{"expression":"a \\u003c b","title":"t"},"members":["user:c@x"],'
            '"role":"roles/a"},{"members":["user:0@x","user:a@x","user:b@x"],"role":"roles/b"}]}'
        },
    ),
}
TAGGED = 'provider "aws" {\n  alias = "tagged"\n  default_tags {\n    tags = { made = "here" }\n  }\n}\n'


def test_answers_are_those_of_the_real_providers(module: Callable) -> None:
    text = "".join(
        f'data "{name}" "d" {{\n{"provider = aws.tagged" if name == "aws_default_tags" else ""}\n{body}\n}}\n'
        f'output "{name}" {{\n  value = data.{name}.d\n}}\n'
        for name, (body, _) in ANSWERS.items()
    )
    made = module(TAGGED + text)
    outcome = made.do("apply", "-auto-approve")
    assert outcome.diagnostics == ()
    found = {name: {key: made.outputs[name][key] for key in wanted} for name, (_, wanted) in ANSWERS.items()}
    assert found == {name: wanted for name, (_, wanted) in ANSWERS.items()}


def test_another_partition_follows_from_the_region(module: Callable) -> None:
    text = 'provider "aws" {\n  alias = "cn"\n  region = "cn-north-1"\n}\n'
    text += 'data "aws_partition" "d" {\n  provider = aws.cn\n}\noutput "p" {\n  value = data.aws_partition.d\n}\n'
    made = module(text)
    made.do("apply", "-auto-approve")
    assert (made.outputs["p"]["partition"], made.outputs["p"]["dns_suffix"]) == ("aws-cn", "amazonaws.com.cn")


LOOKUP = """
resource "google_compute_network" "n" {
  name = "n"
}

data "google_compute_network" "n" {
  name = google_compute_network.n.name
  depends_on = [google_compute_network.n]
}

output "link" {
  value = data.google_compute_network.n.id
}
"""


def test_what_the_rehearsal_has_made_is_found(module: Callable) -> None:
    made = module(LOOKUP)
    assert made.do("apply", "-auto-approve").diagnostics == ()
    assert made.outputs["link"] == "projects/p1/global/networks/n"
    assert made.do("plan").no_changes


def test_what_is_nowhere_is_an_error_that_says_what_to_do(module: Callable) -> None:
    outcome = module('data "aws_vpc" "v" {\n  id = "vpc-1"\n}\n').do("plan")
    assert outcome.diagnostics[0]["summary"] == "The rehearsal can't answer the data source aws_vpc"
    assert "--existing FILE" in outcome.diagnostics[0]["detail"]


def test_what_the_user_says_exists_is_found(module: Callable, tmp_path: Path) -> None:
    file = tmp_path / "existing.json"
    file.write_text(json.dumps({"aws_vpc": [{"id": "vpc-1", "cidr_block": "10.0.0.0/16"}]}))
    made = module('data "aws_vpc" "v" {\n  id = "vpc-1"\n}\noutput "c" {\n  value = data.aws_vpc.v.cidr_block\n}\n')
    made = replace(made, stack=replace(made.stack, existing=read_existing(file)))
    assert made.do("apply", "-auto-approve").code == 0
    assert made.outputs["c"] == "10.0.0.0/16"
    made.write('data "aws_vpc" "v" {\n  id = "vpc-2"\n}\n')
    assert made.do("plan").code == 1


@pytest.mark.parametrize("text", ["{", '["a"]', '{"aws_vpc": {"id": "x"}}'])
def test_a_file_of_another_form_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "existing.json").write_text(text)
    with pytest.raises(ConfigurationError, match=r"existing\.json"):
        read_existing(tmp_path / "existing.json")


ZONE = """
data "aws_route53_zone" "z" {
  name = "example.com"
}
output "id" {
  value = data.aws_route53_zone.z.zone_id
}
"""


def test_what_another_stack_of_the_environment_has_recorded_is_found_and_comes_before_what_is_assumed(
    module: Callable, tmp_path: Path
) -> None:
    made = module(ZONE)
    assumed = {"aws_route53_zone": [{"name": "example.com", "zone_id": "ZASSUMED"}]}
    made = replace(made, stack=replace(made.stack, assumed=assumed))
    assert made.do("apply", "-auto-approve").code == 0
    assert made.outputs["id"] == "ZASSUMED"
    below = tmp_path / "below"
    below.mkdir()
    made_below = replace(made, stack=replace(made.stack, directory=below, name="below", assumed={}))
    made_below.write('resource "aws_route53_zone" "z" {\n  name = "example.com"\n}\n')
    assert made_below.do("apply", "-auto-approve").add == 1
    assert made.do("apply", "-auto-approve").code == 0
    assert re.fullmatch("Z[A-Z0-9]{17}", made.outputs["id"])


def test_the_number_of_the_project_is_the_one_that_the_variables_have(module: Callable, tmp_path: Path) -> None:
    made = module(
        'variable "google" {\n  type = object({ project_number = string })\n}\n'
        'data "google_project" "p" {}\noutput "n" {\n  value = data.google_project.p.number\n}\n'
    )
    values = tmp_path / "prod.tfvars"
    values.write_text('google = {\n  project_number = "123456789012"\n}\n')
    made = replace(made, stack=replace(made.stack, variable_file=values))
    assert made.do("apply", "-auto-approve").code == 0
    assert made.outputs["n"] == "123456789012"
