"""After a kill the archives are made whole; what can't be is told, and the clouds are up all the same."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from isthmus.adapters.memory import MemoryBucket
from isthmus.core.errors import Unavailable
from isthmus.local import repair
from isthmus.local.lifecycle import PROBLEMS_SHOWN, _repair
from isthmus.local.rundir import RunDirectory
from isthmus.local.supervise import Supervisor

KEY = "events/type=a/date=2026-01-02/hour=03/01936f0e-7c1a-7bbb-9d53-3f6a0c1d2e4f.ndjson.gz"


class Out(MemoryBucket):
    """An archive that can't be reached."""

    def list(self, prefix: str = "", after: str = "") -> Iterator[object]:  # type: ignore[override]
        raise Unavailable("S3 does not answer")


@pytest.fixture
def run(tmp_path, monkeypatch: pytest.MonkeyPatch) -> RunDirectory:
    run = RunDirectory(tmp_path / "run")
    run.create()
    run.update(unsaved=("aws",))
    monkeypatch.setattr(repair.Endpoints, "of", lambda record: record)
    return run


def repaired(run: RunDirectory, monkeypatch: pytest.MonkeyPatch, *buckets: MemoryBucket) -> list[str]:
    """What is said while these archives are repaired."""
    monkeypatch.setattr(repair, "archives", lambda _: list(buckets))
    said: list[str] = []
    _repair(Supervisor(run, said.append), run.read().unsaved)
    return said


def test_a_damaged_object_is_told_once_and_is_not_tried_for_ever(run, monkeypatch) -> None:
    aws, gcp = MemoryBucket("aws"), MemoryBucket("gcp")
    aws.put_new(KEY, b"damaged")
    said = repaired(run, monkeypatch, aws, gcp)
    assert run.read().unsaved == ()
    assert "copied nothing" in said[0]
    assert [line for line in said if KEY in line and "damaged" in line]
    assert gcp.objects == {}


def test_an_archive_that_is_out_is_compared_again_by_the_next_start(run, monkeypatch) -> None:
    said = repaired(run, monkeypatch, Out("aws"), MemoryBucket("gcp"))
    assert run.read().unsaved == ("aws",)
    assert "S3 does not answer" in "".join(said)
    assert said[-1] == "the next `isthmus up` tries again"


def test_a_killed_aws_is_said_to_have_lost_its_queues(run, monkeypatch) -> None:
    assert any(
        "queues in memory" in line for line in repaired(run, monkeypatch, MemoryBucket("aws"), MemoryBucket("gcp"))
    )
    run.update(unsaved=("gcp",))
    said = repaired(run, monkeypatch, MemoryBucket("aws"), MemoryBucket("gcp"))
    assert not any("queues in memory" in line for line in said)


def test_many_damaged_objects_are_counted_and_not_all_told(run, monkeypatch) -> None:
    aws, gcp = MemoryBucket("aws"), MemoryBucket("gcp")
    for n in range(PROBLEMS_SHOWN + 3):
        aws.put_new(KEY.replace("4f.nd", f"{n:02x}.nd"), b"damaged")
    assert "warning: and 3 more" in repaired(run, monkeypatch, aws, gcp)
