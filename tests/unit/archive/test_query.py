"""SQL over both archives: one row an identity, and nothing else that SQL could reach."""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive import engine
from isthmus.archive.query import Result, run_query
from isthmus.core.errors import ConfigurationError, IsthmusError, Unavailable

T0_MS = 1_764_000_000_000
HOUR_MS = 3_600_000
Ask = Callable[..., Result]


@pytest.fixture
def ask(aws: MemoryBucket, gcp: MemoryBucket, tmp_path: Path) -> Ask:
    return lambda sql, **more: run_query(sql, [aws, gcp], tmp_path / "cache [1] *", **more)


def test_an_event_in_both_archives_is_one_row_with_both_clouds(aws, gcp, keep, event, ask) -> None:
    keep([aws, gcp], [event(1)])
    keep([gcp], [event(2)])
    assert ask("select id, clouds from events order by id").rows == [("1", ["aws", "gcp"]), ("2", ["gcp"])]


def test_an_event_that_was_sent_again_is_the_row_of_its_first_frame_with_the_clouds_of_all(
    aws, gcp, keep, event, ask
) -> None:
    (later,) = keep([gcp], [event(1, data="later")], at_ms=T0_MS + 1, seed=b"2")
    (first,) = keep([aws], [event(1, data="first")])
    assert later != first
    assert ask("select data, key, clouds from events").rows == [('"first"', first, ["aws", "gcp"])]


def test_every_attribute_has_its_place(aws, keep, event, ask) -> None:
    sent = event(
        1,
        time="2013-01-01T05:15:00-05:00",
        subject="EWR",
        datacontenttype="application/json",
        gate="A7",
        hops=2,
        priority=True,
    )
    keep([aws], [sent])
    result = ask("select * from events")
    row = dict(zip(result.columns, result.rows[0], strict=True))
    assert row["time"] == datetime(2013, 1, 1, 10, 15, tzinfo=UTC)
    assert row["accepted_at"] == datetime(2025, 11, 24, 16, tzinfo=UTC)
    assert (row["source"], row["type"], row["subject"]) == ("/airline/UA", "com.example.flight.departed", "EWR")
    assert json.loads(row["data"]) == sent["data"]
    assert json.loads(row["attributes"]) == {"gate": "A7", "hops": 2, "priority": True}
    assert row["frame"] in row["key"]


@pytest.mark.parametrize("time", ["2013-01-01t05:15:00z", "2013-01-01t00:15:00-05:00"])
def test_a_time_in_small_letters_is_a_time(aws, keep, event, ask, time) -> None:
    """RFC 3339, section 5.6: T and Z may be small."""
    keep([aws], [event(1, time=time)])
    assert ask("select time from events").rows == [(datetime(2013, 1, 1, 5, 15, tzinfo=UTC),)]


def test_binary_data_is_kept_as_base64(aws, keep, event, ask) -> None:
    sent = event(1, data_base64="AAEC")
    del sent["data"]
    keep([aws], [sent])
    assert ask("select data, data_base64 from events").rows == [(None, "AAEC")]


def test_numbers_beyond_64_bits_stay_as_they_were_sent(aws, keep, event, ask) -> None:
    keep([aws], [event(1, data={"n": 123456789012345678901234567890})])
    assert ask("select data ->> 'n' from events").rows == [("123456789012345678901234567890",)]


def test_no_events_are_no_rows_and_no_error(ask) -> None:
    assert ask("select count(*), max(time) from events").rows == [(0, None)]


SCHEMA = {
    "type": "object",
    "properties": {
        "carrier": {"type": "string"},
        "number": {"type": "integer"},
        "delay": {"type": ["number", "null"]},
        "left_at": {"type": "string", "format": "date-time"},
        "stops": {"type": "array"},
        "time": {"type": "string"},
    },
}


@pytest.fixture
def catalog(tmp_path: Path) -> Path:
    folder = tmp_path / "catalog"
    folder.mkdir()
    (folder / "com.example.flight.departed.schema.json").write_text(json.dumps(SCHEMA))
    return folder


