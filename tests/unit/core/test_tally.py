"""Tallies: what an hour adds up to, whatever pieces it came in."""

from __future__ import annotations

import base64
import hashlib
from itertools import groupby

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from isthmus.core import keys, uuid7
from isthmus.core.ledger import Chunk, Entry, Findings, chunks, findings
from isthmus.core.tally import Hour, Summary, Tally, without_strangers

T0_MS = 1_764_000_000_000


def folder(hour: int) -> str:
    return f"events/type=t/date=2025-11-24/hour={hour:02}/"


@st.composite
def listing(draw: st.DrawFn) -> list[Entry]:
    numbers = draw(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 12)), max_size=24))
    return sorted(
        Entry(
            f"{folder(hour)}{uuid7.from_parts(T0_MS + n, bytes(10))}.ndjson.gz",
            base64.b64encode(bytes([0, 0, 0, draw(st.integers(0, 1))])).decode(),
            draw(st.integers(0, 3)),
            0,
            draw(st.integers(0, 4)),
        )
        for hour, n in numbers
    )


def tallied(left: list[Entry], right: list[Entry], block: int) -> list[Hour]:
    cut = [without_strangers(chunk)[0] for chunk in chunks(left, right, block)]
    hours = []
    for name, group in groupby(cut, key=lambda chunk: chunk.folder):
        tally = Tally(name)
        for chunk in group:
            tally.add(chunk, findings(chunk))
        hours.append(tally.hour())
    return hours


def alike(*events: int) -> list[Entry]:
    """The same objects with these numbers of events."""
    return [
        Entry(f"{folder(0)}{uuid7.from_parts(T0_MS + n, bytes(10))}.ndjson.gz", "AAAAAA==", 1, 0, count)
        for n, count in enumerate(events)
    ]


@given(listing(), listing(), st.integers(1, 6))
@example(alike(0, 1), alike(3, 2), 1)
def test_an_hour_is_the_same_however_the_listings_are_cut(left: list[Entry], right: list[Entry], block: int) -> None:
    assert tallied(left, right, block) == tallied(left, right, 8192)


@given(listing(), listing())
def test_an_hour_seen_from_the_other_side_is_the_same_hour(left: list[Entry], right: list[Entry]) -> None:
    mine = tallied(left, right, 100)
    theirs = tallied(right, left, 100)
    assert [(h.folder, h.left, h.only_left, h.corrupt) for h in mine] == [
        (h.folder, h.right, h.only_right, h.corrupt) for h in theirs
    ]


@given(listing(), listing())
def test_two_sides_have_the_same_digest_when_they_hold_the_same(left: list[Entry], right: list[Entry]) -> None:
    for hour in tallied(left, right, 100):
        if hour.is_whole:
            assert hour.left.digest == hour.right.digest
        else:
            sizes_alone = hour.corrupt and not (hour.only_left or hour.only_right)
            assert hour.left.digest != hour.right.digest or sizes_alone


def test_a_digest_can_be_had_with_the_tools_of_a_shell() -> None:
    entries = [Entry(f"{folder(1)}{uuid7.from_parts(T0_MS + n, bytes(10))}.ndjson.gz", "AAAAAA==") for n in range(3)]
    (hour,) = tallied(entries, [], 8192)
    lines = "".join(f"{entry.key}\n{entry.crc32c}\n" for entry in entries)
    assert hour.left.digest == hashlib.sha256(lines.encode()).hexdigest()
    assert hour.right == Summary()


def test_a_side_whose_checksums_are_not_all_known_has_no_digest() -> None:
    key = f"{folder(1)}{uuid7.from_parts(T0_MS, bytes(10))}.ndjson.gz"
    (hour,) = tallied([Entry(key, "", 3)], [Entry(key, "AAAAAA==", 3)], 8192)
    assert (hour.left.digest, hour.left.unchecked) == ("", 1)
    assert hour.right.digest


def test_of_an_object_that_both_have_alike_the_number_of_events_that_either_tells_counts_for_both() -> None:
    names = [f"{folder(1)}{uuid7.from_parts(T0_MS + n, bytes(10))}.ndjson.gz" for n in range(3)]
    left = [Entry(names[0], "", 1, 0, 0), Entry(names[1], "", 1, 0, 0), Entry(names[2], "", 2, 0, 0)]
    right = [Entry(names[0], "x", 1, 0, 5), Entry(names[2], "x", 3, 0, 7)]
    (hour,) = tallied(left, right, 8192)
    assert (hour.left.events, hour.left.uncounted) == (5, 2)
    assert (hour.right.events, hour.right.uncounted) == (12, 0)
    assert (hour.only_left, hour.only_right, hour.corrupt) == (1, 0, 1)


BAD = st.one_of(
    st.text(max_size=60),
    st.text("0123456789abcdef-7", min_size=36, max_size=36).map(lambda text: text + ".ndjson.gz"),
    st.just("01936f0e-7c1a-7bbb-9d53-3f6a0c1d2e4f.ndjson.gz\n"),
    st.just("01936f0e-7c1a-7bbb-9d53-3f6a0c1d2e4f.ndjson.gz/x"),
    st.just("01936F0E-7c1a-7bbb-9d53-3f6a0c1d2e4f.ndjson.gz"),
)


@given(st.sets(BAD, max_size=8), st.integers(0, 3))
def test_what_is_no_frames_key_is_left_out_and_counted(names: set[str], good: int) -> None:
    ours = [f"{folder(1)}{uuid7.from_parts(T0_MS + n, bytes(10))}.ndjson.gz" for n in range(good)]
    entries = [Entry(key) for key in sorted({*ours, *(folder(1) + name for name in names)})]
    expected = [entry for entry in entries if keys.place(entry.key)]
    cut = [without_strangers(chunk) for chunk in chunks(entries, [])]
    assert [entry for chunk, _ in cut for entry in chunk.left] == expected
    assert sum(strangers for _, strangers in cut) == len(entries) - len(expected)


@given(st.sets(st.text(max_size=40), max_size=8))
def test_a_listing_of_anything_at_all_is_read_to_its_end(names: set[str]) -> None:
    entries = [Entry(key) for key in sorted(names)]
    cut = [without_strangers(chunk) for chunk in chunks(entries, entries, 3)]
    ours = [entry for entry in entries if keys.place(entry.key)]
    assert [entry for chunk, _ in cut for entry in chunk.left] == ours


def test_an_hour_survives_being_written_down() -> None:
    hour = Hour(folder(2), Summary(1, 2, 3, 0, 0, "ab"), Summary(), 1)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode([hour]), type=list[Hour]) == [hour]


def test_a_chunk_without_findings_adds_up() -> None:
    tally = Tally(folder(1))
    tally.add(Chunk(folder(1), [], []), Findings([], [], []))
    assert tally.hour() == Hour(folder(1))
