"""What `isthmus cost` prints, from prices to words."""

from __future__ import annotations

import json
from typing import Any

import pytest
from typer.testing import CliRunner

from isthmus.cli import cost_print
from isthmus.cli.app import app
from isthmus.cost.environment import EnvironmentCost, price_environment
from isthmus.cost.prices import load
from isthmus.cost.usage import Usage

BOOK = load()
REGIONS = {"aws": {"value": {"region": "us-east-1"}}, "google": {"value": {"region": "us-central1"}}}


def cost(*types: str, **usage: float) -> EnvironmentCost:
    resources = [
        {"address": f'{type_}.n["{number}"]', "mode": "managed", "type": type_, "values": {}}
        for number, type_ in enumerate(types)
    ]
    plan: dict[str, Any] = {"variables": REGIONS, "planned_values": {"root_module": {"resources": resources}}}
    given = Usage("u.yml", defaults=dict.fromkeys(types, usage), egress={"aws_to_gcp_gb": 100.0, "gcp_to_aws_gb": 0.0})
    return price_environment("dev", {"platform/aws": plan}, given, BOOK)


def test_fixed_and_usage_stand_apart_and_egress_has_its_own_line(capsys: pytest.CaptureFixture[str]) -> None:
    cost_print.show({"dev": cost("aws_nat_gateway", monthly_data_processed_gb=100)}, lines=True)
    said = capsys.readouterr().out
    assert "dev: $46.35 a month" in said
    lines = [line.split() for line in said.splitlines()]
    assert ["platform/aws", "$32.85", "$4.50", "$37.35"] in lines
    assert ["between", "the", "clouds", "$0.00", "$9.00", "$9.00"] in lines
    assert "free tiers take $9.00 off" in said
    assert "high, 2026-09-25: " in said


def test_instances_of_a_resource_are_one_row(capsys: pytest.CaptureFixture[str]) -> None:
    cost_print.show({"dev": cost("aws_nat_gateway", "aws_nat_gateway", monthly_data_processed_gb=0)}, lines=False)
    said = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert ["platform/aws", "aws_nat_gateway.n[*]", "$65.70", "$0.00", "$65.70"] in said


def test_what_has_no_price_or_no_usage_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    cost_print.show({"dev": cost("aws_nat_gateway", "aws_db_instance")}, lines=True)
    said = capsys.readouterr().out
    assert "aws_db_instance" in said
    assert "the estimator doesn't know this type" in said
    assert "1 lines go by a usage that isn't given" in said
    assert "by usage, not given" in said


def test_a_difference_names_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    before, after = {"dev": cost("aws_kms_key")}, {"dev": cost("aws_kms_key", "aws_nat_gateway")}
    cost_print.diff(before, after, "main")
    said = capsys.readouterr().out
    assert "dev: +32.85 US dollars a month against main: $10.00 → $42.85" in said
    assert "aws_nat_gateway" in said
    assert "aws_kms_key" not in said


def test_facts_are_json_that_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    from isthmus.cli.output import print_json

    print_json(cost_print.facts({"dev": cost("aws_nat_gateway", monthly_data_processed_gb=100)}))
    found = json.loads(capsys.readouterr().out)["dev"]
    assert found["total_usd"] == pytest.approx(found["fixed_usd"] + found["usage_usd"])
    assert found["total_usd"] == pytest.approx(sum(part["total_usd"] for part in found["stacks"].values()))
    assert found["egress_usd"] == pytest.approx(9.0)
    assert {"source", "date", "confidence", "unit"} <= found["items"][0].keys()


@pytest.mark.parametrize(
    "words", [["--profiles", "--diff", "main"], ["--write-budgets", "--env", "dev"], ["--profiles", "--write-budgets"]]
)
def test_what_does_not_go_together_is_refused(words: list[str]) -> None:
    assert CliRunner().invoke(app, ["cost", *words]).exit_code == 2
