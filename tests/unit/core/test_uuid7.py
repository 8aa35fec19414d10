"""UUIDv7: the form of RFC 9562, the time that it carries, and the order that follows from it."""

from __future__ import annotations

import time
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core import uuid7

MILLISECONDS = st.integers(0, 2**48 - 1)
ENTROPY = st.binary(min_size=10, max_size=20)


@given(MILLISECONDS, ENTROPY)
def test_it_is_one_and_carries_its_time(ms: int, entropy: bytes) -> None:
    value = uuid7.from_parts(ms, entropy)
    assert (value.version, value.variant, uuid7.unix_ms(value)) == (7, uuid.RFC_4122, ms)


@given(MILLISECONDS, MILLISECONDS, ENTROPY, ENTROPY)
def test_an_earlier_one_sorts_first_as_a_text_too(one: int, other: int, left: bytes, right: bytes) -> None:
    if one != other:
        first, second = uuid7.from_parts(one, left), uuid7.from_parts(other, right)
        assert (first < second) == (str(first) < str(second)) == (one < other)


def test_the_example_of_rfc_9562_comes_out() -> None:
    """Appendix A.6: 2022-02-22T19:22:22Z, rand_a 0xCC3, rand_b 0x18C4DC0C0C07398F."""
    entropy = ((0xCC3 << 68) | 0x18C4DC0C0C07398F).to_bytes(10, "big")
    assert str(uuid7.from_parts(0x017F22E279B0, entropy)) == "017f22e2-79b0-7cc3-98c4-dc0c0c07398f"


@given(MILLISECONDS, st.lists(st.binary(max_size=8), max_size=4))
def test_the_same_parts_derive_the_same_one(ms: int, parts: list[bytes]) -> None:
    assert uuid7.derived(ms, *parts) == uuid7.derived(ms, *parts)


@given(MILLISECONDS, st.lists(st.binary(max_size=3), max_size=4), st.lists(st.binary(max_size=3), max_size=4))
def test_other_parts_derive_another_one_even_when_they_join_to_the_same(
    ms: int, left: list[bytes], right: list[bytes]
) -> None:
    assert (uuid7.derived(ms, *left) == uuid7.derived(ms, *right)) == (left == right)


def test_a_new_one_is_of_now_and_no_two_are_the_same() -> None:
    before = time.time_ns() // 1_000_000
    made = {uuid7.new() for _ in range(1_000)}
    after = time.time_ns() // 1_000_000
    assert len(made) == 1_000
    assert all(before <= uuid7.unix_ms(value) <= after for value in made)
    assert uuid7.unix_ms(uuid7.new(5)) == 5


@pytest.mark.parametrize(("ms", "entropy"), [(-1, bytes(10)), (2**48, bytes(10)), (0, bytes(9))])
def test_what_does_not_fit_is_refused(ms: int, entropy: bytes) -> None:
    with pytest.raises(ValueError, match="a UUIDv7"):
        uuid7.from_parts(ms, entropy)


def test_another_version_carries_no_time() -> None:
    with pytest.raises(ValueError, match="is not a UUIDv7"):
        uuid7.unix_ms(uuid.UUID("936da01f-9abd-4d9d-80c7-02af85c822a8"))