def test_a_type_of_the_catalogue_is_a_view_with_the_columns_of_its_data(aws, keep, event, ask, catalog) -> None:
    data = {
        "carrier": "UA",
        "number": 7,
        "delay": 2.5,
        "left_at": "2013-01-01T05:17:00Z",
        "stops": ["EWR"],
        "time": "am",
    }
    keep([aws], [event(1, data=data), event(2, data={"carrier": "B6", "delay": "unknown"}), event(3, type="other")])
    result = ask(
        "select carrier, number, delay, left_at, stops, time, id from flight_departed order by id", catalog=catalog
    )
    left = datetime(2013, 1, 1, 5, 17, tzinfo=UTC)
    assert result.rows == [("UA", 7, 2.5, left, '["EWR"]', "am", "1"), ("B6", None, None, None, None, None, "2")]


def test_an_attribute_that_collides_with_a_column_of_the_data_has_event_in_front(
    aws, keep, event, ask, catalog
) -> None:
    keep([aws], [event(1, time="2013-01-01T00:00:00Z", data={"time": "am"})])
    rows = ask("select time, event_time from com_example_flight_departed", catalog=catalog).rows
    assert rows == [("am", datetime(2013, 1, 1, tzinfo=UTC))]


def test_types_that_would_share_a_name_have_their_whole_names_only(ask, catalog) -> None:
    (catalog / "org.example.flight.departed.schema.json").write_text(json.dumps(SCHEMA))
    names = {name for (name,) in ask("show tables", catalog=catalog).rows}
    assert names == {"events", "com_example_flight_departed", "org_example_flight_departed"}


@pytest.mark.parametrize("text", ["{", "[]", '{"type": "string"}', '{"properties": 3}'])
def test_a_schema_that_is_none_is_named(ask, catalog, text) -> None:
    (catalog / "com.example.bad.schema.json").write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        ask("select 1", catalog=catalog)
    assert "com.example.bad.schema.json" in caught.value.where


def test_wrong_sql_is_told_in_duckdbs_own_sentence(aws, keep, event, ask) -> None:
    keep([aws], [event(1)])
    with pytest.raises(IsthmusError, match='Referenced column "nope" not found') as caught:
        ask("select nope from events")
    assert "LINE 1" not in str(caught.value)
    with pytest.raises(IsthmusError, match='syntax error at or near "selec"'):
        ask("selec 1")


@pytest.mark.parametrize(
    "sql",
    [
        "",
        "select 1; select 2",
        "drop table events",
        "create table mine as select 1",
        "insert into events select * from events",
        "delete from events",
        "copy events to '{file}'",
        "copy (select 1) to '{file}' (format parquet)",
        "export database '{file}'",
        "attach '{file}'",
        "set memory_limit = '1GB'",
        "set enable_external_access = true",
        "install httpfs",
        "load httpfs",
        "select * from read_text('{secret}')",
        "select * from read_csv('{secret}')",
        "select * from '{secret}'",
        "select * from glob('/*')",
        "select * from ask",
        "select * from query('copy events to ''{file}''')",
        "explain analyze copy events to '{file}'",
    ],
)
def test_sql_can_neither_change_anything_nor_reach_anything_else(ask, tmp_path, sql) -> None:
    secret, file = tmp_path / "secret.csv", tmp_path / "written"
    secret.write_text("a\n1\n")
    with pytest.raises(IsthmusError):
        ask(sql.format(secret=secret, file=file))
    assert not file.exists()


def test_an_interrupt_ends_a_query_that_runs() -> None:
    with engine.connect_empty() as connection:
        timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            engine.run(connection, "select count(*) from range(1000000000000) where range % 7 = 1", 1)
        timer.join()


def test_a_second_interrupt_does_not_keep_the_first_from_ending_the_query() -> None:
    """Who presses Ctrl-C twice must not be told that the connection is busy."""
    ended: list[bool] = []

    class Impatient:
        """A connection to which Ctrl-C comes again while it is being ended."""

        def __getattr__(self, name: str) -> Any:
            return getattr(connection, name)

        def interrupt(self) -> None:
            os.kill(os.getpid(), signal.SIGINT)
            connection.interrupt()
            ended.append(True)

    with engine.connect_empty() as connection:
        timer = threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT))
        timer.start()
        with pytest.raises(KeyboardInterrupt):
            engine.run(Impatient(), "select count(*) from range(3000000000) where range % 7 = 1", 1)
        timer.join()
        assert ended
        assert connection.execute("select 1").fetchall() == [(1,)]


