"""An alarm that begins to fire, and its end, reach Slack through what is applied: topic, queue, alert function."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from isthmus.local import stacks
from isthmus.local.control.service import Context
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory
from isthmus.local.watch import telling
from isthmus.local.watch.alarms import Alarm
from isthmus.local.watch.service import Watch
from isthmus.local.watch.telling import Changes

from .conftest import Isthmus
from .waiting import until

SECRET = "isthmus-dev-slack"  # its name
RUNBOOK = "docs/runbooks/slo-burn.md"


@pytest.fixture(scope="module")
def posts() -> Iterator[tuple[str, list[str]]]:
    """A webhook's address, and the titles that it was sent."""
    kept: list[str] = []

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            kept.append(json.loads(self.rfile.read(int(self.headers["Content-Length"])))["text"])
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Hook) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/services/x", kept
        server.shutdown()


@pytest.fixture
def slack(run: RunDirectory, isthmus: Isthmus, posts: tuple[str, list[str]]) -> Iterator[list[str]]:
    """Both clouds with a Slack channel, as the runbook says to set it up; without it again afterwards."""
    secrets = stacks.context_of(run).aws("secretsmanager")
    secrets.create_secret(Name=SECRET, SecretString=posts[0])
    file = run.data("gcp") / "secrets" / SECRET
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(posts[0])

    def apply(*more: str) -> None:
        for cloud in ("aws", "gcp"):
            done = isthmus("tf", "dev", f"platform/{cloud}", "apply", "-auto-approve", *more)
            assert done.returncode == 0, done.stdout + done.stderr

    apply("-var", f'contacts={{ slack_secret = "{SECRET}" }}')
    yield posts[1]
    apply()
    secrets.delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)
    file.unlink()


def test_each_change_of_an_alarm_is_told_once(
    run: RunDirectory, endpoints: Endpoints, slack: list[str], tmp_path: Path
) -> None:
    topics = {cloud: endpoints.outputs[cloud]["alarms_topic"] for cloud in ("aws", "gcp")}
    changes, at = Changes(tmp_path / "firing.json"), int(time.time())

    def tell(state: str, minute: int) -> int:
        alarms = [Alarm(f"tried-{cloud}", cloud, state, f"Tried. {RUNBOOK}", RUNBOOK) for cloud in topics]  # type: ignore[arg-type]
        return len(telling.tell(changes, alarms, at + 60 * minute, stacks.context_of(run), topics))

    assert [tell("fires", 0), tell("fires", 1), tell("ok", 2), tell("ok", 3)] == [2, 0, 2, 0]
    wanted = {
        "🔴 tried-aws: ALARM (was OK)",
        "🟢 tried-aws: OK (was ALARM)",
        "🔴 tried-gcp: open",
        "🟢 tried-gcp: closed",
    }
    assert until(lambda: wanted <= set(slack), 90), slack
    assert sorted(text for text in slack if "tried-" in text) == sorted(wanted)


def test_an_outage_is_told_when_it_burns_the_latency_and_when_it_is_over(run: RunDirectory, isthmus: Isthmus) -> None:
    """An hour passes at once: only the clock moves."""
    ahead = [0]
    watch = Watch(Context(run, lambda: time.time() + ahead[0]), ":memory:")
    told: dict[tuple[str, str], list[str]] = {}
    latency = ("gcp", "isthmus-dev-slo-latency-fast")

    def pass_minutes(count: int) -> None:
        for _ in range(count):
            watch.tick()
            for change in watch.tell():
                told.setdefault((change.alarm.cloud, change.alarm.name), []).append(change.alarm.state)
            ahead[0] += 60

    assert isthmus("break", "aws").returncode == 0
    try:
        assert isthmus("send", "--sample", "flights", "--start", "33000", "--limit", "50").returncode == 0
        pass_minutes(14)
        assert told == {latency: ["fires"]}
    finally:
        isthmus("heal")
    assert until(
        lambda: (watch.tick(), watch.samples.last[1]["isthmus.queue.oldest_age", ("gcp", "bridge")])[1] == 0, 90
    )
    pass_minutes(33)
    assert told[latency] == ["fires", "ok"]
    # What else the clock ahead made old is told in turns, too.
    assert all(before != after for states in told.values() for before, after in pairwise(states))
