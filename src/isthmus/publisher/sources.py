"""Where events come from: CloudEvents NDJSON, or CSV with a mapping, gzipped or not; a bad line is named by number."""

from __future__ import annotations

import csv
import gzip
import io
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, cast

import msgspec

from isthmus.core.defects import is_rfc3339
from isthmus.core.errors import ConfigurationError, IsthmusError
from isthmus.publisher.encoding import encode
from isthmus.publisher.errors import InvalidEvent

_REQUIRED = ("type", "source", "id")
_NAME = re.compile(r"[a-z0-9]+")
_HOLE = re.compile(r"\{([^{}]+)\}")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
STDIN = "standard input"
_GZIP = b"\x1f\x8b"


class BadLine(IsthmusError):
    """A line of the input that is not an event; `where` names the file and the line."""


OnBad = Callable[[BadLine], None]
"""Is told of a line that is left out; the lines behind it are read all the same."""


@dataclass(frozen=True)
class CsvMapping:
    """Which attribute of an event comes from which column of a CSV.

    Each value is a template: `{column}` stands for the column's value, the rest for itself. All columns become `data`.

    Attributes:
        type: Template of `type`.
        source: Template of `source`.
        id: Template of `id`.
        time: Template of `time`, RFC 3339 with an offset; "" for none.
        more: Templates of further attributes.
    """

    type: str
    source: str
    id: str
    time: str = ""
    more: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def parse(cls, pairs: Iterable[str]) -> CsvMapping:
        """Reads `ATTRIBUTE=COLUMN` and `ATTRIBUTE=:TEXT` pairs; a text may have `{column}` in it.

        Raises:
            ConfigurationError: when a pair can't be read or a required attribute has none.
        """
        templates: dict[str, str] = {}
        for pair in pairs:
            name, equals, value = pair.partition("=")
            if not equals or not value or not _NAME.fullmatch(name):
                fix = "write ATTRIBUTE=COLUMN or ATTRIBUTE=:TEXT, the attribute in lower-case letters and digits"
                raise ConfigurationError(f"{pair!r} is not a mapping", fix=fix)
            templates[name] = value[1:] if value.startswith(":") else "{" + value + "}"
        missing = [name for name in _REQUIRED if name not in templates]
        if missing:
            fix = "add " + " ".join(f"--map {name}=COLUMN" for name in missing) + ", or NAME=:TEXT for a fixed text"
            raise ConfigurationError(f"the mapping has no {', no '.join(missing)}", fix=fix)
        type_, source, id_ = (templates.pop(name) for name in _REQUIRED)
        return cls(type_, source, id_, templates.pop("time", ""), templates)

    def templates(self) -> dict[str, str]:
        """Returns every attribute's template."""
        time = {"time": self.time} if self.time else {}
        return {"type": self.type, "source": self.source, "id": self.id, **time, **self.more}


def read_ndjson(lines: Iterable[bytes], where: str, on_bad: OnBad | None = None) -> Iterator[bytes]:
    """Yields each line that isn't blank as an event's JSON.

    Raises:
        BadLine: at the first line that isn't a JSON object, unless there is `on_bad`; always where all is one JSON
            array. What an event needs beyond that is for the ingest to say.
    """
    first = True
    for number, line in enumerate(lines, 1):
        text = line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line
        if text.isspace() or not text:
            continue
        place = f"{where}, line {number}"
        if first and text.lstrip().startswith(b"["):
            fix = f"write one event a line: jq -c '.[]' {where if where != STDIN else ''}".rstrip()
            raise BadLine("a JSON array, not an event a line", where=place, fix=fix)
        first = False
        try:
            yield encode(text)
        except InvalidEvent as error:
            _tell(BadLine(error.what, where=place, fix=error.fix), on_bad)


def _tell(bad: BadLine, on_bad: OnBad | None) -> None:
    if on_bad is None:
        raise bad from None
    on_bad(bad)


def read_csv(lines: Iterable[str], mapping: CsvMapping, where: str, on_bad: OnBad | None = None) -> Iterator[bytes]:
    """Yields each row of a CSV with a header as an event's JSON. An empty field is null in `data`; values stay text.

    Raises:
        ConfigurationError: when the mapping names a column that isn't there.
        BadLine: at the first row that doesn't fit the header, or lacks a value that the mapping needs, unless there is
            `on_bad`; always where quotes leave open what a row is.
    """
    reader = csv.reader(lines, strict=True)
    try:
        header = next(reader, [])
        templates = mapping.templates()
        _check_header(header, templates, where)
        for row in reader:
            if not row:
                continue
            try:
                yield _event(header, row, templates, f"{where}, line {reader.line_num}")
            except BadLine as error:
                _tell(error, on_bad)
    except csv.Error as error:
        raise BadLine(f"not CSV: {error}", where=f"{where}, line {reader.line_num}", fix="check the quotes") from None


