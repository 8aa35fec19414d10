"""What the watch adds up from lines, keeps, and says of the objectives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from isthmus.core.errors import ConfigurationError
from isthmus.core.metrics import BY_NAME
from isthmus.local.watch import prometheus, standing
from isthmus.local.watch.history import KEPT_SECONDS, MinuteStore, Samples
from isthmus.local.watch.standing import Keeper, Standing
from isthmus.local.watch.totals import RECENT_SECONDS, Series, Totals, percentile

NOW = 1_800_000_000.0
BRIDGE: Series = ("isthmus.queue.oldest_age", ("gcp", "bridge"))


def line(message: str, role: str, **facts: Any) -> dict[str, Any]:
    """A function's line."""
    return {"message": message, "cloud": "aws", "role": role, "calls": {}, **facts}


def frame(**facts: Any) -> dict[str, Any]:
    """What archive tells of a frame."""
    return {"origin": "gcp", "age_ms": 2000, "events": 10, "written": True, "size_bytes": 500, **facts}


def test_requests_errors_and_durations_are_counted_by_part() -> None:
    totals = Totals()
    for status in (202, 202, 429, 503):
        totals.add(line("answered", "ingest", status=status, bytes=100, ms=20.0), NOW)
    totals.add(line("handled", "archive", failed=1, frames=[frame()], ms=100.0), NOW)
    totals.add(line("failed", "bridge", ms=5.0), NOW)
    counts = {(name, labels[-1]): value for (name, labels), value in totals.counts.items()}
    assert [counts["isthmus.requests", part] for part in ("ingest", "archive", "bridge")] == [4, 1, 1]
    assert [counts["isthmus.errors", part] for part in ("ingest", "archive", "bridge")] == [1, 1, 1]
    assert counts["isthmus.refused", "ingest"] == 1
    assert counts["isthmus.duration", "ingest"] == pytest.approx(0.08)
    assert totals.gauges(NOW)["isthmus.duration.p99", ("aws", "archive")] == 0.1


def test_what_was_there_already_is_not_stored_again() -> None:
    totals = Totals()
    totals.add(line("handled", "archive", frames=[frame(), frame(written=False)]), NOW)
    assert totals.counts["isthmus.stored.events", ("aws",)] == 10
    assert totals.counts["isthmus.stored.bytes", ("aws",)] == 500


def test_the_lag_of_the_bridge_is_that_of_the_other_clouds_frames_and_is_over_after_a_while() -> None:
    totals = Totals()
    totals.add(line("handled", "archive", frames=[frame(), frame(origin="aws", age_ms=9000)]), NOW)
    assert totals.gauges(NOW)["isthmus.bridge.lag", ("aws",)] == 2
    assert totals.gauges(NOW)["isthmus.archive.lag", ("aws",)] == 9
    assert totals.gauges(NOW + RECENT_SECONDS + 1)["isthmus.archive.lag", ("aws",)] == 0


def test_an_old_line_counts_and_says_nothing_of_now() -> None:
    totals = Totals()
    totals.add(line("handled", "archive", frames=[frame()], ms=100), NOW, fresh=False)
    assert totals.counts["isthmus.stored.events", ("aws",)] == 10
    assert totals.gauges(NOW) == {}


def test_percentiles_are_values_that_were_seen() -> None:
    assert percentile([], 0.99) == 0
    assert percentile([1.0], 0.99) == 1
    assert percentile([float(n) for n in range(1, 101)], 0.99) == 100


def test_an_hour_is_kept_and_no_more() -> None:
    samples = Samples()
    for second in range(0, 2 * KEPT_SECONDS, 5):
        samples.add(NOW + second, {BRIDGE: second})
    assert len(samples.since(0)) == KEPT_SECONDS / 5 + 1
    assert samples.grown(BRIDGE, NOW + 2 * KEPT_SECONDS - 100) == 95


def test_every_metric_has_one_name_for_prometheus() -> None:
    values = {(name, tuple('a"\n' for _ in metric.labels)): 1.5 for name, metric in BY_NAME.items()}
    text = prometheus.text(values)
    assert text.count("# TYPE ") == len({metric.prometheus for metric in BY_NAME.values()}) == len(BY_NAME)
    assert 'isthmus_queue_oldest_age_seconds{cloud="a\\"\\n",queue="a\\"\\n"} 1.5\n' in text


@pytest.fixture
def keeper(tmp_path: Path) -> Keeper:
    """The project's objectives, with nothing seen yet."""
    return Keeper(standing.load(), MinuteStore(tmp_path / "minutes.sqlite"))


def of(keeper: Keeper, slo: str, cloud: str, now: float) -> Standing:
    """How one objective stands."""
    return next(one for one in keeper.standings(now) if (one.slo, one.cloud) == (slo, cloud))


def test_a_bridge_that_stands_still_burns_the_latency_and_is_well_again_when_it_goes_on(keeper: Keeper) -> None:
    """The alert comes with the ninth bad minute of the hour, and goes with the fifth good one."""
    now, seen = NOW, []
    for minute in range(30):
        now += 60
        keeper.observe(now, {BRIDGE: 61.0 if minute < 12 else 0.0})
        seen.append(of(keeper, "latency", "gcp", now).firing)
    assert [minute for minute, firing in enumerate(seen) if "fast" in firing] == list(range(8, 16))
    assert of(keeper, "latency", "aws", now).firing == []
    assert of(keeper, "latency", "gcp", now).attained == pytest.approx(18 / 30)
    assert of(keeper, "latency", "gcp", now).budget_left == pytest.approx(1 - 12 / 432)


def test_errors_of_ingest_burn_the_availability_and_those_from_before_do_not(keeper: Keeper) -> None:
    def seen(errors: float, requests: float) -> dict[Series, float]:
        labels = ("aws", "ingest")
        return {("isthmus.errors", labels): errors, ("isthmus.requests", labels): requests}

    keeper.observe(NOW, seen(500, 1000))
    assert of(keeper, "availability", "aws", NOW).attained == 1
    keeper.observe(NOW + 5, seen(502, 1100))
    found = of(keeper, "availability", "aws", NOW + 5)
    assert found.attained == pytest.approx(0.98)
    assert found.burn_rates[5] == pytest.approx(20)
    assert found.firing == ["fast", "slow", "steady"]
    assert found.severity == "page"
    keeper.observe(NOW + 10, seen(0, 10))
    assert of(keeper, "availability", "aws", NOW + 10).attained == pytest.approx(0.98)


def test_the_first_request_of_a_cloud_counts(keeper: Keeper) -> None:
    """Its series begins with it."""
    keeper.observe(NOW, {})
    keeper.observe(NOW + 5, {("isthmus.errors", ("gcp", "ingest")): 1, ("isthmus.requests", ("gcp", "ingest")): 1})
    assert of(keeper, "availability", "gcp", NOW + 5).attained == 0


def test_minutes_are_kept_over_a_restart_and_no_longer_than_the_window(keeper: Keeper, tmp_path: Path) -> None:
    keeper.observe(NOW, {BRIDGE: 100.0})
    keeper.store.close()
    again = Keeper(standing.load(), MinuteStore(tmp_path / "minutes.sqlite"))
    assert of(again, "latency", "gcp", NOW).attained == 0
    month = 60 * standing.DAY_MINUTES * again.objectives.window_days
    again.observe(NOW + month + 120, {})
    assert again.store.count("latency", "gcp", 0, 2**40).total == 0


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="can't be read"):
        standing.load(tmp_path / "slo.yaml")
