"""Trace context in W3C's form: what is read, what is not, and what of a tracestate is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core import trace
from isthmus.core.trace import TraceContext

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
GOOD = f"00-{TRACE}-{SPAN}-01"


def hex_ids(digits: int) -> st.SearchStrategy[str]:
    """Ids of a number of digits, zero aside."""
    return st.integers(1, 16**digits - 1).map(lambda value: f"{value:0{digits}x}")


contexts = st.builds(TraceContext, hex_ids(32), hex_ids(16), st.booleans())


@given(contexts)
def test_what_is_written_is_read_again(context: TraceContext) -> None:
    assert trace.parse(context.traceparent) == context


@given(st.text(max_size=80) | st.from_regex(r"[0-9a-fA-F]{2}-[0-9a-fA-F]{30,34}-[0-9a-fA-F]{14,18}-[0-9a-fA-F]{2}.?"))
def test_whatever_comes_is_read_as_it_is_written_or_not_at_all(text: str) -> None:
    """Nothing raises, and nothing but lower-case ids of the right length gets through."""
    found = trace.parse(text)
    if found is not None:
        assert text.startswith(found.traceparent[2:-2], 2)
        assert trace.parse(found.traceparent) == found


@pytest.mark.parametrize(
    "text",
    [
        "",
        None,
        GOOD.upper(),
        GOOD + "\n",
        " " + GOOD,
        GOOD[:-1],
        GOOD + "-more",
        GOOD.replace("00-", "ff-", 1),
        GOOD.replace(TRACE, "0" * 32),
        GOOD.replace(SPAN, "0" * 16),
        GOOD.replace("-", "_"),
        "00-١af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        GOOD * 1000,
    ],
)
def test_what_is_no_context_is_none(text: str | None) -> None:
    assert trace.parse(text) is None


def test_a_later_version_is_read_as_far_as_this_one_goes() -> None:
    assert trace.parse(f"cc-{TRACE}-{SPAN}-01-what-will-be") == TraceContext(TRACE, SPAN, True)


@pytest.mark.parametrize(("flags", "sampled"), [("00", False), ("01", True), ("02", False), ("ff", True)])
def test_only_the_lowest_flag_says_that_it_is_recorded(flags: str, sampled: bool) -> None:
    found = trace.parse(f"00-{TRACE}-{SPAN}-{flags}")
    assert found is not None
    assert found.sampled is sampled


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE", "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE"),
        (" a=1 ,, b=2 ", "a=1,b=2"),
        ("fw529a3039@dt=x", "fw529a3039@dt=x"),
        ("no member", ""),
        ("A=1", ""),
        ("a=1\r\nx-api-key: stolen", ""),
        (",".join(f"k{i}=v" for i in range(33)), ""),
        ("long=" + "x" * 200 + "," + ",".join(f"k{i}={'v' * 40}" for i in range(9)), None),
    ],
)
def test_a_tracestate_is_kept_where_it_is_valid_and_within_the_limit(text: str, kept: str | None) -> None:
    """Where there is too much the long members go first; a bad one never spoils the traceparent."""
    found = trace.parse(GOOD, text)
    assert found is not None
    if kept is None:
        kept = ",".join(f"k{i}={'v' * 40}" for i in range(9))
    assert found.state == kept


@given(st.text(max_size=20_000) | st.lists(st.from_regex(r"[a-z]{1,5}=[a-z]{1,250}", fullmatch=True)).map(",".join))
def test_a_tracestate_never_grows_beyond_the_limit(text: str) -> None:
    found = trace.parse(GOOD, text)
    assert found is not None
    assert len(found.state) <= trace.MAX_STATE_CHARS
    assert set(filter(None, found.state.split(","))) <= {member.strip(" \t") for member in text.split(",")}


def test_a_huge_tracestate_costs_little() -> None:
    """A megabyte of members is looked at as far as the limit of their number."""
    found = trace.parse(GOOD, "a=b," * 300_000)
    assert found is not None
    assert found.state == ""
