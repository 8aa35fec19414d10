"""Reading traces: newest first, each span below its parent, found by the beginning of an id."""

from __future__ import annotations

from pathlib import Path

import pytest

from isthmus.cli.trace import waterfall
from isthmus.core.errors import ConfigurationError
from isthmus.core.spans import current
from isthmus.core.trace import TraceContext
from isthmus.local.rundir import RunDirectory
from isthmus.local.traces import find, get, tracer


@pytest.fixture
def run(tmp_path: Path) -> RunDirectory:
    """A run directory without a run."""
    return RunDirectory(tmp_path)


def a_trace(run: RunDirectory, name: str, parent: TraceContext | None = None) -> str:
    """Records a trace of three spans, one of which failed."""
    with tracer(run, "isthmus-publisher").begin(name, "internal", parent) as root:
        with current().child("first", "client") as first:
            first.child("below", "client").end()
            first.failed("Unavailable")
        current().child("second", "client").end()
    assert root.context
    return root.context.trace_id


def test_the_newest_is_first(run: RunDirectory) -> None:
    ids = [a_trace(run, f"call {number}") for number in range(3)]
    found = find(run)
    assert [trace.trace_id for trace in found] == ids[::-1]
    assert [(trace.name, len(trace.spans), trace.errors, trace.parts) for trace in found[:1]] == [
        ("call 2", 4, 1, ("publisher",))
    ]


def test_spans_are_below_what_caused_them(run: RunDirectory) -> None:
    trace = get(run, a_trace(run, "call"))
    assert [(depth, span.name) for depth, span in trace.tree()] == [
        (0, "call"),
        (1, "first"),
        (2, "below"),
        (1, "second"),
    ]
    lines = waterfall(trace)
    assert lines[2].startswith("    below")
    assert "failed: Unavailable" in lines[1]
    assert all(line.count("━") >= 1 for line in lines)


def test_a_span_whose_parent_is_elsewhere_is_shown_at_the_top(run: RunDirectory) -> None:
    trace_id = a_trace(run, "call", TraceContext("ab" * 16, "cd" * 8, True))
    assert trace_id == "ab" * 16
    assert next(get(run, trace_id).tree())[0] == 0


def test_the_beginning_of_an_id_is_enough_unless_several_have_it(run: RunDirectory) -> None:
    for end in ("1", "2"):
        a_trace(run, "call", TraceContext("ab" * 15 + "0" + end, "cd" * 8, True))
    assert get(run, "ab" * 15 + "02").trace_id.endswith("2")
    with pytest.raises(ConfigurationError, match="2 traces begin with abab"):
        get(run, "abab")


@pytest.mark.parametrize("wanted", ["f" * 32, "f", "", "xyz", "f" * 33])
def test_a_trace_that_is_not_there_is_told(run: RunDirectory, wanted: str) -> None:
    with pytest.raises(ConfigurationError, match="trace"):
        get(run, wanted)
