"""Which objects a query can need, told from its SQL: only what is certain is left out.

Understood: one SELECT over `events` or over a type's view whose conditions are joined by AND and compare `type` or
`accepted_at` with constants (`type = 'a'`, `type IN (…)`, `accepted_at >= now() - INTERVAL 1 HOUR`, BETWEEN); and any
statement that reads types' views only. Everything else reads every object.

A lower bound on `accepted_at` reads a day more than it says: an identity counts when it was first accepted, and a
producer may have sent it before. What was sent again later than that counts again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import duckdb

from isthmus.core import keys

SLACK = timedelta(days=1)
"""How much earlier the same event may have been accepted first: as long as ingest takes an Idempotency-Key."""


@dataclass(frozen=True)
class Pruned:
    """What a query can need.

    Attributes:
        types: Event types; None for all.
        since: Accepted then or later; None for no bound.
        until: Accepted then or earlier; None for no bound.
    """

    types: frozenset[str] | None = None
    since: datetime | None = None
    until: datetime | None = None

    def prefixes(self) -> tuple[str, ...]:
        """Returns what to list."""
        if self.types is None:
            return (keys.EVENTS,)
        return tuple(keys.type_folder(keys.EVENTS, type_) for type_ in sorted(self.types))

    def compacted_prefixes(self) -> tuple[str, ...]:
        """Returns where to list what was compacted."""
        if self.types is None:
            return (keys.COMPACTED,)
        return tuple(keys.type_folder(keys.COMPACTED, type_) for type_ in sorted(self.types))

    def wants_day(self, day: keys.Day) -> bool:
        """Whether events of a type's day can be needed."""
        if self.since and day.date < f"{self.since - SLACK:%Y-%m-%d}":
            return False
        return not (self.until and day.date > f"{self.until:%Y-%m-%d}")

    def wants(self, key: str) -> bool:
        """Whether an object can be needed."""
        place = keys.place(key)
        if place is None or (self.types is not None and place.type not in self.types):
            return False
        if self.since and place.hour < f"{self.since - SLACK:%Y-%m-%dT%H}":
            return False
        return not (self.until and place.hour > f"{self.until:%Y-%m-%dT%H}")


def prune(connection: duckdb.DuckDBPyConnection, sql: str, views: Mapping[str, str]) -> Pruned:
    """Reads a statement.

    Args:
        connection: A locked connection without data, to parse with and to compute constants.
        sql: One SELECT statement.
        views: The event type of each view.
    """
    tree = _tree(connection, sql)
    if tree.get("error") or len(tree.get("statements", ())) != 1:
        return Pruned()
    node = tree["statements"][0]["node"]
    tables = {str(t.get("table_name", "")).lower() for t in _tables(node)}
    types = frozenset(views[t] for t in tables if t in views)
    if any(cte.get("cte_map", {}).get("map") for cte in _objects(node)):
        return Pruned()
    found = Pruned(types if tables and tables <= views.keys() else None)
    if len(list(_tables(node))) != 1 or node.get("type") != "SELECT_NODE" or node["from_table"]["type"] != "BASE_TABLE":
        return found
    return _narrow(found, node.get("where_clause"), _Constants.of(connection))


def _tree(connection: duckdb.DuckDBPyConnection, sql: str) -> dict[str, Any]:
    row = connection.execute("SELECT json_serialize_sql(?)", [sql]).fetchone()
    tree: dict[str, Any] = json.loads(row[0]) if row else {}
    return tree


def _objects(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, dict):
        yield tree
        for child in tree.values():
            yield from _objects(child)
    elif isinstance(tree, list):
        for child in tree:
            yield from _objects(child)


def _tables(tree: Any) -> Iterator[dict[str, Any]]:
    return (item for item in _objects(tree) if item.get("type") == "BASE_TABLE")


_CHANCE = frozenset({"random", "uuid", "gen_random_uuid", "uuidv4", "uuidv7", "nextval"})


