"""The catalogue for queries: a view for each event type that has a schema, with the columns of its data.

A type's view is named by its last two parts: `com.example.flight.departed` is `flight_departed`. Where two types would
share a name, each has its whole name alone (`com_example_flight_departed`), which every type has beside a short one.
The data's own columns keep their names; the event's that would collide with one get `event_` in front.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isthmus.core.errors import ConfigurationError

SUFFIX = ".schema.json"
ENVELOPE = ("source", "id", "time", "subject", "attributes", "frame", "accepted_at", "clouds", "key")
_TYPES = {"string": "VARCHAR", "integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN"}
_FORMATS = {"date-time": "TIMESTAMPTZ", "date": "DATE"}


@dataclass(frozen=True)
class View:
    """The view of an event type.

    Attributes:
        type: The event type.
        names: The names that it goes by.
        columns: SQL type of each property of the data.
    """

    type: str
    names: tuple[str, ...]
    columns: Mapping[str, str]


def load(catalog: Path | None) -> list[View]:
    """Reads the schemas of a directory, `<type>.schema.json` each; none when there is no such directory.

    Raises:
        ConfigurationError: when a schema isn't JSON or isn't of an object.
    """
    if catalog is None or not catalog.is_dir():
        return []
    schemas = {path.name.removesuffix(SUFFIX): _columns(path) for path in sorted(catalog.glob(f"*{SUFFIX}"))}
    short = Counter(short_name(type_) for type_ in schemas)
    views = []
    for type_, columns in schemas.items():
        names = [short_name(type_)] if short[short_name(type_)] == 1 else []
        names += [name for name in [long_name(type_)] if name not in names]
        views.append(View(type_, tuple(names), columns))
    return views


def short_name(type_: str) -> str:
    """Returns the last two parts of a type, joined: `flight_departed`."""
    return _identifier(".".join(type_.split(".")[-2:]))


def long_name(type_: str) -> str:
    """Returns all parts of a type, joined: `com_example_flight_departed`."""
    return _identifier(type_)


def _identifier(text: str) -> str:
    name = re.sub(r"\W+", "_", text.lower(), flags=re.ASCII).strip("_") or "type"
    return f"_{name}" if name[0].isdigit() or name == "events" else name


def _columns(path: Path) -> dict[str, str]:
    try:
        schema = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"the schema can't be read: {error}", where=str(path), fix="a schema is a JSON file"
        ) from error
    properties = schema.get("properties") if isinstance(schema, dict) else None
    if not isinstance(properties, dict):
        raise ConfigurationError(
            "the schema has no properties", where=str(path), fix="a schema describes an event's data"
        )
    if "specversion" in properties and isinstance(properties.get("data"), dict):
        properties = properties["data"].get("properties", {})
    return {str(name): sql_type(rule) for name, rule in properties.items()}


def sql_type(rule: Any) -> str:
    """Returns the SQL type of a property; JSON where a schema allows several types or a nested one."""
    if not isinstance(rule, dict):
        return "JSON"
    kinds = rule.get("type")
    named = [kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind != "null"]
    if len(named) != 1 or named[0] not in _TYPES:
        return "JSON"
    return _FORMATS.get(rule.get("format", ""), "VARCHAR") if named[0] == "string" else _TYPES[named[0]]


def beside(envelope: Iterable[str], properties: Iterable[str]) -> dict[str, str]:
    """Returns the name of each of an event's columns beside its data's: with `event_` in front until it is free."""
    taken = {name.lower() for name in properties}
    names = {}
    for column in envelope:
        name = column
        while name in taken:
            name = f"event_{name}"
        names[column] = name
        taken.add(name)
    return names


def statement(view: View, name: str) -> str:
    """Returns the SQL that makes one of a view's names."""
    columns = [f"{value(column, kind)} AS {quoted(column)}" for column, kind in view.columns.items()]
    columns += [f"{e} AS {quoted(name)}" for e, name in beside(ENVELOPE, view.columns).items()]
    return f"CREATE VIEW {quoted(name)} AS SELECT {', '.join(columns)} FROM events WHERE type = {text(view.type)}"  # noqa: S608


def value(column: str, kind: str) -> str:
    """Returns the SQL of a property of `data`, which is JSON or its text."""
    path = text("/" + column.replace("~", "~0").replace("/", "~1"))
    if kind == "JSON":
        return f"json_extract(data, {path})"
    return f"TRY_CAST(json_extract_string(data, {path}) AS {kind})"


def quoted(name: str) -> str:
    """Returns a SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """Returns a SQL string."""
    return "'" + value.replace("'", "''") + "'"
