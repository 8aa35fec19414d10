"""Changes of alarms: each told once, in the form that the alert function reads."""

from __future__ import annotations

import contextlib
import json
import socket
import threading
from pathlib import Path

from isthmus.core import alerts
from isthmus.local.watch import telling
from isthmus.local.watch.alarms import Alarm, State
from isthmus.local.watch.telling import Change, Changes
from isthmus.rehearsal.realize.base import Context

TOPIC = "arn:aws:sns:us-east-1:000000000000:isthmus-dev-alarms"
RUNBOOK = "docs/runbooks/slo-burn.md"


def alarm(state: State, name: str = "lag", cloud: str = "aws", *, tells: bool = True) -> Alarm:
    return Alarm(name, cloud, state, f"It lags. Runbook: {RUNBOOK}", RUNBOOK, tells)


def test_a_change_waits_with_its_time_until_it_was_told_and_is_told_once(tmp_path: Path) -> None:
    changes = Changes(tmp_path / "control" / "firing.json")
    assert changes.of([alarm("ok"), alarm("fires", "window", tells=False)], 60) == []
    (change,) = changes.of([alarm("fires")], 120)
    assert changes.of([alarm("fires")], 180) == [change]
    assert change.at == 120
    changes.told(change)
    assert changes.of([alarm("fires")], 240) == []
    assert [(one.alarm.state, one.at) for one in changes.of([alarm("ok")], 300)] == [("ok", 300)]


def test_what_was_over_before_it_could_be_told_is_not_told(tmp_path: Path) -> None:
    changes = Changes(tmp_path / "firing.json")
    assert len(changes.of([alarm("fires")], 60)) == 1
    assert changes.of([alarm("ok")], 120) == []


def test_what_was_told_is_known_after_a_restart_and_not_measured_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "firing.json"
    before = Changes(file)
    (change,) = before.of([alarm("fires")], 60)
    before.told(change)
    after = Changes(file)
    assert after.of([alarm("fires")], 120) == []
    assert after.of([alarm("not measured")], 180) == []
    (over,) = after.of([alarm("ok")], 240)
    after.told(over)
    assert json.loads(file.read_text()) == []


def test_a_cloud_that_answers_nothing_is_asked_once_and_its_changes_wait(tmp_path: Path) -> None:
    """It hangs up here; one that says nothing would be waited for once, too."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        asked: list[int] = []
        threading.Thread(target=_hang_up, args=(listening, asked), daemon=True).start()
        clouds = Context(aws_endpoint=f"http://127.0.0.1:{listening.getsockname()[1]}")
        changes = Changes(tmp_path / "firing.json")
        alarms = [alarm("fires", "one"), alarm("fires", "two"), alarm("fires", "three", "gcp")]
        assert telling.tell(changes, alarms, 60, clouds, {"aws": TOPIC, "gcp": "projects/p/topics/t"}) == []
    assert len(asked) == 1
    assert len(changes.of(alarms, 120)) == 3


def _hang_up(listening: socket.socket, asked: list[int]) -> None:
    """Ends each connection without an answer."""
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listening.accept()
            asked.append(1)
            connection.close()


def test_the_alert_function_reads_both_clouds_notifications() -> None:
    """A change has one identity however often it is published, and its end another."""

    def read(state: State, cloud: str, at: int) -> alerts.Alert:
        change = Change(alarm(state, cloud=cloud), at)
        made = telling.cloudwatch(change, TOPIC) if cloud == "aws" else telling.monitoring(change, "isthmus-dev")
        (found,) = alerts.read({}, json.dumps(made).encode())
        return found

    for cloud in ("aws", "gcp"):
        fires, over = read("fires", cloud, 1_800_000_000), read("ok", cloud, 1_800_000_060)
        assert (fires.severity, over.severity) == ("critical", "info")
        assert fires.title.startswith("lag: ")
        assert RUNBOOK in fires.text
        assert fires.identity == read("fires", cloud, 1_800_000_000).identity
        assert len({fires.identity, over.identity, read("fires", cloud, 1_800_000_120).identity}) == 3
