"""The project's own costs: the record and budgets follow from the plans, usage files from their events."""

from __future__ import annotations

from pathlib import Path

import pytest

from isthmus.change import budgets, plans, pricing
from isthmus.cost import limits, usage
from isthmus.cost.environment import EnvironmentCost
from isthmus.cost.event_path import MILLION, modelled
from isthmus.cost.plan import EGRESS
from isthmus.local import packages
from isthmus.local.project import project_root
from isthmus.local.stacks import build_variables

ROOT = project_root()


@pytest.fixture(scope="module")
def costs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, EnvironmentCost]:
    """What all environments cost."""
    packages.ensure()
    planned = plans.plan_all(ROOT, plans.targets(ROOT), build_variables(), tmp_path_factory.mktemp("plans"))
    return pricing.price_all(planned, pricing.usage_of(ROOT))


def test_the_record_is_not_stale(costs: dict[str, EnvironmentCost]) -> None:
    recorded = limits.parse((ROOT / limits.RECORD).read_text("utf-8"), str(limits.RECORD))
    for name, limit in limits.load(ROOT).items():
        assert not limits.stale(recorded.get(name), limits.record(costs[name], limit)), (
            f"{name}: run isthmus cost --write-budgets"
        )


def test_terraform_has_the_recorded_budgets(costs: dict[str, EnvironmentCost]) -> None:
    recorded = limits.parse((ROOT / limits.RECORD).read_text("utf-8"), str(limits.RECORD))
    for name, record in recorded.items():
        assert budgets.line(record) in (ROOT / f"terraform/environments/{name}.tfvars").read_text("utf-8")
        for cloud, usd in record.clouds.items():
            assert record.budgets[cloud] >= usd


def test_environments_are_within_their_limits(costs: dict[str, EnvironmentCost]) -> None:
    for name, limit in limits.load(ROOT).items():
        assert 0 < costs[name].monthly.total_usd <= limit.monthly_usd


def test_every_usage_is_given_and_every_line_belongs_to_something(costs: dict[str, EnvironmentCost]) -> None:
    for cost in costs.values():
        assert not cost.monthly.without_usage
        assert not cost.ignored
        assert cost.by_stack()[EGRESS].total_usd > 0
        assert cost.million is not None
    assert not costs["prod"].unmatched


def test_what_has_no_price_has_a_reason_that_is_known(costs: dict[str, EnvironmentCost]) -> None:
    for cost in costs.values():
        assert not [one for one in cost.monthly.unpriced if "doesn't know" in one.reason or "no price" in one.reason]


@pytest.mark.parametrize("path", sorted(ROOT.glob("usage/*.yml")), ids=lambda path: path.stem)
def test_a_usage_file_follows_from_its_events(path: Path) -> None:
    found = usage.load(path)
    shape = found.shape
    assert shape is not None
    times = found.events["monthly"] / MILLION
    model = {line.item: (line.quantity or 0.0) * times for line in modelled(shape).lines}
    archive = found.of("google_storage_bucket", "module.archive.google_storage_bucket.archive")
    ingest = found.of("aws_lambda_function", 'module.function["ingest"].aws_lambda_function.this')
    topic = found.of("google_pubsub_topic", "module.messaging.google_pubsub_topic.events")
    assert found.egress["aws_to_gcp_gb"] == pytest.approx(model["AWS to Google Cloud"], rel=0.05)
    assert found.egress["gcp_to_aws_gb"] == pytest.approx(model["Google Cloud to AWS"], rel=0.05)
    written = model["Cloud Storage class A operations"]
    assert archive["monthly_class_a_operations"] == pytest.approx(written + _lists(found, written), rel=0.05)
    assert ingest["monthly_requests"] == pytest.approx(model["Lambda ingest, requests"], rel=0.05)
    assert topic["monthly_message_data_tb"] == pytest.approx(model["Pub/Sub publishes"], rel=0.05)


def _lists(found: usage.Usage, objects: float) -> float:
    """What the ledgers of both clouds list: a day's objects by the thousand, and some types, each time."""
    there = found.by_address.get("module.ledger[*].module.function.aws_lambda_function.this", {})
    return 2 * there.get("monthly_requests", 0.0) * (objects / 30 / 1000 + 10)


def test_a_cost_profile_is_priced_as_it_would_be() -> None:
    wanted = plans.targets(ROOT, ("dev",), ("edge/aws", "foundation/aws"))
    variables, own = build_variables(), pricing.usage_of(ROOT)
    minimal = pricing.price_profile(ROOT, "minimal", wanted, variables, own)
    resilient = pricing.price_profile(ROOT, "resilient", wanted, variables, own)
    assert minimal["dev"].monthly.fixed_usd + 100 < resilient["dev"].monthly.fixed_usd
