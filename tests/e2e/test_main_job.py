"""The main job: events in, both archives whole, whatever happens to a cloud meanwhile."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from isthmus.gamedays.demo import DemoConfig, run_demo
from isthmus.local.rundir import RunDirectory

SOAK_SEED = 1
SOAK_RUNS = 20


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


@pytest.mark.timeout(480)
def test_random_faults_lose_and_double_nothing(tmp_path: Path) -> None:
    """Twenty seeds of every kind of fault; each checked to the last event, and shrunk if one ever fails."""
    command = ("gameday", "soak", "--seed", str(SOAK_SEED), "--runs", str(SOAK_RUNS), "--seconds", "1.5", "--json")
    done = subprocess.run(
        [sys.executable, "-m", "isthmus.cli", *command],
        env={**os.environ, "ISTHMUS_RUN_DIR": str(tmp_path / "run")},
        capture_output=True,
        text=True,
        timeout=450,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    results = json.loads(done.stdout)
    assert [result["seed"] for result in results] == list(range(SOAK_SEED, SOAK_SEED + SOAK_RUNS))
    assert all(result["passed"] and result["acknowledged"] == 750 for result in results)
    assert not list(tmp_path.glob("*/data/*"))
