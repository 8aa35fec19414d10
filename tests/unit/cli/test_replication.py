"""`isthmus replication` over two archives in memory."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive.repair import repair
from isthmus.cli import exits
from isthmus.cli.app import app
from isthmus.core import frames, uuid7
from isthmus.core.errors import Unavailable
from isthmus.local import ledger

T0_MS = 1_764_000_000_000
FOLDER = "events/type=t/date=2025-11-24/hour=16/"


def put(n: int, *buckets: MemoryBucket) -> str:
    key = f"{FOLDER}{uuid7.derived(T0_MS + n, b'%d' % n)}.ndjson.gz"
    for bucket in buckets:
        bucket.put_new(key, frames.stored_gzip(b'{"n":%d}\n' % n * 3), events=3)
    return key


@pytest.fixture
def clouds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[MemoryBucket, MemoryBucket]:
    """The archives that every command opens."""
    monkeypatch.setenv("ISTHMUS_RUN_DIR", str(tmp_path / "run"))
    found = MemoryBucket("aws"), MemoryBucket("gcp")
    monkeypatch.setattr(ledger.Endpoints, "require", lambda run: None)
    monkeypatch.setattr(ledger, "archives", lambda endpoints, front: found)
    return found


def call(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["replication", *words])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.stdout


def test_archives_that_hold_the_same_are_whole(clouds: Any) -> None:
    put(1, *clouds)
    code, output = call("status")
    assert code == exits.OK
    assert output.splitlines()[-1].startswith("whole: 1 objects, 3 events on both")
    assert "2025-11-24 16" in output


def test_what_is_missing_and_corrupt_is_told_where_and_the_exit_code_says_so(clouds: Any) -> None:
    aws, gcp = clouds
    only, both = put(1, aws), put(2, aws, gcp)
    gcp.objects[both] = b"other"
    code, output = call("status")
    assert code == exits.FAILED
    assert f"missing on gcp: {only}" in output
    assert f"corrupt, the same key with other contents: {both}" in output
    assert "not whole: 1 missing on gcp, 1 corrupt; the oldest missing is" in output
    code, output = call("verify", "--json")
    found = json.loads(output)
    assert code == exits.FAILED
    assert (found["missing"]["gcp"]["keys"], found["corrupt"]["keys"]) == ([only], [both])
    assert found["hours"][0]["aws"]["objects"] == 2
    assert found["rpo_seconds"] > 0


def test_a_repair_copies_proves_and_leaves_what_is_corrupt(clouds: Any) -> None:
    aws, gcp = clouds
    put(1, aws)
    put(2, gcp)
    code, output = call("repair")
    assert code == exits.OK
    assert output.startswith("copied 1 to aws, 1 to gcp")
    assert "whole: 2 objects, 6 events on both" in output
    both = put(3, aws, gcp)
    gcp.objects[both] = b"other"
    code, output = call("repair", "--json")
    assert code == exits.FAILED
    assert gcp.objects[both] == b"other"
    assert json.loads(output)["repair"]["copied"] == {"aws": 0, "gcp": 0}


def test_only_one_type_is_looked_at_where_it_is_named(clouds: Any) -> None:
    aws, _ = clouds
    put(1, aws)
    assert call("status", "--type", "other")[0] == exits.OK
    assert call("status", "--type", "t")[0] == exits.FAILED


def test_what_is_on_its_way_is_not_missing(clouds: Any) -> None:
    put(1, clouds[0])
    code, output = call("status", "--grace", "1e12")
    assert code == exits.OK
    assert "1 on their way" in output


def test_watch_says_a_line_when_something_changes_and_what_is_out(clouds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    aws, gcp = clouds
    script = iter([lambda: put(1, aws), lambda: None, lambda: setattr(gcp, "out", True), lambda: None])
    monkeypatch.setattr("isthmus.cli.replication.time.sleep", lambda _: next(script)())
    code, output = call("watch", "--limit", "3")
    lines = output.splitlines()
    assert code == exits.OK
    assert [line.split(" ", 1)[1][:9] for line in lines] == ["whole: 0 ", "not whole", "not known"]


def test_an_archive_that_is_out_is_an_error_with_its_reason(clouds: Any) -> None:
    clouds[1].out = True
    with pytest.raises(Unavailable):
        call("status")


def test_an_interrupted_repair_goes_on_where_it_stopped(clouds: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    aws, gcp = clouds
    keys = {put(n, aws) for n in range(6)}
    write, written = gcp.put_new, []

    def interrupted(key: str, data: bytes, *, events: int = 0) -> bool:
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(key)
        return write(key, data, events=events)

    monkeypatch.setattr("isthmus.archive.repair.PARALLEL", 1)
    monkeypatch.setattr(gcp, "put_new", interrupted)
    assert call("repair")[0] == exits.INTERRUPTED
    assert len(gcp.objects) == 3
    monkeypatch.setattr(gcp, "put_new", write)
    done = repair(aws, gcp)
    assert done.copies.copied == {"aws": 0, "gcp": 3}
    assert gcp.objects.keys() == keys
