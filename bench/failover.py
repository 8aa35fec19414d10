"""How fast failover is on two local clouds: the publisher's, by the game days, and by DNS, by the drill.

The game days are those about the publisher: each cloud gone, SNS slow, the archives stopped. A drill runs by
a fast clock, and its seconds are the DNS providers'; what counts is how far the worst that was measured is from the
worst that was calculated.

    python bench/failover.py [--check]
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import measure
from measure import Figure

from isthmus.gamedays import scenario
from isthmus.gamedays.evidence import Evidence
from isthmus.gamedays.holding import hold
from isthmus.local import lifecycle
from isthmus.local.dns.drill import TOLERANCE, run_drill
from isthmus.local.project import project_root
from isthmus.local.rundir import RunDirectory

PART = "failover"
SCENARIOS = ("aws-outage", "google-outage", "latency-spike", "queue-backlog")
DRILLS = (("aws", "refuse"), ("gcp", "refuse"), ("aws", "hang"))
PUBLISHER_SECONDS = 2


def run() -> list[Figure]:
    """Starts the clouds, breaks them in turn, and stops."""
    with tempfile.TemporaryDirectory() as scratch:
        directory = RunDirectory(Path(scratch) / "run")
        lifecycle.up(directory, enforce_iam=True)
        try:
            return [*_publisher(directory, Path(scratch) / "evidence"), *_dns(directory)]
        finally:
            lifecycle.down(directory, purge=True)


def _publisher(directory: RunDirectory, folder: Path) -> Iterator[Figure]:
    root = project_root()
    held = hold([scenario.find(root, name) for name in SCENARIOS], folder, _quiet, directory)
    for one in held.report.scenarios:
        yield Figure(
            PART, f"{one.scenario}, publisher's RTO", _told(one, "publisher_rto"), "s", PUBLISHER_SECONDS, True
        )
        failed = sum(_told(one, name) for name in ("failed_sends", "lost", "duplicated"))
        yield Figure(PART, f"{one.scenario}, sends failed, events lost or twice", failed, "events", 0, True)


def _told(one: Evidence, name: str) -> float:
    """A measure of a scenario; what could not be measured is no figure."""
    found = one.measured.get(name)
    assert found is not None, f"{one.scenario}: {name} was not measured: {one.problem}"
    return found


def _dns(directory: RunDirectory) -> Iterator[Figure]:
    for cloud, how in DRILLS:
        drill = run_drill(directory, cloud, how=how, say=_quiet)
        for one in drill.verdicts:
            name = f"{cloud} drilled by {how}, {one.provider}"
            yield Figure(PART, f"{name}, RTO", one.measured_out, "s")
            yield Figure(PART, f"{name}, RTO off the calculator's", abs(one.ratio - 1), "share", TOLERANCE, True)


def _quiet(text: str) -> None:
    """A bench prints its table alone."""


if __name__ == "__main__":
    measure.main(__doc__, run)
