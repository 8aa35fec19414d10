"""What is measured while events flow, and an outage that burns an error budget: it fires, and is over once healed."""

from __future__ import annotations

import json
import re
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from conftest import Isthmus
from waiting import until

from isthmus.cli import exits
from isthmus.core.metrics import BY_NAME
from isthmus.local.control.service import Context
from isthmus.local.rundir import RunDirectory
from isthmus.local.watch import alarms
from isthmus.local.watch.service import Watch

BRIDGE = ("isthmus.queue.oldest_age", ("gcp", "bridge"))


@dataclass
class Clock:
    """The time, and how far it was put forward."""

    ahead_seconds: float = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead_seconds


def test_what_flows_is_measured(isthmus: Isthmus) -> None:
    sent = isthmus("send", "--sample", "flights", "--start", "30000", "--limit", "400", "--json")
    assert sent.returncode == 0, sent.stderr

    def measured() -> bool:
        found = figures(isthmus)
        stored = all(found.get(("isthmus.stored.events", cloud), 0) >= 400 for cloud in ("aws", "gcp"))
        # An archive that could not be listed in time has no balance for now.
        return stored and ("isthmus.replication.corrupt", "") in found

    assert until(measured, 60), figures(isthmus)
    found = figures(isthmus)
    assert found["isthmus.ingest.up", "aws"] == found["isthmus.ingest.up", "gcp"] == 1
    assert sum(found.get(("isthmus.requests", f"{cloud}/ingest"), 0) for cloud in ("aws", "gcp")) >= 1
    assert 0 < found["isthmus.cost.per_million_events", ""] < 100
    assert found["isthmus.replication.corrupt", ""] == 0
    text = isthmus("metrics", "--prometheus").stdout
    assert re.search(r'^isthmus_stored_events_total\{cloud="aws"\} \d+$', text, re.MULTILINE)
    assert set(re.findall(r"^# TYPE (\S+)", text, re.MULTILINE)) <= {metric.prometheus for metric in BY_NAME.values()}


def test_an_outage_of_aws_burns_the_latency_until_it_is_healed(isthmus: Isthmus, run: RunDirectory) -> None:
    """An hour passes at once: only the clock moves."""
    clock = Clock()
    watch = Watch(Context(run, clock), ":memory:")
    assert isthmus("break", "aws").returncode == 0
    try:
        assert isthmus("send", "--sample", "flights", "--start", "31000", "--limit", "50").returncode == 0
        assert until(lambda: ticked(watch)["isthmus.queue.messages", ("gcp", "bridge")] > 0)
        assert ticked(watch)["isthmus.ingest.up", ("aws",)] == 0
        assert firing(watch) == {}
        pass_minutes(watch, clock, 11)
        assert firing(watch) == {("latency", "gcp"): ["fast"]}
        assert told(watch) == {("gcp", "isthmus-dev-slo-latency-fast")}
        pass_minutes(watch, clock, 20)
        assert told(watch) == {("gcp", "isthmus-dev-slo-latency-fast"), ("gcp", "isthmus-dev-bridge-backlog")}
    finally:
        isthmus("heal")
    assert until(lambda: ticked(watch)[BRIDGE] == 0, 90)
    # The slow alert's short window is half an hour.
    pass_minutes(watch, clock, 31)
    assert firing(watch) == {}
    assert told(watch) == set()


def test_every_alarm_on_what_is_promised_is_evaluated(run: RunDirectory) -> None:
    """On both clouds, out of the applied states."""
    watch = Watch(Context(run), ":memory:")
    watch.tick()
    found = watch.alarms()
    promised = {(one.cloud, one.name) for one in found if "-slo-" in one.name and one.tells}
    assert promised == {
        (cloud, f"isthmus-dev-slo-{slo}-fast")
        for cloud in ("aws", "gcp")
        for slo in ("availability", "latency", "completeness")
    }
    assert {one.name for one in found if one.state == "not measured"}.isdisjoint({name for _, name in promised})
    assert all(one.runbook for one in found)


def test_the_objectives_are_told_with_an_exit_code(isthmus: Isthmus) -> None:
    answer = isthmus("slo", "--json")
    facts = json.loads(answer.stdout)
    slos = facts["slos"]
    fires = any(one["firing"] for one in slos) or any(one["state"] == "fires" for one in facts["alarms"])
    assert answer.returncode == (exits.FIRES if fires else exits.OK)
    assert {(one["slo"], one["cloud"]) for one in slos} == {
        (slo, cloud) for slo in ("availability", "latency", "completeness") for cloud in ("aws", "gcp")
    }


def figures(isthmus: Isthmus) -> dict[tuple[str, str], float]:
    """The figures of the run by metric and labels."""
    series = json.loads(isthmus("metrics", "--json").stdout)["series"]
    return {(one["metric"], "/".join(one["labels"].values())): one["value"] for one in series}


def ticked(watch: Watch) -> Any:
    """The figures of now."""
    watch.tick()
    return watch.samples.last[1]


def pass_minutes(watch: Watch, clock: Clock, count: int) -> None:
    """Lets minutes pass, each measured once."""
    for _ in range(count):
        clock.ahead_seconds += 60
        watch.tick()


def told(watch: Watch) -> set[tuple[str, str]]:
    """The alarms of Terraform that tell somebody."""
    return {(one.cloud, one.name) for one in alarms.told(watch.alarms())}


def firing(watch: Watch) -> dict[tuple[str, str], list[str]]:
    """What fires where."""
    return {(one.slo, one.cloud): one.firing for one in watch.standings() if one.firing}
