"""Spans: parents, links, errors, sampling, and nothing where nobody traces."""

from __future__ import annotations

import pytest

from isthmus.core.spans import MAX_LINKS, Sampler, Span, Tracer, current
from isthmus.core.trace import TraceContext

TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CALLER = TraceContext(TRACE, SPAN, True, "a=1")


def test_a_span_below_another_is_in_its_trace() -> None:
    ended: list[Span] = []
    with Tracer(ended.append).begin("serve", "server", CALLER) as served, current().child("ask", "client") as asked:
        assert current() is asked
    assert current().context is None
    assert ended == [asked, served]
    assert [(span.context.trace_id, span.parent_id, span.context.state) for span in ended if span.context] == [
        (TRACE, served.context.span_id if served.context else "", "a=1"),
        (TRACE, SPAN, "a=1"),
    ]
    assert served.start_ns <= asked.start_ns <= asked.end_ns


def test_an_error_is_told_by_its_kind_alone() -> None:
    """Its text may hold what was sent."""
    ended: list[Span] = []
    with pytest.raises(ValueError, match="secret"), Tracer(ended.append).begin("serve", "server"):
        raise ValueError("secret")
    assert [span.error for span in ended] == ["ValueError"]
    assert "secret" not in str(ended[0].attributes)


def test_where_nobody_records_the_callers_context_is_passed_on() -> None:
    with Tracer().begin("serve", "server", CALLER) as span:
        assert not span.recording
        assert current().child("ask", "client").context == CALLER


def test_what_a_caller_did_not_record_is_not_recorded_and_keeps_its_trace() -> None:
    ended: list[Span] = []
    with Tracer(ended.append).begin("serve", "server", TraceContext(TRACE, SPAN, False)) as span:
        with current().child("ask", "client") as asked:
            assert asked.traceparent.startswith(f"00-{TRACE}-")
        assert asked.traceparent.endswith("-00")
        span.set(a=1)
    assert ended == []
    assert span.attributes == {}


def test_links_are_kept_once_and_counted_beyond_the_limit() -> None:
    ended: list[Span] = []
    causes = [TraceContext(f"{number:032x}", f"{number:016x}", False) for number in range(1, MAX_LINKS + 11)]
    span = Tracer(ended.append, Sampler(1.0)).begin("serve", "server", CALLER)
    span.link([*causes, *causes[:5]])
    assert span.links == causes[:MAX_LINKS]
    assert span.dropped_links == 10


def test_a_batch_is_recorded_when_one_that_caused_it_is() -> None:
    ended: list[Span] = []
    tracer = Tracer(ended.append, Sampler(0.0))
    known, unknown = CALLER, TraceContext("1" * 32, "1" * 16, False)
    for links, recorded in (([unknown], False), ([unknown, known], True), ([], False)):
        assert tracer.begin("process", "consumer", links=links).recording is recorded


@pytest.mark.parametrize("ratio", [0.0, 0.25, 1.0])
def test_a_ratio_takes_its_share_of_new_traces_and_the_same_everywhere(ratio: float) -> None:
    ids = [f"{number * 0x9E3779B97F4A7C15 % 2**64:032x}" for number in range(1, 4001)]
    taken = [trace_id for trace_id in ids if Sampler(ratio).takes(trace_id, None)]
    assert abs(len(taken) / len(ids) - ratio) < 0.02
    assert taken == [trace_id for trace_id in ids if Sampler(ratio).takes(trace_id, None)]


def test_without_parent_based_a_callers_decision_does_not_count() -> None:
    assert not Sampler(0.0, parent_based=False).takes(TRACE, CALLER)
    assert Sampler(0.0, parent_based=True).takes(TRACE, CALLER)


def test_a_span_ends_once() -> None:
    ended: list[Span] = []
    span = Tracer(ended.append).begin("serve", "server")
    span.end()
    span.end()
    assert len(ended) == 1
