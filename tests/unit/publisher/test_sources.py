"""Where events come from: NDJSON and CSV, and lines that are wrong."""

from __future__ import annotations

import gzip
import io
import sys
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core.errors import ConfigurationError
from isthmus.publisher.sources import BadLine, CsvMapping, read_csv, read_file, read_ndjson

MAPPING = CsvMapping.parse(["type=:com.example.order", "source=:/shop/{shop}", "id=number", "time=placed_at"])
HEADER = "shop,number,placed_at,note\n"


def rows(text: str, mapping: CsvMapping = MAPPING) -> list[dict[str, Any]]:
    """The events of a CSV."""
    return [msgspec.json.decode(line) for line in read_csv(io.StringIO(text), mapping, "orders.csv")]


def test_each_line_is_an_event_and_blank_ones_are_none() -> None:
    lines = [b'\xef\xbb\xbf{"a":1}\n', b"\n", b'  {"b": 2}\r\n', b'{"c":3}']
    assert list(read_ndjson(lines, "x")) == [b'{"a":1}', b'{"b": 2}', b'{"c":3}']


@given(st.lists(st.dictionaries(st.text(), st.none() | st.integers(-(2**53), 2**53) | st.text())))
def test_ndjson_comes_through_as_it_is(events: list[dict[str, Any]]) -> None:
    lines = [msgspec.json.encode(event) for event in events]
    assert list(read_ndjson([line + b"\n" for line in lines], "x")) == lines


@pytest.mark.parametrize(
    ("bad", "what"),
    [(b"{", "not JSON"), (b"[]", "not a JSON object"), (b'"\xff"', "not UTF-8"), (b"{} {}", "not JSON")],
)
def test_a_bad_line_is_named_by_its_number(bad: bytes, what: str) -> None:
    found = read_ndjson([b"{}\n", b"\n", bad], "events.ndjson")
    assert next(found) == b"{}"
    with pytest.raises(BadLine, match=f"{what}.*events.ndjson, line 3"):
        next(found)


def test_a_row_becomes_an_event_with_all_columns_as_data() -> None:
    (event,) = rows(HEADER + 'north,7,2013-01-01T05:15:00-05:00,"a, b"\n')
    assert event == {
        "specversion": "1.0",
        "type": "com.example.order",
        "source": "/shop/north",
        "id": "7",
        "time": "2013-01-01T05:15:00-05:00",
        "datacontenttype": "application/json",
        "data": {"shop": "north", "number": "7", "placed_at": "2013-01-01T05:15:00-05:00", "note": "a, b"},
    }


def test_an_empty_field_is_null_and_an_empty_row_is_none() -> None:
    first, second = rows(HEADER + "a,1,2013-01-01T00:00:00Z,\n\nb,2,2013-01-01T00:00:00Z,x\n")
    assert (first["data"]["note"], second["id"]) == (None, "2")


@pytest.mark.parametrize(
    ("row", "what", "line"),
    [
        ("a,1\n", "2 fields where the header has 4", 2),
        ("a,,2013-01-01T00:00:00Z,\n", "id needs the column 'number', which is empty", 2),
        ("a,1,yesterday,\n", "time is 'yesterday'", 2),
        ('a,1,2013-01-01T00:00:00Z,"x\n', "not CSV", 2),
        ('a,1,2013-01-01T00:00:00Z,"x\ny"\nb,2\n', "2 fields", 4),
    ],
)
def test_a_bad_row_is_named_by_its_line(row: str, what: str, line: int) -> None:
    with pytest.raises(BadLine, match=rf"{what}.*orders\.csv, line {line}"):
        rows(HEADER + row)


def test_a_column_that_is_not_there_or_there_twice_is_said() -> None:
    with pytest.raises(ConfigurationError, match="source needs the column 'shop', which isn't there"):
        rows("number,placed_at\n1,2013-01-01T00:00:00Z\n")
    with pytest.raises(BadLine, match="'a' is there twice"):
        rows("a,a\n1,2\n")