def test_when_one_cloud_is_out_the_other_answers_and_it_is_said(aws, gcp, keep, event, ask) -> None:
    keep([aws, gcp], [event(1)])
    keep([gcp], [event(2)])
    gcp.out = True
    result = ask("select id, clouds from events")
    assert result.rows == [("1", ["aws"])]
    assert (result.clouds, list(result.out)) == (("aws",), ["gcp"])


def test_when_both_clouds_are_out_nothing_is_answered(aws, gcp, ask) -> None:
    aws.out = gcp.out = True
    with pytest.raises(Unavailable):
        ask("select 1")


def test_an_object_is_downloaded_once_and_never_again(aws, gcp, keep, event, ask) -> None:
    keep([aws, gcp], [event(1)])
    assert ask("select 1 from events").downloaded == 1
    assert ask("select 1 from events").downloaded == 0


def test_a_damaged_object_is_read_from_the_other_cloud_and_told(aws, gcp, keep, event, ask) -> None:
    (key,) = keep([aws, gcp], [event(1)])
    aws.objects[key] = aws.objects[key][:-9] + b"x" * 9
    result = ask("select id from events")
    assert result.rows == [("1",)]
    assert any("damaged" in problem and "aws" in problem for problem in result.problems)
    assert any("different bytes" in problem for problem in result.problems)


def test_an_object_damaged_everywhere_is_left_out_and_told(aws, keep, event, ask) -> None:
    (key,) = keep([aws], [event(1)])
    keep([aws], [event(2)], seed=b"2")
    aws.objects[key] = b"\x1f\x8b not gzip"
    result = ask("select id from events")
    assert result.rows == [("2",)]
    assert len(result.problems) == 1


def test_what_is_not_ours_in_a_bucket_is_left_alone(aws, keep, event, ask) -> None:
    keep([aws], [event(1)])
    aws.put_new("events/../../escaped", b"x")
    aws.put_new("events/type=a/readme.txt", b"x")
    assert ask("select count(*) from events").rows == [(1,)]


def test_more_rows_than_asked_for_are_cut_off_and_it_is_said(aws, keep, event, ask) -> None:
    keep([aws], [event(n) for n in range(5)])
    result = ask("select id from events", max_rows=3)
    assert (len(result.rows), result.truncated) == (3, True)
    assert ask("select id from events", max_rows=5).truncated is False


def test_nothing_is_left_in_the_cache_but_objects(aws, keep, event, ask, tmp_path) -> None:
    (key,) = keep([aws], [event(1)])
    ask("select 1 from events")
    files = [path for path in (tmp_path / "cache [1] *").rglob("*") if path.is_file()]
    assert [str(path).endswith(f"objects/aws/aws/{key}") for path in files] == [True]


Identity = tuple[str, str]


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    requests=st.lists(
        st.tuples(
            st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("123")), min_size=1, max_size=4, unique=True),
            st.sampled_from([("aws",), ("gcp",), ("aws", "gcp")]),
        ),
        max_size=6,
    )
)
def test_there_is_one_row_an_identity_whatever_was_sent_how_often_and_kept_where(
    requests: list[tuple[list[Identity], tuple[str, ...]]], keep: Any, event: Any, tmp_path_factory: Any
) -> None:
    buckets = {"aws": MemoryBucket("aws"), "gcp": MemoryBucket("gcp")}
    held: dict[Identity, set[str]] = {}
    for number, (identities, clouds) in enumerate(requests):
        events = [event(id_, source=source) for source, id_ in identities]
        keep([buckets[cloud] for cloud in clouds], events, at_ms=T0_MS + number, seed=b"%d" % number)
        for identity in identities:
            held.setdefault(identity, set()).update(clouds)
    result = run_query(
        "select source, id, clouds from events", list(buckets.values()), tmp_path_factory.mktemp("cache")
    )
    assert {(source, id_): set(clouds) for source, id_, clouds in result.rows} == held
    assert len(result.rows) == len(held)
