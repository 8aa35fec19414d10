"""Ledger arithmetic: what two archives differ in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core.ledger import Entry, chunks, compare, findings, same_content

ENTRIES = st.builds(Entry, st.text("abcdef", max_size=3), st.sampled_from(["", "x", "y"]), st.integers(0, 2))
LISTINGS = st.lists(ENTRIES, max_size=20, unique_by=lambda entry: entry.key).map(sorted)


@given(LISTINGS, LISTINGS)
def test_the_difference_is_symmetric(left: list[Entry], right: list[Entry]) -> None:
    assert compare(left, right) == compare(right, left).swapped()


@given(LISTINGS, LISTINGS)
def test_the_difference_is_what_sets_say(left: list[Entry], right: list[Entry]) -> None:
    mine, theirs = {e.key: e for e in left}, {e.key: e for e in right}
    found = compare(iter(left), iter(right))
    assert found.only_left == tuple(sorted(mine.keys() - theirs.keys()))
    assert found.only_right == tuple(sorted(theirs.keys() - mine.keys()))
    both = sorted(mine.keys() & theirs.keys())
    assert found.corrupt == tuple(key for key in both if not same_content(mine[key], theirs[key]))


@given(LISTINGS)
def test_a_listing_does_not_differ_from_itself(listing: list[Entry]) -> None:
    assert compare(listing, listing).is_empty


@given(LISTINGS, LISTINGS)
def test_copying_what_is_missing_leaves_only_what_is_corrupt(left: list[Entry], right: list[Entry]) -> None:
    found = compare(left, right)
    repaired = sorted(right + [entry for entry in left if entry.key in found.only_left])
    again = compare(sorted(left + [entry for entry in right if entry.key in found.only_right]), repaired)
    assert (again.only_left, again.only_right, again.corrupt) == ((), (), found.corrupt)


@given(ENTRIES, ENTRIES)
def test_having_the_same_content_is_mutual(left: Entry, right: Entry) -> None:
    assert same_content(left, right) == same_content(right, left)


def test_when_it_was_written_makes_no_difference() -> None:
    assert compare([Entry("k", "c", 1, created_ms=1)], [Entry("k", "c", 1, created_ms=2)]).is_empty


@pytest.mark.parametrize("listing", [[Entry("b"), Entry("a")], [Entry("a"), Entry("a")]])
def test_a_listing_out_of_order_is_refused(listing: list[Entry]) -> None:
    with pytest.raises(ValueError, match="not in order"):
        compare(listing, [])
    with pytest.raises(ValueError, match="not in order"):
        compare([], listing)


@given(LISTINGS, LISTINGS, st.integers(1, 5))
def test_chunks_hold_each_object_once_and_in_order_however_small_the_block(
    left: list[Entry], right: list[Entry], block: int
) -> None:
    cut = list(chunks(left, right, block))
    assert [entry for chunk in cut for entry in chunk.left] == left
    assert [entry for chunk in cut for entry in chunk.right] == right
    assert all(chunk.left or chunk.right for chunk in cut)
    assert all(len(side) <= 2 * block for chunk in cut for side in (chunk.left, chunk.right))


@given(LISTINGS, LISTINGS, st.integers(1, 5))
def test_a_difference_is_the_same_however_the_listings_are_cut(
    left: list[Entry], right: list[Entry], block: int
) -> None:
    found = [findings(chunk) for chunk in chunks(left, right, block)]
    whole = compare(left, right)
    assert tuple(entry.key for one in found for entry in one.only_left) == whole.only_left
    assert tuple(entry.key for one in found for entry in one.corrupt) == whole.corrupt
