"""The cost step: limits, growth, a record that is up to date, and what isn't planned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from isthmus.change.budgets import write
from isthmus.change.check import CheckConfig, _cost_step
from isthmus.change.costing import cost_step
from isthmus.change.plans import Planned, Target
from isthmus.change.pricing import price_all, usage_of
from isthmus.core.errors import ConfigurationError
from isthmus.cost.limits import LIMITS, RECORD

NAT_USD = 32.85
TFVARS = Path("terraform/environments/dev.tfvars")


def planned(stack: str, *types: str) -> Planned:
    resources = [
        {"address": f"{type_}.n{number}", "mode": "managed", "type": type_, "values": {"region": "us-east-1"}}
        for number, type_ in enumerate(types)
    ]
    regions = {"aws": {"value": {"region": "us-east-1"}}, "google": {"value": {"region": "us-central1"}}}
    root = {"root_module": {"resources": resources}}
    plan = {"format_version": "1.2", "variables": regions, "planned_values": root}
    return Planned(Target("dev", stack), json.dumps(plan).encode(), (), 0.0)


def project(root: Path, *recorded: Planned, monthly: float = 100, growth: float = 20) -> Path:
    (root / LIMITS).parent.mkdir(parents=True)
    (root / "u.yml").write_text("version: 0.1\n", "utf-8")
    values = f"usage: u.yml, monthly_usd: {monthly}, growth_percent: {growth}, margin_percent: 50"
    (root / LIMITS).write_text(f"environments:\n  dev: {{{values}}}\n", "utf-8")
    (root / TFVARS).write_text('a = "b"\nbudget = { aws_usd = 1, gcp_usd = 1 }\n', "utf-8")
    (root / RECORD).write_text("{}", "utf-8")
    if recorded:
        write(root, price_all(recorded, usage_of(root)))
    return root


def rules(root: Path, *plans: Planned) -> list[str]:
    return [problem.rule for problem in cost_step(root, plans)[0].problems]


ONE = planned("foundation/aws", "aws_nat_gateway")
TWO = planned("foundation/aws", "aws_nat_gateway", "aws_nat_gateway")
EDGE = planned("edge/aws", "aws_nat_gateway")


def test_what_is_recorded_and_under_its_limit_passes(tmp_path: Path) -> None:
    step, rows = cost_step(project(tmp_path, ONE), [ONE])
    assert step.status == "passed"
    assert list(rows[1]) == ["dev, a month", f"${NAT_USD}", f"${NAT_USD}", "+0.00"]


def test_what_costs_more_than_its_limit_fails(tmp_path: Path) -> None:
    assert rules(project(tmp_path, ONE, monthly=30), ONE) == ["cost.limit"]


def test_what_grows_too_much_fails_and_the_difference_comes_first(tmp_path: Path) -> None:
    step, rows = cost_step(project(tmp_path, ONE), [TWO])
    assert [problem.rule for problem in step.problems] == ["cost.growth", "cost.record"]
    assert [row[-1] for row in rows[1:]] == ["+32.85", "+32.85"]


def test_what_grows_as_much_as_it_may_passes(tmp_path: Path) -> None:
    assert rules(project(tmp_path, ONE, growth=100), TWO) == ["cost.record"]


def test_stacks_that_are_not_planned_count_as_recorded(tmp_path: Path) -> None:
    root = project(tmp_path, ONE, EDGE, monthly=60, growth=1000)
    assert rules(root, ONE) == ["cost.limit"]


def test_a_cost_that_is_not_recorded_fails(tmp_path: Path) -> None:
    assert rules(project(tmp_path), ONE) == ["cost.record"]


def test_a_type_that_nobody_knows_is_told(tmp_path: Path) -> None:
    problems = cost_step(project(tmp_path, ONE), [planned("edge/aws", "aws_db_instance")])[0].problems
    assert [(problem.rule, problem.level) for problem in problems if problem.rule == "cost.unpriced"] == [
        ("cost.unpriced", "warning")
    ]


def test_usage_of_a_resource_that_is_not_there_fails_once_all_stacks_are_planned(tmp_path: Path) -> None:
    one, other = planned("a/aws", "aws_nat_gateway"), planned("b/aws", "aws_nat_gateway")
    root = project(tmp_path, one, other)
    (root / "u.yml").write_text("version: 0.1\nresource_usage: {aws_sqs_queue.gone: {monthly_requests: 1}}\n", "utf-8")
    assert "cost.usage" in rules(root, one, other)
    assert "cost.usage" not in rules(root, one)


def test_an_environment_without_limits_fails(tmp_path: Path) -> None:
    other = Planned(Target("qa", "edge/aws"), ONE.document, (), 0.0)
    assert rules(project(tmp_path, ONE), other) == ["cost.limit"]


def test_an_environment_without_limits_has_no_usage(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="qa has no limits"):
        usage_of(project(tmp_path))("qa")


@pytest.mark.parametrize("plans", [[ONE], []], ids=["planned", "nothing planned"])
@pytest.mark.parametrize(
    ("gone", "says", "to_do"),
    [
        (LIMITS, "nothing that says what environments may cost", "take the file back from git"),
        (RECORD, "no record of costs", "isthmus cost --write-budgets"),
        (Path("u.yml"), "usage file can't be read", "correct the usage file"),
    ],
)
def test_nothing_passes_because_a_file_is_gone(
    tmp_path: Path, plans: Sequence[Planned], gone: Path, says: str, to_do: str
) -> None:
    root = project(tmp_path, ONE)
    (root / gone).unlink()
    step, rows = _cost_step(CheckConfig(root, tmp_path, {}), plans)
    assert (step.status, rows) == ("failed", ())
    (problem,) = step.problems
    assert (problem.file, says in problem.message, to_do in problem.fix) == (str(gone), True, True)


@pytest.mark.parametrize(
    ("plans", "says"), [([Planned(Target("dev", "edge/aws"), b"", (), 0.0)], "a plan is missing"), ([], "")]
)
def test_nothing_is_priced_in_part(tmp_path: Path, plans: Sequence[Planned], says: str) -> None:
    step, rows = cost_step(project(tmp_path, ONE), plans)
    assert step.skipped == says
    assert rows == ()


def test_a_plan_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    torn = Planned(Target("dev", "edge/aws"), ONE.document[:40], (), 0.0)
    with pytest.raises(ConfigurationError, match="not readable JSON") as caught:
        cost_step(project(tmp_path, ONE), [torn])
    assert caught.value.where == "dev edge/aws"


def test_a_record_that_was_tampered_with_is_an_error(tmp_path: Path) -> None:
    root = project(tmp_path, ONE)
    (root / RECORD).write_text("{", "utf-8")
    with pytest.raises(ConfigurationError, match="no record"):
        cost_step(root, [ONE])


def test_budgets_are_written_from_the_estimate(tmp_path: Path) -> None:
    root = project(tmp_path, ONE)
    assert (root / TFVARS).read_text("utf-8") == 'a = "b"\nbudget = { aws_usd = 50, gcp_usd = 5 }\n'


def test_budgets_are_written_only_where_there_is_one_line_for_them(tmp_path: Path) -> None:
    root = project(tmp_path)
    (root / TFVARS).write_text("", "utf-8")
    with pytest.raises(ConfigurationError, match="0 lines"):
        write(root, price_all([ONE], usage_of(root)))
