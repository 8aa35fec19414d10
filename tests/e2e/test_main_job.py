"""The main job: events in, both archives whole, whatever happens to a cloud meanwhile."""

from __future__ import annotations

from pathlib import Path

from isthmus.gamedays.demo import DemoConfig, run_demo
from isthmus.gamedays.soak import soak
from isthmus.local.rundir import RunDirectory

SOAK_SEED = 4
"""Printed by pytest when a test fails; the schedules of seeds 4 and 5 hold a freeze, a reset and an outage."""


def test_the_demo_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """Both clouds are cut off in turn, and every event is in both archives once; nothing is left behind."""
    run = RunDirectory(tmp_path / "demo")
    report = run_demo(run, DemoConfig(events=4000, lead_seconds=0.5, outage_seconds=2), print)
    assert report.passed
    assert report.sent == report.accepted == report.stored_in_s3 == report.stored_in_gcs == 4000
    assert report.missing == report.duplicated == 0
    assert report.failovers > 0
    assert report.broker_calls >= report.storage_calls > 0
    assert report.usd_per_million_events * 10 < report.usd_per_million_with_a_message_per_event
    assert not list(run.root.glob("data/*"))


def test_random_faults_lose_and_double_nothing(tmp_path: Path) -> None:
    """A shortened soak; `isthmus gameday soak --seed N --runs K` is the long one."""
    results = list(soak(RunDirectory(tmp_path / "soak"), SOAK_SEED, 2, 3.0, print))
    assert [result.passed for result in results] == [True, True]
    assert results[-1].acknowledged == 3000
