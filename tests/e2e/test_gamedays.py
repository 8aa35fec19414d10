"""A game day on both clouds, and what becomes of one that is interrupted. `make gamedays` holds all scenarios."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import yaml

from isthmus.core import keys
from isthmus.gamedays import hands
from isthmus.gamedays.session import TYPE
from isthmus.gamedays.site import Site
from isthmus.local.network import Network
from isthmus.local.rundir import RunDirectory

from .waiting import until

ROOT = Path(__file__).resolve().parents[2]
Change = Callable[[dict], None]


def shortened(tmp_path: Path, name: str, pause_seconds: float, change: Change = lambda _: None) -> Path:
    """A scenario of the project with other pauses, judged by what a busy machine does not change: counts, not seconds.

    `make gamedays` judges all of it.
    """
    experiment = yaml.safe_load((ROOT / "gamedays" / f"{name}.yaml").read_text("utf-8"))
    own = experiment["extensions"][0]
    own["criteria"] = [text for text in own["criteria"] if text.endswith(("events", "objects"))]
    for activity in experiment["method"]:
        if "pauses" in activity:
            activity["pauses"]["after"] = min(activity["pauses"]["after"], pause_seconds)
    change(experiment)
    path = tmp_path / f"short-{name}.yaml"
    path.write_text(yaml.safe_dump(experiment, sort_keys=False), "utf-8")
    return path


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "isthmus.cli", *words]


@pytest.fixture
def running(run: RunDirectory) -> Iterator[Callable[[Path], subprocess.Popen[str]]]:
    """Starts a game day in the background and waits until it has broken something."""
    started: list[subprocess.Popen[str]] = []

    def start(scenario: Path) -> subprocess.Popen[str]:
        environment = {**os.environ, "ISTHMUS_RUN_DIR": str(run.root)}
        words = command("gameday", "run", str(scenario), "--out", str(scenario.parent / "out"))
        process = subprocess.Popen(
            words, env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        started.append(process)
        assert until(lambda: (run.root / "faults.json").exists() or process.poll() is not None, 60)
        assert process.poll() is None, process.communicate()
        return process

    yield start
    for process in started:
        if process.poll() is None:
            process.kill()
        process.wait()


def broken(run: RunDirectory) -> list[str]:
    """The links that are broken now."""
    return [name for name, link in Network.of(run).links().items() if link["faults"]]


def test_a_scenario_is_judged_and_leaves_evidence(isthmus, run, tmp_path: Path) -> None:
    """The clouds are parted: nothing is lost, both archives are the same again, and the report has it all."""
    out = tmp_path / "out"
    done = isthmus("gameday", "run", str(shortened(tmp_path, "partition", 2.0)), "--out", str(out), "--json")
    assert done.returncode == 0, done.stderr
    (found,) = json.loads(done.stdout)["scenarios"]
    assert found["passed"] and found["steady"] and found["status"] == "completed"
    assert found["measured"]["lost"] == found["measured"]["duplicated"] == found["measured"]["failed_sends"] == 0
    assert 0 < found["measured"]["publisher_rto"] < 30
    assert found["measured"]["acknowledged"] > 500
    assert [band["text"] for band in found["bands"]] == ["partition refuse"]
    assert json.loads((out / "report.json").read_text("utf-8"))["passed"]
    page = (out / "report.html").read_text("utf-8")
    assert "<svg" in page and "1 of 1 scenarios passed" in page and "http" not in page
    assert "ended with status: completed" in (out / "short-partition" / "chaostoolkit.log").read_text("utf-8")
    assert broken(run) == []
    _check_by_the_program(run, out / "short-partition" / "record.ndjson", found["measured"]["acknowledged"])


def _check_by_the_program(run: RunDirectory, record: Path, acknowledged: int) -> None:
    """The checker alone comes to the same, and finds an event that nobody has stored."""
    environment = {**os.environ, "ISTHMUS_RUN_DIR": str(run.root)}
    # What game days send: other tests on the same clouds send events twice on purpose.
    prefix = f"{keys.EVENTS}type={TYPE}."
    program = [sys.executable, "-m", "isthmus.gamedays.check", str(record), "--prefix", prefix]
    done = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    assert json.loads(done.stdout)["acknowledged"] == acknowledged
    with record.open("a") as lines:
        lines.write('{"at_ms":1,"latency_ms":1,"ingest":"aws","events":[["/nobody","1"]]}\n')
    done = subprocess.run(program, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert json.loads(done.stdout)["missing"] == 1


def test_a_criterion_that_does_not_hold_is_the_exit_code(isthmus, tmp_path: Path) -> None:
    def ask_too_much(experiment: dict) -> None:
        experiment["extensions"][0]["criteria"] = ["acknowledged >= 1000000 events", "lost = 0 events"]

    path = shortened(tmp_path, "latency-spike", 0.5, ask_too_much)
    done = isthmus("gameday", "run", str(path), "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "acknowledged >= 1000000 events does not hold" in done.stderr
    again = isthmus("gameday", "report", str(tmp_path / "out"))
    assert "FAILED" in again.stdout


def test_what_cannot_be_run_touches_nothing(isthmus, run, tmp_path: Path) -> None:
    def break_the_moon(experiment: dict) -> None:
        experiment["method"][1]["provider"]["arguments"] = {"cloud": "moon"}

    path = shortened(tmp_path, "aws-outage", 1.0, break_the_moon)
    done = isthmus("gameday", "run", str(path), "--out", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "there is no cloud “moon”" in done.stderr and "use one of: aws, gcp" in done.stderr
    assert not (tmp_path / "out").exists()
    assert broken(run) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_an_interrupted_game_day_heals_what_it_broke(running, run, tmp_path: Path, number: signal.Signals) -> None:
    process = running(shortened(tmp_path, "both-outage", 30.0))
    assert until(lambda: len(broken(run)) >= 5)
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130, said
    assert broken(run) == []
    assert not (run.root / "faults.json").exists()
    report = json.loads((tmp_path / "out" / "report.json").read_text("utf-8"))
    assert [one["status"] for one in report["scenarios"]] == ["interrupted"]


def test_the_next_command_heals_what_a_killed_game_day_left(running, isthmus, run, tmp_path: Path) -> None:
    """Also what is broken inside a cloud, which no proxy knows of."""

    def pause_google_too(experiment: dict) -> None:
        pause = {"type": "python", "module": "isthmus.gamedays.actions", "func": "pause"}
        step = {"type": "action", "name": "p", "provider": {**pause, "arguments": {"cloud": "gcp"}}}
        experiment["method"].insert(1, step)

    endpoint = hands.push_config(Site.of(run), "archive")
    process = running(shortened(tmp_path, "aws-outage", 30.0, pause_google_too))
    assert until(lambda: len(broken(run)) >= 3)
    assert hands.push_config(Site.of(run), "archive") == {}
    process.kill()
    process.wait()
    done = isthmus("gameday", "list")
    assert done.returncode == 0
    assert "healed what an interrupted game day left broken" in done.stderr
    assert broken(run) == []
    assert hands.push_config(Site.of(run), "archive") == endpoint
    assert isthmus("heal").returncode == 0
