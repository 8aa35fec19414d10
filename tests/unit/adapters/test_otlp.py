"""OTLP: the bytes as OpenTelemetry's own classes read them, and what becomes of spans when a collector fails."""

from __future__ import annotations

import gzip
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from hypothesis import given
from hypothesis import strategies as st
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1 import trace_pb2

from isthmus.adapters.traces import otlp, protobuf
from isthmus.adapters.traces.configured import tracer
from isthmus.adapters.traces.otlp import OtlpSender
from isthmus.core.spans import Kind, Span, Tracer, Value
from isthmus.core.trace import TraceContext

RESOURCE: dict[str, Value] = {"service.name": "isthmus-test"}
ids = st.integers(1, 2**64 - 1).map(lambda number: f"{number:016x}")
contexts = st.builds(lambda a, b, sampled, state: TraceContext(a + b, b, sampled, state), ids, ids, st.booleans(),
                     st.sampled_from(["", "a=1"]))  # fmt: skip
values = st.text() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False)
kinds: tuple[Kind, ...] = ("internal", "server", "client", "producer", "consumer")


@given(
    cause=contexts,
    name=st.text(),
    kind=st.sampled_from(kinds),
    attributes=st.dictionaries(st.text(), values, max_size=5),
    links=st.lists(contexts, max_size=3),
    error=st.sampled_from(["", "Unavailable"]),
    times=st.tuples(st.integers(0, 2**63), st.integers(0, 2**63)),
)
def test_opentelemetry_reads_what_is_written(
    cause: TraceContext,
    name: str,
    kind: Kind,
    attributes: dict[str, Value],
    links: list[TraceContext],
    error: str,
    times: tuple[int, int],
) -> None:
    span = Span(lambda _: None, cause, name, kind, attributes, parent_id="ab" * 8)
    span.links, span.dropped_links, span.error = links, len(name), error
    span.start_ns, span.end_ns = times
    read = ExportTraceServiceRequest.FromString(protobuf.export_request([span, span], RESOURCE, "isthmus", "1"))
    (about,) = read.resource_spans
    (scope,) = about.scope_spans
    assert [(pair.key, pair.value.string_value) for pair in about.resource.attributes] == [*RESOURCE.items()]
    assert (scope.scope.name, scope.scope.version) == ("isthmus", "1")
    first, second = scope.spans
    assert first == second
    assert (first.trace_id.hex(), first.span_id.hex(), first.trace_state) == (
        cause.trace_id,
        cause.span_id,
        cause.state,
    )
    assert (first.parent_span_id.hex(), first.name, first.dropped_links_count) == ("ab" * 8, name, len(name))
    assert trace_pb2.Span.SpanKind.Name(first.kind) == f"SPAN_KIND_{kind.upper()}"
    assert (first.start_time_unix_nano, first.end_time_unix_nano) == times
    assert {pair.key: _value(pair.value) for pair in first.attributes} == attributes
    assert [(link.trace_id.hex(), link.span_id.hex(), bool(link.flags & 1)) for link in first.links] == [
        (link.trace_id, link.span_id, link.sampled) for link in links
    ]
    assert (first.status.code == trace_pb2.Status.STATUS_CODE_ERROR) is bool(error)


def _value(value: object) -> object:
    return getattr(value, value.WhichOneof("value"))  # type: ignore[attr-defined]


class Collector:
    """An OTLP endpoint that answers as told.

    Attributes:
        answers: The statuses of the next requests; 200 after them.
        got: Path, headers and spans of each request.
    """

    def __init__(self) -> None:
        self.answers: list[int] = []
        self.got: list[tuple[str, dict[str, str], list[str]]] = []
        handler = type("Handler", (_Handler,), {"collector": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.server.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    collector: Collector

    def do_POST(self) -> None:
        body = gzip.decompress(self.rfile.read(int(self.headers["content-length"])))
        read = ExportTraceServiceRequest.FromString(body)
        names = [span.name for about in read.resource_spans for scope in about.scope_spans for span in scope.spans]
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.collector.got.append((self.path, headers, names))
        self.send_response(self.collector.answers.pop(0) if self.collector.answers else 200)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    made = Collector()
    yield made
    made.server.shutdown()
    made.server.server_close()


def sender(url: str) -> OtlpSender:
    return OtlpSender(url, RESOURCE, lambda _url, headers, _body: headers)


def ended(tracer: Tracer, name: str = "work") -> None:
    tracer.begin(name, "server").end()


def test_spans_go_to_the_endpoint_that_the_environment_names(collector: Collector) -> None:
    made = tracer(
        "isthmus-test",
        {
            "OTEL_EXPORTER_OTLP_ENDPOINT": collector.url + "/base/",
            "OTEL_EXPORTER_OTLP_HEADERS": "x-team=a%20b, x-more = 1",
        },
    )
    for number in range(3):
        ended(made, f"work {number}")
    made.flush()
    assert [name for _, _, names in collector.got for name in names] == ["work 0", "work 1", "work 2"]
    path, headers, _ = collector.got[0]
    assert path == "/base/v1/traces"
    assert (headers["x-team"], headers["x-more"]) == ("a b", "1")
    assert headers["content-type"] == "application/x-protobuf"


def test_a_collector_that_is_busy_is_asked_once_more(collector: Collector) -> None:
    made = sender(collector.url)
    collector.answers = [503]
    ended(Tracer(made.add))
    made.flush()
    assert (len(collector.got), made.dropped) == (2, 0)


@pytest.mark.parametrize("answers", [[503, 429], [400]])
def test_what_a_collector_does_not_take_is_dropped_and_the_next_is_sent(
    collector: Collector, answers: list[int]
) -> None:
    made = sender(collector.url)
    collector.answers = answers
    ended(Tracer(made.add))
    made.flush()
    assert made.dropped == 1
    assert made.fault.startswith(("HTTP", "HTTPError"))
    ended(Tracer(made.add), "next")
    made.flush()
    assert (collector.got[-1][2], made.dropped) == (["next"], 1)


def test_no_collector_costs_spans_and_nothing_else() -> None:
    made = sender("http://127.0.0.1:9")
    ended(Tracer(made.add))
    made.flush()
    assert made.dropped == 1


def test_too_many_spans_are_dropped_rather_than_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded while nobody takes them."""
    monkeypatch.setattr(otlp, "MAX_WAITING", 10)
    made = sender("http://127.0.0.1:9")
    monkeypatch.setattr(made, "_run", lambda: None)
    for _ in range(15):
        ended(Tracer(made.add))
    assert made.dropped == 5


def test_nothing_waits_where_there_is_nothing_to_send() -> None:
    sender("http://127.0.0.1:9").flush()
