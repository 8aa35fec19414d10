"""Compaction: one row an identity, the same bytes whatever came when, and nothing that a query could tell apart."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive import parquet
from isthmus.archive.compact import Bounds, Compaction, compact
from isthmus.archive.query import run_query
from isthmus.core import frames, keeping, keys
from isthmus.core.errors import Unavailable
from isthmus.core.events import check_batch

T0_MS = 1_764_000_000_000
DAY_MS = 86_400_000
TYPE = "com.example.flight.departed"
Compact = Callable[..., Compaction]


@pytest.fixture
def run(aws: MemoryBucket, gcp: MemoryBucket, tmp_path: Path) -> Compact:
    return lambda **more: compact([aws, gcp], tmp_path / "cache", **more)


@pytest.fixture
def rows(aws: MemoryBucket, gcp: MemoryBucket, tmp_path: Path) -> Callable[..., list[tuple[Any, ...]]]:
    return lambda sql="select * from events order by source, id": run_query(sql, [aws, gcp], tmp_path / "cache").rows


def compacted(bucket: MemoryBucket) -> dict[str, bytes]:
    return {key: data for key, data in bucket.objects.items() if key.startswith(keys.COMPACTED)}


def read(data: bytes, columns: str) -> list[tuple[Any, ...]]:
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file:
        file.write(data)
        file.flush()
        return duckdb.sql(f"SELECT {columns} FROM read_parquet('{file.name}')").fetchall()


def test_a_day_of_a_type_is_one_object_of_the_same_bytes_on_both_clouds(aws, gcp, keep, event, run) -> None:
    keep([aws, gcp], [event(2), event(1)])
    keep([aws], [event(3), event(1)], seed=b"2")
    done = run()
    (key,) = compacted(aws)
    assert key == f"compacted/type={TYPE}/date=2025-11-24/events.parquet"
    assert compacted(aws) == compacted(gcp)
    assert [(one.clouds, one.frames) for one in done.written] == [(("aws", "gcp"), 2)]
    assert read(aws.objects[key], "id") == [("1",), ("2",), ("3",)]


def test_the_second_run_writes_nothing(aws, gcp, keep, event, run) -> None:
    keep([aws, gcp], [event(1)])
    run()
    before = compacted(aws)
    again = run()
    assert (again.written, again.current, compacted(aws)) == ([], 1, before)


def test_a_query_says_the_same_before_and_after(aws, gcp, keep, event, run, rows) -> None:
    keep([aws, gcp], [event(1, time="2013-01-01T05:00:00-05:00", subject="a", gate="A7", data={"n": [1, None, "é"]})])
    keep([gcp], [event(1, data="again"), event(2, data=None)], at_ms=T0_MS + 1)
    keep([aws], [event(2, data="next day")], at_ms=T0_MS + DAY_MS)
    before = rows()
    run()
    assert rows() == before
    assert rows("select id, clouds from events order by id") == [("1", ["aws", "gcp"]), ("2", ["aws", "gcp"])]


def test_what_came_since_is_read_beside_the_parquet(aws, gcp, keep, event, run, tmp_path) -> None:
    keep([aws, gcp], [event(1)])
    run()
    keep([aws, gcp], [event(2)], seed=b"2")
    result = run_query("select id from events order by id", [aws, gcp], tmp_path / "cache")
    assert result.rows == [("1",), ("2",)]
    assert (result.tables, result.objects) == (1, 1)


def test_an_event_that_comes_late_with_an_earlier_date_leaves_the_later_day(aws, gcp, keep, event, run) -> None:
    keep([aws, gcp], [event(1), event(2)], at_ms=T0_MS + DAY_MS)
    run()
    keep([aws, gcp], [event(1)])
    run()
    first, second = (read(data, "id") for _, data in sorted(compacted(aws).items()))
    assert (first, second) == ([("1",)], [("2",)])


def test_a_run_that_was_cut_off_is_made_good_by_the_next(aws, gcp, keep, event, run) -> None:
    """The later day is not written again before the fault; both days have the event until the next run."""
    keep([aws, gcp], [event(1)], at_ms=T0_MS + DAY_MS)
    run()
    keep([aws, gcp], [event(1)])
    swap, calls = aws.swap, Counter[str]()

    def fails_at_the_second(key: str, data: bytes, version: str = "") -> bool:
        calls["swap"] += 1
        if calls["swap"] == 2:
            raise RuntimeError("the process ended")
        return swap(key, data, version)

    aws.swap = fails_at_the_second
    with pytest.raises(RuntimeError):
        run()
    aws.swap = swap
    run()
    assert compacted(aws) == compacted(gcp)
    assert Counter(row for data in compacted(aws).values() for row in read(data, "id")) == {("1",): 1}


def test_of_two_compactors_the_later_one_begins_anew(aws, gcp, keep, event, run, tmp_path) -> None:
    keep([aws, gcp], [event(1)])
    run()
    keep([aws, gcp], [event(2)], seed=b"2")
    swap = aws.swap

    def overtaken(key: str, data: bytes, version: str = "") -> bool:
        aws.swap = swap
        keep([aws, gcp], [event(3)], seed=b"3")
        assert compact([aws, gcp], tmp_path / "other").problems == []
        return swap(key, data, version)

    aws.swap = overtaken
    done = run()
    (data,) = compacted(aws).values()
    assert done.problems == []
    assert read(data, "id") == [("1",), ("2",), ("3",)]
    assert compacted(aws) == compacted(gcp)


def test_a_cloud_that_is_out_gets_its_objects_later(aws, gcp, keep, event, run) -> None:
    keep([aws, gcp], [event(1)])
    gcp.out = True
    done = run()
    assert (set(done.out), [one.clouds for one in done.written]) == ({"gcp"}, [("aws",)])
    gcp.out = False
    run()
    assert compacted(aws) == compacted(gcp) != {}
    aws.out = gcp.out = True
    with pytest.raises(Unavailable):
        run()


def test_an_object_that_is_no_parquet_is_told_and_written_again(aws, gcp, keep, event, run, tmp_path) -> None:
    keep([aws, gcp], [event(1)])
    run()
    (key,) = compacted(aws)
    for bucket in (aws, gcp):
        bucket.swap(key, b"PAR1 and no more", next(bucket.versions(key)).version)
    result = run_query("select id from events", [aws, gcp], tmp_path / "cache")
    assert result.rows == [("1",)]
    assert len(result.problems) == 2 and "no Parquet of a day" in result.problems[0]
    assert len(run().problems) == 2
    assert read(aws.objects[key], "id") == [("1",)]


def test_a_frame_that_is_damaged_waits_for_its_repair(aws, gcp, keep, event, run) -> None:
    keep([aws, gcp], [event(1)])
    (broken,) = keep([aws], [event(2)], seed=b"2")
    whole, aws.objects[broken] = aws.objects[broken], b"damaged"
    done = run()
    assert "damaged" in done.problems[0]
    (key,) = compacted(aws)
    assert read(aws.objects[key], "id") == [("1",)]
    aws.objects[broken] = whole
    assert run().problems == []
    assert read(aws.objects[key], "id") == [("1",), ("2",)]


def test_what_expired_as_events_stays_in_the_parquet(aws, gcp, keep, event, run, rows) -> None:
    kept = keep([aws, gcp], [event(1)])
    run()
    for bucket in (aws, gcp):
        for key in kept:
            del bucket.objects[key]
    keep([aws, gcp], [event(2)], seed=b"2")
    run()
    assert rows("select id, clouds from events order by id") == [("1", ["aws", "gcp"]), ("2", ["aws", "gcp"])]


def test_another_catalogue_writes_the_days_again(aws, gcp, keep, event, run, tmp_path) -> None:
    keep([aws, gcp], [event(1, data={"delay": 2.5, "date": "2013-01-01", "id": "mine", "at": {"gate": 7}})])
    run()
    properties = {"delay": {"type": "number"}, "date": {"type": "string", "format": "date"}, "id": {"type": "string"}}
    schema = {"properties": {**properties, "at": {"type": "object"}}}
    (tmp_path / f"{TYPE}.schema.json").write_text(json.dumps(schema))
    assert len(run(catalog=tmp_path).written) == 1
    (data,) = compacted(aws).values()
    assert read(data, 'delay, data_date::VARCHAR, id, event_id, "at"') == [
        (2.5, "2013-01-01", "mine", "1", '{"gate":7}')
    ]
    assert run(catalog=tmp_path).written == []


def test_types_and_days_can_be_chosen(aws, gcp, keep, event, run) -> None:
    keep([aws, gcp], [event(1), event(2, type="a/b c%")])
    keep([aws, gcp], [event(3)], at_ms=T0_MS + DAY_MS)
    run(types=["a/b c%"])
    assert [keys.compacted_day(key) for key in compacted(aws)] == [keys.Day("a/b c%", "2025-11-24")]
    run(bounds=Bounds(before="2025-11-25"))
    assert {keys.compacted_day(key).date for key in compacted(aws)} == {"2025-11-24"}


ARRIVALS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.lists(st.integers(0, 5), min_size=1, max_size=4),
        st.sampled_from([("aws",), ("gcp",), ("aws", "gcp")]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


def _keep(buckets: dict[str, MemoryBucket], number: int, arrival: tuple[int, list[int], tuple[str, ...], bool]) -> None:
    day, ids, clouds, _ = arrival
    events = [{"specversion": "1.0", "id": str(n), "source": "/s", "type": TYPE, "data": [number, n]} for n in ids]
    checked, _ = check_batch(json.dumps(events).encode())
    packed, _ = frames.pack(checked, origin="aws", unix_ms=T0_MS + day * DAY_MS, seed=b"%d" % number)
    for frame in packed:
        for cloud in clouds:
            keeping.keep(frame, buckets[cloud])


@settings(max_examples=8)
@given(ARRIVALS)
@example([(0, [0], ("aws",), False), (3, [0], ("aws",), True), (0, [0], ("aws",), False)])
def test_whatever_came_when_the_objects_and_the_answers_are_the_same(arrivals: Any) -> None:
    """In days, in clouds and in repeats mixed at will: compacted in between or once at the end, or not at all."""
    step, once, never = ({cloud: MemoryBucket(cloud) for cloud in ("aws", "gcp")} for _ in range(3))
    sql = "select * from events order by source, id"
    with tempfile.TemporaryDirectory() as folder:
        for number, arrival in enumerate(arrivals):
            for buckets in (step, once, never):
                _keep(buckets, number, arrival)
            if arrival[3]:
                compact(list(step.values()), Path(folder, "step"))
        for name, buckets in (("step", step), ("once", once)):
            done = compact(list(buckets.values()), Path(folder, name))
            assert done.problems == []
        answers = [
            run_query(sql, list(buckets.values()), Path(folder, name)).rows
            for name, buckets in (("step", step), ("once", once), ("never", never))
        ]
    assert answers[0] == answers[1] == answers[2]
    objects = [compacted(bucket) for buckets in (step, once) for bucket in buckets.values()]
    assert all(other == objects[0] for other in objects)
    found = [row for data in objects[0].values() for row in read(data, "source, id")]
    assert len(found) == len(set(found)) == len(answers[0])
    for data in objects[0].values():
        listed = read(data, "source, id")
        assert listed == sorted(listed)


def test_the_cover_names_what_the_file_was_made_of(aws, gcp, keep, event, run, tmp_path) -> None:
    kept = keep([aws, gcp], [event(1)])
    run()
    (data,) = compacted(aws).values()
    (tmp_path / "day.parquet").write_bytes(data)
    cover = parquet.read_cover(tmp_path / "day.parquet")
    assert cover.frames == tuple(str(keys.place(key).frame) for key in kept)
    assert (cover.again, cover.earlier) == ((), {})
