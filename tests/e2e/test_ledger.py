"""The ledgers that Terraform deploys, switched on: each cloud's own lists both archives, and says what is missing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from isthmus.core import frames, keys, uuid7
from isthmus.local import function_logs
from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory

Isthmus = Callable[..., Any]
CLOUDS = ("aws", "gcp")


def _switch(isthmus: Isthmus, on: str) -> None:
    for cloud in CLOUDS:
        flag = f"features={{ledger={on}}}"
        # One at a time: Terraform 1.15 can crash on its own map when a module's resources go side by side.
        words = ("apply", "-auto-approve", "-parallelism=1", "-var", flag)
        done = isthmus("tf", "dev", f"platform/{cloud}", *words)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr


@pytest.fixture
def ledgers(isthmus: Isthmus) -> Iterator[None]:
    """Both ledgers, on for a test."""
    _switch(isthmus, "true")
    yield
    _switch(isthmus, "false")


@pytest.fixture
def type_() -> str:
    """An event type of this test alone; other tests use the same archives."""
    return f"ledgers.{uuid7.new().hex}"


def _put(buckets: list[Any], type_: str) -> str:
    """Puts a frame of ten minutes ago."""
    frame = uuid7.derived(int((time.time() - 600) * 1000), type_.encode())
    at = time.gmtime(time.time() - 600)
    key = f"{keys.type_folder(keys.EVENTS, type_)}{time.strftime('date=%Y-%m-%d/hour=%H/', at)}{frame}.ndjson.gz"
    for bucket in buckets:
        assert bucket.put_new(key, frames.stored_gzip(b'{"n":1}\n'), events=1)
    return key


def _told(isthmus: Isthmus, run: RunDirectory, endpoints: Endpoints, cloud: str) -> tuple[int, dict[str, Any]]:
    """Runs a cloud's ledger by its schedule's own call; the exit code, and the line that it wrote."""
    before = len(_lines(run, endpoints, cloud))
    done = isthmus("replication", "run", f"{cloud}/isthmus-dev-ledger")
    deadline = time.monotonic() + 20
    while len(found := _lines(run, endpoints, cloud)) == before and time.monotonic() < deadline:
        time.sleep(0.1)
    assert len(found) == before + 1, done.stdout + done.stderr
    return done.returncode, found[-1]


def _lines(run: RunDirectory, endpoints: Endpoints, cloud: str) -> list[dict[str, Any]]:
    found = (line for line in function_logs.lines(run, endpoints) if line.get("role") == "ledger")
    return [line for line in found if line["cloud"] == cloud and "compared" in line["message"]]


@pytest.mark.usefixtures("ledgers")
def test_each_cloud_tells_of_an_object_that_is_missing_until_it_is_there(
    run: RunDirectory, endpoints: Endpoints, isthmus: Isthmus, type_: str
) -> None:
    aws, _ = archives(endpoints)
    lost = _put([aws], type_)
    folder = lost[: lost.rindex("/") + 1]
    for cloud in CLOUDS:
        code, line = _told(isthmus, run, endpoints, cloud)
        assert (code, line["message"]) == (0, "compared"), line
        assert line["hours"]["gcp"][folder] == 1
        assert line["missing"]["gcp"] >= 1
        assert line["oldest_missing_age"]["gcp"] >= 600
    assert isthmus("replication", "repair", "--type", type_).returncode == 0
    for cloud in CLOUDS:
        _, line = _told(isthmus, run, endpoints, cloud)
        assert folder not in line["hours"]["gcp"]
    _cut(isthmus, run, endpoints)


def _cut(isthmus: Isthmus, run: RunDirectory, endpoints: Endpoints) -> None:
    """While a cloud is out the other one's ledger says that it can't compare, and never that nothing is missing."""
    for out, here in (("gcp", "aws"), ("aws", "gcp")):
        isthmus("break", out)
        try:
            code, line = _told(isthmus, run, endpoints, here)
        finally:
            isthmus("heal")
        assert line["message"] == "not compared", line
        assert "missing" not in line
        # Lambda answers; on Google the status is what the alarm counts.
        assert code == (0 if here == "aws" else 1)
