"""Which objects a query reads: what its conditions leave out is not even listed."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from isthmus.archive import engine
from isthmus.archive.prune import Pruned, prune

VIEWS = {"flight_departed": "com.example.flight.departed", "order_placed": "com.example.order.placed"}
FLIGHTS = frozenset({"com.example.flight.departed"})
NOON = datetime(2026, 9, 20, 12, tzinfo=UTC)


def pruned(sql: str) -> Pruned:
    with engine.connect_empty() as connection:
        return prune(connection, sql, VIEWS)


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select * from events", Pruned()),
        ("select * from events where type = 'a'", Pruned(frozenset("a"))),
        ("select * from events e where 'a' = e.type and id > 'x'", Pruned(frozenset("a"))),
        ("select * from events where type in ('a', 'b')", Pruned(frozenset("ab"))),
        ("select * from events where type in ('a', 'b') and type = 'b'", Pruned(frozenset("b"))),
        ("select * from events where type = 'a' or id = 'x'", Pruned()),
        ("select * from events where not type = 'a'", Pruned()),
        ("select * from events where type = id", Pruned()),
        ("select * from events where type like 'a%'", Pruned()),
        ("select carrier from flight_departed group by 1", Pruned(FLIGHTS)),
        ("select * from FLIGHT_DEPARTED f join order_placed using (id)", Pruned(frozenset(VIEWS.values()))),
        ("select * from flight_departed union all select * from events", Pruned()),
        ("select * from events where type = (select min(type) from events)", Pruned()),
        ("with events as (select 1 as type) select * from events where type = 'a'", Pruned()),
        ("select * from events where accepted_at >= '2026-09-20T12:00:00Z'", Pruned(None, NOON)),
        ("select * from events where TIMESTAMPTZ '2026-09-20 12:00:00+00' > accepted_at", Pruned(None, None, NOON)),
        (
            "select 'ä' from flight_departed where accepted_at between '2026-09-20 12:00' and '2026-09-20 14:00+02'",
            Pruned(FLIGHTS, NOON, NOON),
        ),
        ("select * from events where accepted_at > DATE '2026-09-21' - INTERVAL 12 HOUR", Pruned(None, NOON)),
        ("select * from events where accepted_at > time", Pruned()),
        ("select * from events where accepted_at > 'no time'", Pruned()),
        ("explain select * from events", Pruned()),
    ],
)
def test_only_what_is_certain_is_left_out(sql: str, expected: Pruned) -> None:
    assert pruned(sql) == expected


def test_a_type_is_listed_by_its_prefix_and_everything_else_by_one() -> None:
    assert Pruned(frozenset({"b", "a/x"})).prefixes() == ("events/type=a%2Fx/", "events/type=b/")
    assert Pruned().prefixes() == ("events/",)


@pytest.mark.parametrize(
    ("hour", "wanted"),
    [
        ("2026-09-19/hour=11", False),
        ("2026-09-19/hour=12", True),
        ("2026-09-20/hour=12", True),
        ("2026-09-20/hour=13", False),
    ],
)
def test_a_lower_bound_reads_a_day_more_and_an_upper_bound_nothing_more(hour: str, wanted: bool) -> None:
    key = f"events/type=a/date={hour}/0199649c-c000-7000-8000-000000000000.ndjson.gz"
    assert Pruned(None, NOON, NOON).wants(key) is wanted
