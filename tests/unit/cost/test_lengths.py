"""Lengths of lists that are known only after apply: counted by what the configuration refers to."""

from __future__ import annotations

import re
from typing import Any

import pytest

from isthmus.cost import plan as plans
from isthmus.cost.lengths import Lengths
from isthmus.cost.prices import load
from isthmus.cost.usage import Usage

ENDPOINT = "module.network[0].aws_vpc_endpoint.this"
PATH = ("module.network[0]",)


def resource(address: str, **values: Any) -> dict[str, Any]:
    type_, name = re.findall(r"(?:^|\.)((?!module\.)\w+)\.(\w+)(?:\[[^\]]+\])?$", address)[0]
    return {"address": address, "mode": "managed", "type": type_, "name": name, "values": values}


def planned(*references: str, subnets: int = 3, call: Any = None, output: Any = None) -> dict[str, Any]:
    """A plan with a network of private subnets and one public, and an endpoint whose `subnet_ids` are unknown."""
    private = [resource(f'module.network[0].aws_subnet.private["z{n}"]') for n in range(subnets)]
    endpoint = resource("module.network[0].aws_vpc_endpoint.this", vpc_endpoint_type="Interface")
    module = {
        "resources": [
            {
                "mode": "managed",
                "type": "aws_vpc_endpoint",
                "name": "this",
                "expressions": {"subnet_ids": {"references": list(references)}},
            }
        ],
        "module_calls": {"zones": {"module": {"outputs": {"ids": {"expression": output or {}}}}}},
    }
    children = [
        {
            "address": "module.network[0].module.zones",
            "resources": [resource("module.network[0].module.zones.aws_subnet.of")],
        }
    ]
    network = {
        "address": "module.network[0]",
        "resources": [*private, resource("module.network[0].aws_subnet.public"), endpoint],
        "child_modules": children,
    }
    return {
        "format_version": "1.2",
        "variables": {"aws": {"value": {"region": "us-east-1"}}},
        "planned_values": {
            "root_module": {
                "resources": [resource(f"aws_subnet.above[{n}]") for n in range(2)],
                "child_modules": [network],
            }
        },
        "resource_changes": [
            {"address": ENDPOINT, "change": {"after_unknown": {"id": True, "subnet_ids": True, "tags_all": {}}}}
        ],
        "configuration": {
            "root_module": {"module_calls": {"network": {"expressions": {"subnets": call or {}}, "module": module}}}
        },
    }


def length(plan: dict[str, Any]) -> int | None:
    lengths: dict[str, int | None] = Lengths(plan).of(PATH, resource(ENDPOINT))
    return lengths["subnet_ids"]


@pytest.mark.parametrize(
    ("references", "count"),
    [
        (("local.zones", "aws_subnet.private"), 3),
        (("var.subnets", "aws_subnet.private"), 3),
        (('aws_subnet.private["z0"].id', 'aws_subnet.private["z0"]', "aws_subnet.private"), 1),
        (("aws_subnet.private", "aws_subnet.public.id", "aws_subnet.public"), 4),
        (("var.subnets",), 2),
        (("module.zones.ids", "module.zones"), 1),
        (("module.zones.ids", "var.subnets"), 3),
    ],
)
def test_as_many_as_what_is_referred_to_has_instances(references: tuple[str, ...], count: int) -> None:
    call = {"references": ["aws_subnet.above"]}
    assert (
        length(planned(*references, call=call, output={"references": ["aws_subnet.of.id", "aws_subnet.of"]})) == count
    )


@pytest.mark.parametrize(
    "references",
    [
        (),
        ("local.subnets",),
        ("data.aws_subnets.all.ids", "data.aws_subnets.all"),
        ("var.subnets",),
        ("module.zones.other",),
    ],
)
def test_what_refers_to_nothing_that_is_planned_is_not_counted(references: tuple[str, ...]) -> None:
    assert length(planned(*references)) is None


def test_a_resource_without_instances_is_not_counted_as_none() -> None:
    assert length(planned("aws_subnet.private", subnets=0)) is None


def test_a_part_that_can_not_be_counted_leaves_the_whole_unknown() -> None:
    assert length(planned("module.zones.ids", "var.subnets", output={"references": ["aws_subnet.of"]})) is None


def test_an_endpoint_is_priced_by_the_zones_that_it_will_be_in() -> None:
    plan = planned("local.zones", "aws_subnet.private")
    items = [item for item in plans.price(plan, "s", Usage(), load()).items if not item.by_usage]
    assert {item.name: item.monthly_usd for item in items} == pytest.approx({"interface endpoint in 3 zones": 21.9})


def test_an_endpoint_whose_zones_can_not_be_counted_is_told_of() -> None:
    monthly = plans.price(planned("local.subnets"), "s", Usage(), load())
    assert [(one.address, one.reason) for one in monthly.unpriced if one.address == ENDPOINT] == [
        (ENDPOINT, "in how many zones it is, is known after apply")
    ]


@pytest.mark.parametrize(
    ("type_", "name", "reason"),
    [
        ("aws_wafv2_web_acl", "rule", "how many rules"),
        ("google_compute_security_policy", "rule", "how many rules"),
        ("google_monitoring_uptime_check_config", "selected_regions", "from how many places"),
        ("aws_cloudwatch_metric_alarm", "metric_query", "how many metrics"),
    ],
)
def test_blocks_that_are_known_after_apply_are_never_free(type_: str, name: str, reason: str) -> None:
    address = f"{type_}.this"
    plan = {
        "format_version": "1.2",
        "variables": {"aws": {"value": {"region": "us-east-1"}}, "google": {"value": {"region": "us-central1"}}},
        "planned_values": {"root_module": {"resources": [resource(address)]}},
        "resource_changes": [{"address": address, "change": {"after_unknown": {name: True}}}],
    }
    assert any(one.reason.startswith(reason) for one in plans.price(plan, "s", Usage(), load()).unpriced)
