"""A trial waits until both archives are whole, and tells how far they are."""

from __future__ import annotations

import gzip

import pytest

from isthmus.adapters.memory import MemoryBucket
from isthmus.gamedays import demo, trial
from isthmus.gamedays.record import RecordWriter
from isthmus.gamedays.trial import await_whole
from isthmus.local.rundir import RunDirectory

KEY = "events/type=a/date=2026-01-02/hour=03/01936f0e-7c1a-7bbb-9d53-3f6a0c1d2e4f.ndjson.gz"


def test_the_wait_tells_how_many_objects_each_archive_has(tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trial, "SAY_SECONDS", 0.0)
    monkeypatch.setattr(trial, "POLL_SECONDS", 0.01)
    aws, gcp = MemoryBucket("aws"), MemoryBucket("gcp")
    gcp.put_new(KEY, gzip.compress(b""))
    with RecordWriter(tmp_path / "record.ndjson"):
        pass
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        aws.put_new(KEY, gzip.compress(b""))

    await_whole(tmp_path / "record.ndjson", (aws, gcp), 5.0, say)
    assert said == ["objects so far: aws 0, gcp 1"]


def test_a_demo_that_fails_tells_the_last_fault_of_each_log(tmp_path) -> None:
    run = RunDirectory(tmp_path / "run")
    run.create()
    run.log("gcp").write_text("Error: the first\nERROR: the last\nall is well\n")
    run.log("proxy").write_text("all is well\n")
    said: list[str] = []
    demo._tell_faults(run, said.append)
    assert said == ["gcp logged: ERROR: the last"]
