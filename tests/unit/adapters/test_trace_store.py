"""The local store of traces: whole lines from many writers, bounded, and harmless when the disk fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from isthmus.adapters.traces.store import SpanFiles, read
from isthmus.core.spans import Span, Tracer
from isthmus.core.trace import TraceContext

RESOURCE = {"service.name": "isthmus-test"}
PROGRAM = """
import sys
from pathlib import Path
from isthmus.adapters.traces.store import SpanFiles
from isthmus.core.spans import Tracer
tracer = Tracer(SpanFiles(Path(sys.argv[1]), {"service.name": sys.argv[2]}, 20_000, 1000).add)
for number in range(300):
    with tracer.begin(f"work {number}", "server") as span:
        span.child("part").end()
"""


def test_spans_are_read_as_they_ended(tmp_path: Path) -> None:
    tracer = Tracer(SpanFiles(tmp_path, RESOURCE).add)
    cause = TraceContext("1" * 32, "2" * 16, True)
    with tracer.begin("serve", "server", cause, {"http.route": "/v1/events"}) as span:
        span.link([TraceContext("3" * 32, "4" * 16, False)])
        span.child("ask", "client").end()
    tracer.begin("other", "server").end()
    asked, served = read(tmp_path, "1" * 32)
    assert (asked.name, asked.parent_id) == ("ask", served.span_id)
    assert (served.parent_id, served.attributes, served.service) == (
        "2" * 16,
        {"http.route": "/v1/events"},
        "isthmus-test",
    )
    assert [(link.trace_id, link.span_id) for link in served.links] == [("3" * 32, "4" * 16)]
    assert len(list(read(tmp_path))) == 3


def test_many_processes_write_whole_lines_over_rotations(tmp_path: Path) -> None:
    """All spans of three processes are there, though the files were put aside all the time."""
    writers = [
        subprocess.Popen([sys.executable, "-c", PROGRAM, str(tmp_path), f"writer-{number}"]) for number in range(3)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    found = [(span.service, span.span_id) for span in read(tmp_path)]
    assert len(found) == len(set(found)) == 3 * 600
    assert len(list(tmp_path.glob("spans.*.ndjson"))) > 3


def test_old_files_go(tmp_path: Path) -> None:
    tracer = Tracer(SpanFiles(tmp_path, RESOURCE, max_file_bytes=2_000, files=2).add)
    for number in range(200):
        tracer.begin(f"work {number}", "server").end()
    assert len(list(tmp_path.glob("spans.*.ndjson"))) == 2
    assert sum(file.stat().st_size for file in tmp_path.glob("*.ndjson")) < 3 * 2_500
    assert [span.name for span in read(tmp_path)][-1] == "work 199"


def test_a_quiet_writer_finds_the_file_that_others_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it had opened is long full, put aside and gone."""
    clock = [0.0]
    monkeypatch.setattr("isthmus.adapters.traces.store.time.monotonic", lambda: clock[0])
    quiet, busy = (Tracer(SpanFiles(tmp_path, RESOURCE, max_file_bytes=2_000, files=1).add) for _ in range(2))
    quiet.begin("early", "server").end()
    for number in range(100):
        busy.begin(f"work {number}", "server").end()
    clock[0] += 1.0
    quiet.begin("late", "server").end()
    found = [span.name for span in read(tmp_path)]
    assert "early" not in found
    assert "late" in found


def test_a_line_that_was_cut_off_is_left_out(tmp_path: Path) -> None:
    Tracer(SpanFiles(tmp_path, RESOURCE).add).begin("whole", "server").end()
    with (tmp_path / "spans.ndjson").open("ab") as file:
        file.write(b'{"trace_id":"12')
    assert [span.name for span in read(tmp_path)] == ["whole"]


def test_a_disk_that_fails_costs_spans_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    tracer = Tracer(SpanFiles(tmp_path / "file", RESOURCE).add)
    tracer.begin("lost", "server").end()


def test_nothing_is_read_where_nothing_was_written(tmp_path: Path) -> None:
    assert list(read(tmp_path / "none")) == []


@pytest.mark.parametrize("spans", [1, 3])
def test_a_piece_of_work_is_one_write(spans: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[bytes] = []
    files = SpanFiles(tmp_path, RESOURCE)
    monkeypatch.setattr(files, "_append", writes.append)
    root: Span = Tracer(files.add).begin("serve", "server")
    for _ in range(spans - 1):
        root.child("part").end()
    root.end()
    assert [lines.count(b"\n") for lines in writes] == [spans]
