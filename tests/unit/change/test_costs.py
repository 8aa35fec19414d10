"""What an approval tells of a plan's cost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isthmus.change.costs import pricer
from isthmus.change.plans import Target
from isthmus.core.errors import ConfigurationError

TARGET = Target("dev", "edge/aws")


def plan(*types: str) -> bytes:
    resources = [
        {"address": f"{type_}.n{number}", "mode": "managed", "type": type_, "values": {"region": "us-east-1"}}
        for number, type_ in enumerate(types)
    ]
    return json.dumps({"format_version": "1.2", "planned_values": {"root_module": {"resources": resources}}}).encode()


def test_a_plan_is_priced_and_what_is_in_no_sum_is_counted(tmp_path: Path) -> None:
    found = pricer(tmp_path)(TARGET, plan("aws_nat_gateway", "aws_nat_gateway", "aws_db_instance"))
    assert found == {"fixed": "65.70", "by usage": "0.00", "not priced": "1"}


def test_a_plan_that_cannot_be_read_has_no_price(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="not readable JSON") as caught:
        pricer(tmp_path)(TARGET, plan("aws_nat_gateway")[:50])
    assert caught.value.where == "dev edge/aws"
