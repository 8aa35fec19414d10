"""What an approval tells of a plan's cost."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from isthmus.change.costs import pricer
from isthmus.change.plans import Target
from isthmus.core.errors import ConfigurationError
from isthmus.cost.limits import LIMITS

TARGET = Target("dev", "edge/aws")


def plan(*types: str) -> bytes:
    resources = [
        {"address": f"{type_}.n{number}", "mode": "managed", "type": type_, "values": {"region": "us-east-1"}}
        for number, type_ in enumerate(types)
    ]
    return json.dumps({"format_version": "1.2", "planned_values": {"root_module": {"resources": resources}}}).encode()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project whose dev may cost something."""
    (tmp_path / LIMITS).parent.mkdir(parents=True)
    (tmp_path / "u.yml").write_text("version: 0.1\n", "utf-8")
    values = "usage: u.yml, monthly_usd: 100, growth_percent: 20, margin_percent: 50"
    (tmp_path / LIMITS).write_text(f"environments:\n  dev: {{{values}}}\n", "utf-8")
    return tmp_path


def test_a_plan_of_which_nobody_knows_the_usage_has_no_price(root: Path) -> None:
    with pytest.raises(ConfigurationError, match="qa has no limits"):
        pricer(root)(Target("qa", "edge/aws"), plan("aws_nat_gateway"))
    (root / LIMITS).unlink()
    with pytest.raises(ConfigurationError, match="nothing that says"):
        pricer(root)(TARGET, plan("aws_nat_gateway"))


def test_a_plan_is_priced_and_what_is_in_no_sum_is_counted(root: Path) -> None:
    found = pricer(root)(TARGET, plan("aws_nat_gateway", "aws_nat_gateway", "aws_db_instance"))
    assert found == {"fixed": "65.70", "by usage": "0.00", "not priced": "1"}


def test_a_plan_that_cannot_be_read_has_no_price(root: Path) -> None:
    with pytest.raises(ConfigurationError, match="not readable JSON") as caught:
        pricer(root)(TARGET, plan("aws_nat_gateway")[:50])
    assert caught.value.where == "dev edge/aws"