def _check_header(header: Sequence[str], templates: Mapping[str, str], where: str) -> None:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise BadLine(f"the column {twice[0]!r} is there twice", where=f"{where}, line 1", fix="rename one")
    for attribute, template in templates.items():
        for column in _HOLE.findall(template):
            if column not in header:
                what = f"{attribute} needs the column {column!r}, which isn't there"
                raise ConfigurationError(what, where=where, fix=f"the columns are {', '.join(header) or 'none'}")


def _event(header: Sequence[str], row: Sequence[str], templates: Mapping[str, str], where: str) -> bytes:
    if len(row) != len(header):
        raise BadLine(
            f"{len(row)} fields where the header has {len(header)}", where=where, fix="check commas and quotes"
        )
    values = dict(zip(header, row, strict=True))
    event: dict[str, object] = {"specversion": "1.0"}
    for attribute, template in templates.items():
        event[attribute] = _filled(attribute, template, values, where)
    event["datacontenttype"] = "application/json"
    event["data"] = {name: value or None for name, value in values.items()}
    return msgspec.json.encode(event)


def _filled(attribute: str, template: str, values: Mapping[str, str], where: str) -> str:
    missing = next((column for column in _HOLE.findall(template) if not values[column].strip()), None)
    if missing is not None:
        raise BadLine(f"{attribute} needs the column {missing!r}, which is empty", where=where, fix="fill it in")
    text = _HOLE.sub(lambda hole: values[hole[1]].strip(), template)
    if attribute == "time" and not is_rfc3339(text):
        fix = "write it as 2013-01-01T05:15:00-05:00 or 2013-01-01T10:15:00Z"
        raise BadLine(f"time is {text[:40]!r}, not RFC 3339 with an offset", where=where, fix=fix)
    return text


def read_file(name: str, mapping: CsvMapping | None = None, on_bad: OnBad | None = None) -> Iterator[bytes]:
    """Yields the events of a file, `-` for standard input: CSV where there is a mapping, NDJSON otherwise.

    Args:
        name: The file; what is gzipped is unpacked.
        mapping: What makes events of a CSV's rows.
        on_bad: Told of each line that isn't an event; without it the first one is raised.

    Raises:
        ConfigurationError: when the file can't be opened, or is a CSV without a mapping.
        BadLine: at a line that isn't an event, or behind which nothing can be read.
    """
    if mapping is None and name.lower().endswith(".csv"):
        fix = "add --map type=:TEXT --map source=COLUMN --map id=COLUMN"
        raise ConfigurationError("a CSV needs a mapping", where=name, fix=fix)
    where = STDIN if name == "-" else name
    with _opened(name) as file:
        if mapping is None:
            yield from read_ndjson(file, where, on_bad)
        else:
            yield from read_csv(_texts(file, where), mapping, where, on_bad)


def _texts(lines: Iterable[bytes], where: str) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        try:
            yield line.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            what = f"not UTF-8: byte {error.start} is 0x{line[error.start]:02x}"
            raise BadLine(what, where=f"{where}, line {number}", fix="save the file as UTF-8") from None


@contextmanager
def _opened(name: str) -> Iterator[BinaryIO]:
    if name == "-":
        buffered: io.BufferedReader[Any] = io.BufferedReader(cast("Any", sys.stdin.buffer))
        try:
            with _unpacked(buffered, STDIN) as lines:
                yield lines
        finally:
            buffered.detach()
        return
    try:
        file = Path(name).open("rb")  # noqa: SIM115 - closed below; only the opening may fail here
    except OSError as error:
        fix = "name a file that can be read, or - for standard input"
        raise ConfigurationError(f"the file can't be read: {error.strerror}", where=name, fix=fix) from None
    with file, _unpacked(file, name) as lines:
        yield lines


@contextmanager
def _unpacked(file: io.BufferedReader[Any], where: str) -> Iterator[BinaryIO]:
    if file.peek(2)[:2] != _GZIP:
        yield file
        return
    try:
        with gzip.open(file) as unpacked:
            yield cast("BinaryIO", unpacked)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadLine(f"the gzip is damaged: {error}", where=where, fix="pack the file again") from None
