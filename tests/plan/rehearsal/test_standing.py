"""What stands in every account is found without one, and what is made up of it is said to be."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

PUBLIC: dict[str, tuple[str, dict[str, str], str]] = {
    "aws_ami": (
        'owners = ["amazon"]\nfilter {\n  name = "name"\n  values = ["al2023-ami-*-arm64"]\n}',
        {"id": "^ami-[0-9a-f]{17}$", "architecture": "^arm64$", "owner_id": "^137112412989$"},
        "its id",
    ),
    "aws_ssm_parameter": (
        'name = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64"',
        {"value": "^ami-[0-9a-f]{17}$"},
        "its value",
    ),
    "aws_iam_policy": (
        'arn = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"',
        {"name": "^AWSLambdaBasicExecutionRole$", "path": "^/service-role/$"},
        "its document",
    ),
    "aws_kms_alias": ('name = "alias/aws/s3"', {"target_key_arn": "^arn:aws:kms:us-east-1:.*:key/"}, "its key"),
    "aws_prefix_list": ('name = "com.amazonaws.us-east-1.s3"', {"id": "^pl-"}, "its addresses"),
    "aws_cloudfront_cache_policy": (
        'name = "Managed-CachingOptimized"',
        {"id": "^658327ea-f89d-4fab-a63d-7e88639e58f6$"},
        "",
    ),
    "google_compute_image": (
        'family = "debian-12"\nproject = "debian-cloud"',
        {"self_link": "/projects/debian-cloud/global/images/debian-12-v"},
        "its name",
    ),
    "google_container_engine_versions": (
        'location = "us-central1"\nversion_prefix = "1.29."',
        {"latest_master_version": r"^1\.29\.\d+-gke\.\d+$"},
        "the versions",
    ),
    "google_compute_network": ('name = "default"', {"id": "^projects/p1/global/networks/default$"}, ""),
}


def _data(type_name: str, body: str, label: str = "d") -> str:
    return f'data "{type_name}" "{label}" {{\n{body}\n}}\n'


def _outputs(type_name: str, names: Any) -> str:
    return "".join(f'output "{name}" {{\n  value = data.{type_name}.d.{name}\n}}\n' for name in names)


@pytest.mark.parametrize("type_name", PUBLIC)
def test_what_is_the_clouds_own_is_found(module: Callable, type_name: str) -> None:
    body, expected, made_up = PUBLIC[type_name]
    made = module(_data(type_name, body) + _outputs(type_name, expected))
    outcome = made.do("apply", "-auto-approve")
    assert outcome.code == 0
    assert [item["summary"] for item in outcome.diagnostics] == ([f"{type_name} is made up"] if made_up else [])
    assert all(made_up in item["detail"] for item in outcome.diagnostics)
    for name, pattern in expected.items():
        assert re.search(pattern, made.outputs[name])


@pytest.mark.parametrize(
    ("type_name", "body"),
    [
        ("aws_ami", 'owners = ["self"]'),
        ("aws_ssm_parameter", 'name = "/mine"'),
        ("aws_kms_alias", 'name = "alias/mine"'),
        ("aws_iam_policy", 'name = "mine"'),
        ("aws_vpc", 'tags = {\n  Name = "mine"\n}'),
        ("aws_cloudfront_cache_policy", 'name = "mine"'),
        ("google_compute_image", 'family = "mine"'),
        ("google_compute_network", 'name = "mine"'),
    ],
)
def test_what_is_somebodys_own_is_not_made_up(module: Callable, type_name: str, body: str) -> None:
    outcome = module(_data(type_name, body)).do("plan")
    assert outcome.code == 1
    assert outcome.diagnostics[0]["summary"] == f"The rehearsal can't answer the data source {type_name}"


DEFAULT = """
data "aws_vpc" "d" {
  default = true
}
data "aws_subnets" "d" {
  filter {
    name   = "vpc-id"
    values = [data.aws_vpc.d.id]
  }
}
data "aws_subnet" "d" {
  for_each = toset(data.aws_subnets.d.ids)
  id       = each.value
}
data "aws_security_group" "d" {
  name   = "default"
  vpc_id = data.aws_vpc.d.id
}
output "zones" {
  value = sort([for subnet in data.aws_subnet.d : subnet.availability_zone])
}
output "ranges" {
  value = length(toset([for subnet in data.aws_subnet.d : subnet.cidr_block]))
}
"""


def test_the_default_vpc_has_a_subnet_a_zone_and_a_security_group(module: Callable) -> None:
    made = module(DEFAULT)
    assert made.do("apply", "-auto-approve").code == 0
    assert made.outputs["zones"] == [f"us-east-1{letter}" for letter in "abcdef"]
    assert made.outputs["ranges"] == 6


MADE = """
resource "aws_vpc" "v" {
  cidr_block = "10.0.0.0/16"
}
resource "aws_subnet" "s" {
  for_each          = { a = "10.0.0.0/24", b = "10.0.1.0/24" }
  vpc_id            = aws_vpc.v.id
  cidr_block        = each.value
  availability_zone = "us-east-1${each.key}"
  tags              = { Tier = "tier-${each.key}" }
}
data "aws_subnets" "d" {
  filter {
    name   = "vpc-id"
    values = [aws_vpc.v.id]
  }
  filter {
    name   = "tag:Tier"
    values = ["tier-%s"]
  }
  depends_on = [aws_subnet.s]
}
data "aws_subnet" "d" {
  filter {
    name   = "cidr-block"
    values = ["10.0.1.0/24"]
  }
  depends_on = [aws_subnet.s]
}
output "ids" {
  value = length(data.aws_subnets.d.ids)
}
output "zone" {
  value = data.aws_subnet.d.availability_zone
}
"""


@pytest.mark.parametrize(("pattern", "count"), [("a", 1), ("*", 2), ("c", 0)])
def test_what_the_rehearsal_has_made_is_found_by_filters(module: Callable, pattern: str, count: int) -> None:
    made = module(MADE % pattern)
    outcome = made.do("apply", "-auto-approve")
    assert (outcome.code, made.outputs) == (0, {"ids": count, "zone": "us-east-1b"})
    said = {item["summary"] for item in outcome.diagnostics}
    assert said == (set() if count else {"aws_subnets finds nothing"})
