"""The newest spans are read without reading all."""

from __future__ import annotations

from pathlib import Path

import msgspec

from isthmus.adapters.traces import store
from isthmus.adapters.traces.records import SpanRecord


def write(path: Path, numbers: range) -> int:
    """Writes spans that are named by their numbers; returns the bytes."""
    spans = [SpanRecord("t" * 32, "s" * 16, f"{number:04}", "internal", number, number + 1, "x") for number in numbers]
    return path.write_bytes(msgspec.json.Encoder().encode_lines(spans))


def test_the_tail_is_what_was_written_last_in_order(tmp_path: Path) -> None:
    size = write(tmp_path / "spans.ndjson", range(100)) // 100
    assert [span.name for span in store.tail(tmp_path, 3 * size + 5)] == ["0097", "0098", "0099"]


def test_the_tail_goes_on_in_the_file_that_was_put_aside(tmp_path: Path) -> None:
    write(tmp_path / "spans.1.ndjson", range(10))
    size = write(tmp_path / "spans.2.ndjson", range(10, 20)) // 10
    write(tmp_path / "spans.ndjson", range(20, 23))
    found = [span.name for span in store.tail(tmp_path, 5 * size + 5)]
    assert found == ["0018", "0019", "0020", "0021", "0022"]


def test_all_of_it_is_read_where_it_is_little_and_nothing_of_nothing(tmp_path: Path) -> None:
    assert store.tail(tmp_path, 1000) == []
    write(tmp_path / "spans.ndjson", range(3))
    assert [span.name for span in store.tail(tmp_path, 100_000)] == ["0000", "0001", "0002"]
