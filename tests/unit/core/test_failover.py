"""The calculator of the worst failover by DNS."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core.failover import (
    FAILURES,
    HONEST,
    Checks,
    Failure,
    Opinion,
    Resolver,
    cloud_dns,
    route53,
    worst_back,
    worst_out,
)

REGIONS = ("us-central1", "europe-west1", "asia-east1")


def test_refusing_takes_the_threshold_times_the_interval_and_the_time_to_live() -> None:
    worst = worst_out(route53(30, 3), 60, failure="refuse")
    assert (worst.detect_seconds, worst.cache_seconds, worst.total_seconds) == (90.0, 60.0, 150.0)


def test_route53_waits_for_each_answer_before_the_interval_begins() -> None:
    assert worst_out(route53(10, 3), 60, failure="silent").detect_seconds == 3 * (10 + 4)
    assert worst_out(route53(10, 3), 60, failure="hang").detect_seconds == 3 * (10 + 2)


def test_cloud_dns_starts_its_probes_by_the_clock() -> None:
    checks = cloud_dns(30, 3, 2, 5, REGIONS)
    assert worst_out(checks, 60, failure="silent").detect_seconds == 3 * 30 + 5
    assert worst_back(checks, 60, failure="refuse").detect_seconds == 2 * 30


def test_a_probe_that_waits_longer_than_the_interval_holds_up_the_next() -> None:
    assert worst_out(cloud_dns(30, 3, 2, 40, REGIONS), 60).detect_seconds == 30 + 40 + 2 * 40


def test_a_resolver_may_raise_the_time_to_live_and_more_may_cache_behind_it() -> None:
    checks = route53(30, 3)
    assert worst_out(checks, 60, resolver=Resolver("", 300, 30)).cache_seconds == 300 + 30
    assert worst_out(checks, 600, resolver=Resolver("", 300)).cache_seconds == 600
    assert worst_out(checks, 60, failure="refuse", resolver=HONEST, publish_seconds=5).total_seconds == 150 + 5


def test_more_than_eighteen_percent_of_route53_and_most_of_cloud_dns_must_see_it_well() -> None:
    assert route53(30, 3).healthy_min == 2
    assert cloud_dns(30, 3, 2, 5, REGIONS).healthy_min == 2


def test_an_opinion_changes_after_as_many_probes_in_a_row_and_no_sooner() -> None:
    checks = cloud_dns(30, 3, 2, 5, REGIONS)
    opinion = Opinion()
    verdicts = []
    for passed in (False, False, True, False, False, False, True, False, True, True):
        opinion = opinion.after(passed, checks)
        verdicts.append(opinion.healthy)
    assert verdicts == [True, True, True, True, True, False, False, False, False, True]


@given(
    interval=st.sampled_from([10.0, 30.0]),
    threshold=st.integers(1, 10),
    failure=st.sampled_from(FAILURES),
    seed=st.integers(0, 2**32),
)
def test_no_outage_is_seen_later_than_calculated(interval: float, threshold: int, failure: Failure, seed: int) -> None:
    """Against a simulation: checkers at random phases, an outage at any moment, every checker must have seen it."""
    dice = random.Random(seed)
    for checks in (route53(interval, threshold), cloud_dns(max(interval, 30), threshold, 2, 5, REGIONS)):
        seen = sorted(_seen(checks, failure, dice.random() * checks.interval_seconds) for _ in checks.regions)
        decided = seen[len(seen) - checks.healthy_min]
        assert decided <= worst_out(checks, 60, failure=failure).detect_seconds + 1e-6


def _seen(checks: Checks, failure: Failure, first: float) -> float:
    """When a checker that asks first after so many seconds of an outage calls the endpoint unhealthy."""
    begins = first
    for _ in range(checks.failures):
        ends = begins + checks.wait_seconds(failure)
        begins = (
            max(ends, begins + checks.interval_seconds) if not checks.from_answer else ends + checks.interval_seconds
        )
    return ends


@pytest.mark.parametrize("failure", FAILURES)
def test_coming_back_waits_for_the_probe_that_still_fails(failure: Failure) -> None:
    checks = route53(30, 3)
    assert 90 + checks.wait_seconds(failure) == worst_back(checks, 60, failure=failure).detect_seconds
