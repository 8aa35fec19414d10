"""The producer's end of a trace: what a batch is below, what its requests say, and OpenTelemetry's own spans."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from opentelemetry import trace as opentelemetry
from opentelemetry.sdk.trace import TracerProvider

from isthmus.core import trace
from isthmus.core.frames import lines
from isthmus.core.spans import MAX_LINKS, Span, Tracer
from isthmus.core.trace import TraceContext
from isthmus.publisher import Publisher, PublisherConfig
from isthmus.publisher.batch import Batch
from isthmus.publisher.tracing import ambient, begin, stamp

Config = Callable[..., PublisherConfig]
Events = Callable[..., list[dict[str, Any]]]
CONTEXT = TraceContext("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", True)


def of(number: int) -> TraceContext:
    """The trace of one of many callers."""
    return TraceContext(f"{number:032x}", f"{number:016x}", True)


def line(context: TraceContext | None = None) -> bytes:
    """An event that says its trace."""
    return stamp(b'{"specversion":"1.0","id":"1","source":"/s","type":"t"}', context)


def held(*ingests: Any) -> list[Any]:
    """The frames that the ingests' brokers hold."""
    return [frame for ingest in ingests for frame in ingest.broker.frames()]


@pytest.fixture
def ended() -> list[Span]:
    """The spans that ended."""
    return []


def test_a_request_carries_the_span_that_made_it(config: Config, events: Events, aws, gcp, ended: list[Span]) -> None:
    tracer = Tracer(ended.append)
    with tracer.begin("checkout", "server", CONTEXT) as caller, Publisher(config(), tracer=tracer) as publisher:
        publisher.send_many(events(10))
    (frame,) = held(aws, gcp)
    attempt, batch, root = ended
    assert root is caller
    assert [span.name for span in ended] == ["POST", "send isthmus", "checkout"]
    assert all(span.context and span.context.trace_id == CONTEXT.trace_id for span in ended)
    assert batch.parent_id == caller.context.span_id
    assert frame.traceparent == attempt.traceparent
    assert attempt.attributes["http.response.status_code"] == 202
    assert batch.attributes["isthmus.outcome"] == "accepted"
    assert "secret" not in str([span.attributes for span in ended])


def test_events_sent_in_many_traces_are_linked_to_each(config: Config, events: Events, aws, gcp, ended) -> None:
    tracer = Tracer(ended.append)
    with Publisher(config(linger_seconds=30.0), tracer=tracer) as publisher:
        for number, event in enumerate(events(3), 1):
            with Tracer(lambda _: None).begin("call", "server", of(number)):
                publisher.send(event)
        publisher.flush()
    (batch,) = [span for span in ended if span.name == "send isthmus"]
    assert batch.parent_id == ""
    assert [link.trace_id for link in batch.links] == [of(number).trace_id for number in (1, 2, 3)]


def test_a_retry_is_another_span_of_the_same_batch(config: Config, events: Events, aws, gcp, ended) -> None:
    aws.how = gcp.how = "503"

    def healed(span: Span) -> None:
        ended.append(span)
        aws.how = gcp.how = "ok"

    with Publisher(config(), tracer=Tracer(healed)) as publisher:
        publisher.send_many(events(1))
        publisher.flush()
    *attempts, batch = ended
    assert [span.error for span in attempts] == ["retry", ""]
    assert {span.parent_id for span in attempts} == {batch.context.span_id}
    assert [span.attributes["http.request.resend_count"] for span in attempts] == [0, 1]


def test_a_batch_that_is_split_keeps_its_trace(config: Config, events: Events, aws, gcp, ended) -> None:
    aws.limit = gcp.limit = 2
    with Publisher(config(), tracer=Tracer(ended.append)) as publisher:
        publisher.send_many(events(4))
        publisher.flush()
    assert {span.context.trace_id for span in ended if span.context} == {ended[0].context.trace_id}
    outcomes = [span.attributes.get("isthmus.outcome") for span in ended if span.name == "send isthmus"]
    assert outcomes == ["split", "accepted", "accepted"]


def test_a_spooled_batch_has_its_trace_in_its_events(config: Config, events: Events, aws, gcp, ended, tmp_path) -> None:
    aws.refuse()
    gcp.refuse()
    config_ = config(spool_path=tmp_path / "spool.sqlite")
    with Publisher(config_, tracer=Tracer(ended.append)) as publisher:
        with Tracer(lambda _: None).begin("call", "server", CONTEXT):
            publisher.send_many(events(1))
        publisher.close(timeout=5)
    aws.open()
    with Publisher(config_, tracer=Tracer(ended.append)) as publisher:
        assert publisher.flush(20)
    batches = [span for span in ended if span.name == "send isthmus"]
    assert {span.context.trace_id for span in batches if span.context} == {CONTEXT.trace_id}
    assert batches[0].attributes["isthmus.outcome"] in ("spooled", "left")
    assert batches[-1].attributes["isthmus.outcome"] == "accepted"


def test_the_span_of_opentelemetry_is_the_callers(config: Config, events: Events, aws, gcp, ended: list[Span]) -> None:
    """A program that uses OpenTelemetry needs to do nothing: its trace is in the events, too."""
    tracer = TracerProvider().get_tracer("shop")
    with tracer.start_as_current_span("checkout") as span, Publisher(config(), tracer=Tracer(ended.append)) as made:
        made.send_many(events(2))
    (frame,) = held(aws, gcp)
    trace_id = f"{span.get_span_context().trace_id:032x}"
    assert trace.parse(frame.traceparent).trace_id == trace_id
    stored = [msgspec.json.decode(one)["traceparent"] for one in lines(frame).splitlines()]
    assert {trace.parse(said).trace_id for said in stored} == {trace_id}
    assert ambient() is None
    assert not opentelemetry.get_current_span().get_span_context().is_valid


def test_without_a_tracer_the_callers_trace_is_passed_on(config: Config, events: Events, aws, gcp) -> None:
    with Tracer(lambda _: None).begin("call", "server", CONTEXT) as caller, Publisher(config()) as publisher:
        publisher.send_many(events(1))
    (frame,) = held(aws, gcp)
    assert frame.traceparent == caller.traceparent


def test_events_stay_as_they_are_where_that_is_wanted(config: Config, events: Events, aws, gcp) -> None:
    with (
        Tracer(lambda _: None).begin("call", "server", CONTEXT),
        Publisher(config(stamp_traceparent=False)) as publisher,
    ):
        publisher.send_many(events(1))
    (frame,) = held(aws, gcp)
    assert b"traceparent" not in lines(frame)
    assert CONTEXT.trace_id in frame.traceparent


@pytest.mark.parametrize("event", [b'{"traceparent":"mine"}', b"{}", b"{ }"])
def test_an_event_that_says_its_trace_keeps_it(event: bytes) -> None:
    assert stamp(event, CONTEXT) == event


def test_a_stamped_event_is_json_with_one_more_attribute() -> None:
    before, after = msgspec.json.decode(line()), msgspec.json.decode(line(CONTEXT))
    assert after == before | {"traceparent": CONTEXT.traceparent}


def test_what_events_say_themselves_counts_and_is_bounded(ended: list[Span]) -> None:
    batch = Batch.of([line(of(number)) for number in range(1, MAX_LINKS + 50)])
    span = begin(Tracer(ended.append), batch)
    assert len(span.links) == MAX_LINKS
    assert span.dropped_links >= 1
    same = begin(Tracer(ended.append), Batch.of([line(CONTEXT), line(CONTEXT), line()]))
    assert same.parent_id == CONTEXT.span_id
