"""Limits, records and budgets."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core.errors import ConfigurationError
from isthmus.cost.limits import BUDGET_STEP_USD, LIMITS, Limit, Record, budget, load, parse, stale, text

GOOD = "environments:\n  dev: {usage: u.yml, monthly_usd: 25, growth_percent: 20, margin_percent: 50}\n"


def written(tmp_path: Path, content: str) -> Path:
    path = tmp_path / LIMITS
    path.parent.mkdir(parents=True)
    path.write_text(content, "utf-8")
    return tmp_path


def test_limits_are_read(tmp_path: Path) -> None:
    assert load(written(tmp_path, GOOD)) == {"dev": Limit("u.yml", 25, 20, 50)}


def test_a_project_without_limits_is_told_how_to_get_some(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"at terraform/environments/costs.yml \(take the file back from git"):
        load(tmp_path)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "dev: 1",
        "environments: 3",
        "environments: [",
        GOOD.replace("25", "-1"),
        GOOD.replace("25", "yes"),
        GOOD.replace("25", ".inf"),
        GOOD.replace("monthly_usd: 25, ", ""),
        GOOD.replace("usage:", "use:"),
        GOOD + "other: 1\n",
    ],
)
def test_limits_that_cannot_be_are_refused(tmp_path: Path, content: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        load(written(tmp_path, content))
    assert caught.value.where == str(LIMITS)


@given(st.floats(0, 1e6), st.floats(0, 1e3), st.floats(0, 200))
def test_a_budget_is_above_the_estimate_and_grows_with_it(usd: float, more: float, margin: float) -> None:
    assert budget(usd, margin) >= usd
    assert budget(usd, margin) % BUDGET_STEP_USD == 0
    assert budget(usd + more, margin) >= budget(usd, margin)


def test_a_record_is_read_as_it_was_written() -> None:
    records = {"dev": Record({"edge/aws": 1.5}, {"aws": 1.5, "gcp": 0.0}, {"aws": 5, "gcp": 5})}
    assert parse(text(records), "costs.json") == records


@pytest.mark.parametrize("content", ["", "[]", '{"dev": {}}', '{"dev": 1}'])
def test_what_is_no_record_is_refused(content: str) -> None:
    with pytest.raises(ConfigurationError, match="no record"):
        parse(content, "costs.json")


@pytest.mark.parametrize(
    ("before", "now", "is_stale"),
    [(10, 10.4, False), (10, 10.6, True), (0, 0.4, False), (100, 104, False), (100, 94, True)],
)
def test_a_record_that_is_off_is_stale(before: float, now: float, is_stale: bool) -> None:
    old, new = Record({"s": before}, {}, {}), Record({"s": now}, {}, {})
    assert stale(old, new) == (["s"] if is_stale else [])
    assert stale(None, new) == ["s"]