@pytest.mark.parametrize(
    ("pairs", "what"),
    [
        (["type=:t", "source=s"], "no id"),
        (["type"], "not a mapping"),
        (["Type=:t"], "not a mapping"),
        (["type="], "not a mapping"),
    ],
)
def test_a_mapping_that_cannot_be_read_is_said(pairs: list[str], what: str) -> None:
    with pytest.raises(ConfigurationError, match=what):
        CsvMapping.parse(pairs)


def test_further_attributes_can_be_mapped() -> None:
    mapping = CsvMapping.parse(["type=:t", "source=s", "id=i", "subject=:{s}-{i}"])
    (event,) = rows("s,i\nx,1\n", mapping)
    assert event["subject"] == "x-1" and "time" not in event


def test_a_file_is_read_as_its_kind(tmp_path: Path) -> None:
    (tmp_path / "e.ndjson").write_bytes(b'{"a":1}\n{"b":2}\n')
    (tmp_path / "o.csv").write_text("\ufeff" + HEADER + "é,1,2013-01-01T00:00:00Z,\n", encoding="utf-8")
    assert len(list(read_file(str(tmp_path / "e.ndjson")))) == 2
    (line,) = read_file(str(tmp_path / "o.csv"), MAPPING)
    assert msgspec.json.decode(line)["source"] == "/shop/é"


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{}\n[]\n")))
    found = read_file("-")
    assert next(found) == b"{}"
    with pytest.raises(BadLine, match="standard input, line 2"):
        next(found)


def test_a_csv_without_a_mapping_and_a_missing_file_are_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="a CSV needs a mapping"):
        next(read_file("x.csv"))
    with pytest.raises(ConfigurationError, match="can't be read"):
        next(read_file(str(tmp_path / "missing.ndjson")))


def test_a_csv_that_is_not_utf8_is_named_by_its_line(tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_bytes(HEADER.encode() + b"\xe9,1,2013-01-01T00:00:00Z,\n")
    with pytest.raises(BadLine, match=r"0xe9.*line 2"):
        list(read_file(str(tmp_path / "o.csv"), MAPPING))


def test_what_is_gzipped_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(b'{"a":1}\n{"b":2}\n')
    (tmp_path / "e.ndjson.gz").write_bytes(packed)
    assert list(read_file(str(tmp_path / "e.ndjson.gz"))) == [b'{"a":1}', b'{"b":2}']
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(packed)))
    assert list(read_file("-")) == [b'{"a":1}', b'{"b":2}']
    (tmp_path / "cut.gz").write_bytes(packed[:-9])
    with pytest.raises(BadLine, match=r"gzip is damaged.*cut\.gz"):
        list(read_file(str(tmp_path / "cut.gz")))


def test_bad_lines_can_be_told_and_left_out(tmp_path: Path) -> None:
    told: list[BadLine] = []
    lines = [b"{}", b"nonsense", b'"text"', b'{"a":1}']
    assert list(read_ndjson(lines, "e.ndjson", told.append)) == [b"{}", b'{"a":1}']
    (tmp_path / "o.csv").write_text(HEADER + "a,1,2013-01-01T00:00:00Z,\n,2\nb,3,2013-01-01T00:00:00Z,\n")
    assert len(list(read_file(str(tmp_path / "o.csv"), MAPPING, told.append))) == 2
    assert [bad.where.partition(", ")[2] for bad in told] == ["line 2", "line 3", "line 3"]


def test_a_json_array_is_not_an_event_a_line_and_the_way_to_make_it_so_is_said() -> None:
    for text in ([b"[", b' {"id":"1"}', b"]"], [b"\n", b' [{"id":"1"}]']):
        with pytest.raises(BadLine, match="a JSON array") as raised:
            list(read_ndjson(text, "array.json", lambda _: None))
        assert raised.value.fix == "write one event a line: jq -c '.[]' array.json"
