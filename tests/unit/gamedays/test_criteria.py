"""A criterion has a measure, a comparison, a number and that measure's unit."""

from __future__ import annotations

import pytest

from isthmus.core.errors import ConfigurationError
from isthmus.gamedays.criteria import MEASURES, Criterion


@pytest.mark.parametrize(
    ("text", "value", "passed"),
    [
        ("publisher_rto <= 2 s", 2.0, True),
        ("publisher_rto <= 2 s", 2.01, False),
        ("publisher_rto <= 1500 ms", 1.4, True),
        ("rpo <= 1 min", 59.0, True),
        ("rpo <= 1 min", 61.0, False),
        ("lost = 0 events", 0.0, True),
        ("lost = 0 events", 1.0, False),
        ("error_budget <= 0.5 %", 0.6, False),
        ("backlog >= 1000 messages", 1000.0, True),
        ("publisher_rto <= 2 s", None, False),
    ],
)
def test_a_criterion_is_judged_in_its_unit(text: str, value: float | None, passed: bool) -> None:
    criterion = Criterion.parse(text)
    assert criterion.judge({criterion.measure.name: value}).passed is passed


@pytest.mark.parametrize("text", ["rpo <= 5", "rpo 5 s", "<= 5 s", "rpo <= s", "rpo < 5 s", "rpo <= 5 %", "rto <= 5 s"])
def test_what_is_no_criterion_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError):
        Criterion.parse(text)


def test_what_is_not_measured_fails() -> None:
    assert not Criterion.parse("lost = 0 events").judge({}).passed


def test_every_measure_says_what_it_is() -> None:
    for name, measure in MEASURES.items():
        assert name == measure.name
        assert measure.unit and measure.says.endswith(".")