@dataclass(frozen=True)
class _Constants:
    connection: duckdb.DuckDBPyConnection
    empty: Mapping[str, Any]

    @classmethod
    def of(cls, connection: duckdb.DuckDBPyConnection) -> _Constants:
        """A statement without tables is what an expression is put in, to be written as SQL again."""
        return cls(connection, _tree(connection, "SELECT 1"))

    def text(self, node: Mapping[str, Any]) -> str | None:
        """Returns the text that a string literal is."""
        literal = node.get("literal")
        return str(literal["text"]) if isinstance(literal, dict) and literal.get("kind") == "STRING" else None

    def moment(self, node: Mapping[str, Any]) -> datetime | None:
        """Returns the time that an expression without columns is; None where it isn't one."""
        for item in _objects(node):
            if item.get("class") in ("COLUMN_REF", "SUBQUERY") or str(item.get("function_name")).lower() in _CHANCE:
                return None
        statement = self.empty["statements"][0]
        tree = {**self.empty, "statements": [{**statement, "node": {**statement["node"], "select_list": [node]}}]}
        try:
            row = self.connection.execute("SELECT json_deserialize_sql(?::JSON)", [json.dumps(tree)]).fetchone()
            expression = row[0] if row else ""
            row = self.connection.execute(f"SELECT CAST(({expression}) AS TIMESTAMPTZ)::TIMESTAMP").fetchone()
        except duckdb.Error:
            return None
        return row[0].replace(tzinfo=UTC) if row and isinstance(row[0], datetime) else None


_FLIPPED = {
    "COMPARE_GREATERTHAN": "COMPARE_LESSTHAN",
    "COMPARE_GREATERTHANOREQUALTO": "COMPARE_LESSTHANOREQUALTO",
    "COMPARE_LESSTHAN": "COMPARE_GREATERTHAN",
    "COMPARE_LESSTHANOREQUALTO": "COMPARE_GREATERTHANOREQUALTO",
}


def _narrow(found: Pruned, node: Mapping[str, Any] | None, constants: _Constants) -> Pruned:
    if node is None:
        return found
    kind = node.get("type", "")
    if kind == "CONJUNCTION_AND":
        for child in node["children"]:
            found = _narrow(found, child, constants)
        return found
    if kind == "COMPARE_IN" and _column(node["children"][0]) == "type":
        return _typed(found, [constants.text(child) for child in node["children"][1:]])
    if kind == "COMPARE_BETWEEN" and _column(node["input"]) == "accepted_at":
        return _until(_since(found, constants.moment(node["lower"])), constants.moment(node["upper"]))
    if node.get("class") != "COMPARISON":
        return found
    left, right = node["left"], node["right"]
    if _column(right):
        left, right, kind = right, left, _FLIPPED.get(kind, kind)
    return _compared(found, _column(left), kind, right, constants)


def _compared(found: Pruned, column: str, kind: str, value: Mapping[str, Any], constants: _Constants) -> Pruned:
    if column == "type" and kind == "COMPARE_EQUAL":
        return _typed(found, [constants.text(value)])
    if column == "accepted_at":
        moment = constants.moment(value)
        if kind in ("COMPARE_GREATERTHAN", "COMPARE_GREATERTHANOREQUALTO", "COMPARE_EQUAL"):
            found = _since(found, moment)
        if kind in ("COMPARE_LESSTHAN", "COMPARE_LESSTHANOREQUALTO", "COMPARE_EQUAL"):
            found = _until(found, moment)
    return found


def _column(node: Mapping[str, Any]) -> str:
    return str(node["column_names"][-1]).lower() if node.get("class") == "COLUMN_REF" else ""


def _typed(found: Pruned, types: list[str | None]) -> Pruned:
    known = frozenset(type_ for type_ in types if type_ is not None)
    if len(known) != len(set(types)):
        return found
    return replace(found, types=known if found.types is None else found.types & known)


def _since(found: Pruned, moment: datetime | None) -> Pruned:
    return found if moment is None else replace(found, since=max(moment, found.since or moment))


def _until(found: Pruned, moment: datetime | None) -> Pruned:
    return found if moment is None else replace(found, until=min(moment, found.until or moment))
