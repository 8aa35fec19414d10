"""Keys are functions of the frame alone."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core import keys, uuid7
from isthmus.core.frames import Frame

TYPES = st.text(st.characters(exclude_categories=["C"]), min_size=1).filter(lambda t: len(t.encode()) <= 200)
IDS = st.builds(uuid7.from_parts, st.integers(0, 4_000_000_000_000), st.binary(min_size=10, max_size=10))


@given(IDS, TYPES, st.binary(), st.binary())
def test_a_key_depends_on_the_frame_alone(id_: uuid.UUID, type_: str, one: bytes, other: bytes) -> None:
    left = Frame(id_, type_, "aws", 1, one, False, "00-1")
    right = Frame(id_, type_, "gcp", 2, other, True)
    assert keys.event_key(left) == keys.event_key(right) == keys.event_key(left)


@given(IDS, TYPES)
def test_a_key_says_type_hour_and_frame_and_fits_in_both_clouds(id_: uuid.UUID, type_: str) -> None:
    frame = Frame(id_, type_, "aws", 1, b"", False)
    for key in (keys.event_key(frame), keys.quarantine_key(frame)):
        place = keys.place(key)
        assert place is not None
        assert (place.type, place.frame, place.unix_ms) == (type_, id_, uuid7.unix_ms(id_))
        assert key.isascii()
        assert key.count("/") == 4
        assert len(key) <= 1024


@given(IDS, IDS, TYPES, TYPES)
def test_two_frames_have_two_keys(one: uuid.UUID, other: uuid.UUID, left: str, right: str) -> None:
    pair = [Frame(one, left, "aws", 1, b"", False), Frame(other, right, "aws", 1, b"", False)]
    assert (keys.event_key(pair[0]) == keys.event_key(pair[1])) == ((one, left) == (other, right))


def test_a_key_is_written_as_designed() -> None:
    frame = Frame(uuid.UUID("01970000-0000-7000-8000-000000000001"), "com.example.a/b é", "aws", 1, b"", False)
    expected = "events/type=com.example.a%2Fb%20%C3%A9/date=2025-05-24/hour=01/01970000-0000-7000-8000-000000000001"
    assert keys.event_key(frame) == expected + ".ndjson.gz"


@pytest.mark.parametrize(
    "key",
    [
        "",
        "events/",
        "other/type=t/date=2025-05-23/hour=13/01970000-0000-7000-8000-000000000001.ndjson.gz",
        "events/type=t/date=2025-05-23/hour=13/01970000-0000-4000-8000-000000000001.ndjson.gz",
        "events/type=t/date=2025-05-23/hour=13/------------------------------------.ndjson.gz",
        "events/type=t/x/date=2025-05-23/hour=13/01970000-0000-7000-8000-000000000001.ndjson.gz",
    ],
)
def test_a_key_that_is_not_ours_is_none(key: str) -> None:
    assert keys.place(key) is None
