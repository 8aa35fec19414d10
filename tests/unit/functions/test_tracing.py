"""The functions' spans: below the sender's, linked where many meet, and told in the log without what was sent."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isthmus.adapters.memory import MemoryBroker, MemoryBucket
from isthmus.adapters.traces.records import SpanRecord
from isthmus.adapters.traces.store import read
from isthmus.core import frames, trace
from isthmus.core.errors import Unavailable
from isthmus.core.events import check_batch
from isthmus.core.frames import Frame
from isthmus.core.keeping import keep
from isthmus.core.requests import BATCH, Request
from isthmus.functions import front as front_module
from isthmus.functions import tracing
from isthmus.functions.aws.queue import QueueWorker
from isthmus.functions.front import Front
from isthmus.functions.gcp.push import PushEndpoint
from isthmus.functions.handling import framed
from isthmus.functions.settings import Settings

KEY = "a-very-secret-key"
SECRET = "4111-1111-1111-1111"
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
CALLER = f"00-{TRACE}-{SPAN}-01"
ARN = "arn:aws:sqs:us-east-1:000000000000:isthmus-dev-archive"
SENDERS = json.dumps({"t": {"key_sha256": [hashlib.sha256(KEY.encode()).hexdigest()]}})


def event(number: int = 1, **more: str) -> dict[str, Any]:
    """An event whose data nobody may read in a log."""
    return {"specversion": "1.0", "id": str(number), "source": "/s", "type": "t", "data": {"card": SECRET}} | more


def context(number: int, sampled: bool = True) -> str:
    """The trace of one of many producers."""
    return trace.TraceContext(f"{number:032x}", f"{number:016x}", sampled).traceparent


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the function that is tested writes its spans."""
    monkeypatch.setenv("ISTHMUS_TRACES", str(tmp_path))
    monkeypatch.setenv("ISTHMUS_CLOUD", "aws")
    monkeypatch.setenv("ISTHMUS_ROLE", "archive")
    tracing.tracer.cache_clear()
    yield tmp_path
    tracing.tracer.cache_clear()


@pytest.fixture
def front(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Front:
    """An ingest over memory brokers."""
    monkeypatch.setattr(front_module, "broker", lambda cloud, settings: MemoryBroker(cloud))
    return Front(Settings(cloud="aws", role="ingest", region="us-east-1", project="p", senders=SENDERS))


def post(front: Front, *events: dict[str, Any], **headers: str) -> list[Frame]:
    """Sends events and returns the frames that its home broker got."""
    named = {"x-api-key": KEY, "content-type": BATCH} | headers
    assert front.answer("POST", "/v1/events", Request(named, json.dumps(events).encode())).status in (202, 401, 422)
    broker = front._brokers[0]
    assert isinstance(broker, MemoryBroker)
    return broker.frames()


def spans(folder: Path) -> list[SpanRecord]:
    """All spans that ended, the last one last."""
    return list(read(folder))


def test_a_request_is_below_its_senders_span_and_its_frames_below_it(front: Front, folder: Path) -> None:
    (frame,) = post(front, event(), traceparent=CALLER, tracestate="a=1")
    (served,) = spans(folder)
    assert (served.trace_id, served.parent_id, served.kind) == (TRACE, SPAN, "server")
    assert frame.traceparent == f"00-{TRACE}-{served.span_id}-01"
    assert served.attributes["http.response.status_code"] == 202


@pytest.mark.parametrize("bad", ["", "nonsense", CALLER.upper(), f"00-{'0' * 32}-{SPAN}-01", "x" * 100_000])
def test_a_malformed_traceparent_is_replaced(front: Front, folder: Path, bad: str) -> None:
    """A new trace begins; the request is as good as any."""
    (frame,) = post(front, event(), traceparent=bad)
    (served,) = spans(folder)
    assert served.parent_id == ""
    assert frame.traceparent == f"00-{served.trace_id}-{served.span_id}-01"


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(header=st.text(max_size=200), extension=st.text(max_size=60), state=st.text(max_size=3000))
def test_no_trace_context_can_break_a_request(front: Front, header: str, extension: str, state: str) -> None:
    request = Request(
        {"x-api-key": KEY, "content-type": BATCH, "traceparent": header, "tracestate": state},
        json.dumps([event(traceparent=extension), event(2)]).encode(),
    )
    response = front.answer("POST", "/v1/events", request)
    assert response.status == 202
    assert json.loads(response.body)["accepted"] >= 1


def test_a_request_with_events_of_many_traces_is_linked_to_each(front: Front, folder: Path) -> None:
    """Once each, its own and malformed ones aside; events with further extensions count, too."""
    own = f"00-{TRACE}-{'1' * 16}-01"
    contexts = [context(1), context(2), context(1), own, "malformed"]
    events = [event(number, traceparent=said) for number, said in enumerate(contexts)]
    post(front, *events, event(99, traceparent=context(3), tenant="acme"), traceparent=CALLER)
    (served,) = spans(folder)
    assert [link.trace_id for link in served.links] == [f"{n:032x}" for n in (1, 2, 3)]


def test_a_request_without_the_senders_decision_is_recorded_by_ratio(
    front: Front, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "parentbased_traceidratio")
    monkeypatch.setenv("OTEL_TRACES_SAMPLER_ARG", "0")
    tracing.tracer.cache_clear()
    (frame,) = post(front, event())
    assert frame.traceparent.endswith("-00")
    assert spans(folder) == []
    post(front, event(2), traceparent=CALLER)
    assert [span.trace_id for span in spans(folder)] == [TRACE]


def test_a_wrong_variable_costs_the_traces_and_is_told(
    front: Front, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("OTEL_TRACES_SAMPLER", "sometimes")
    tracing.tracer.cache_clear()
    (frame,) = post(front, event(), traceparent=CALLER)
    assert frame.traceparent == CALLER
    assert "OTEL_TRACES_SAMPLER is 'sometimes'" in capsys.readouterr().out


class NoQueue:
    """Takes what the worker asks of SQS."""

    def change_message_visibility(self, **_: Any) -> None:
        """Does nothing."""

    def send_message(self, **_: Any) -> None:
        """Does nothing."""


def a_frame(number: int, traceparent: str) -> Frame:
    """A frame of one event."""
    checked, _ = check_batch(json.dumps([event(number)]).encode())
    seed = str(number).encode()
    return frames.pack(checked, origin="aws", unix_ms=1_700_000_000_000, seed=seed, traceparent=traceparent)[0][0]


def records(*made: Frame, **more: str) -> dict[str, Any]:
    """Frames as SQS hands them to Lambda."""
    return {
        "Records": [
            {
                "messageId": f"m{number}",
                "eventSourceARN": ARN,
                "receiptHandle": "r",
                "body": frames.body_text(frame),
                "messageAttributes": {
                    name: {"stringValue": value} for name, value in (frames.attributes(frame, text=True) | more).items()
                },
            }
            for number, frame in enumerate(made)
        ]
    }


def worker(fault: Exception | None = None) -> QueueWorker:
    """An archive in memory, or one that fails."""
    bucket = MemoryBucket("aws")

    def kept(frame: Frame) -> dict[str, Any]:
        if fault:
            raise fault
        return {"key": keep(frame, bucket).key}

    return QueueWorker(NoQueue(), "dlq", framed(kept))


def test_a_message_alone_is_below_what_sent_it(folder: Path) -> None:
    class Context:
        aws_request_id = "invocation-1"

    worker().run(records(a_frame(1, CALLER)), Context())
    (done,) = spans(folder)
    assert (done.trace_id, done.parent_id, done.name) == (TRACE, SPAN, "process isthmus-dev-archive")
    assert done.attributes["faas.invocation_id"] == "invocation-1"
    assert done.attributes["messaging.message.id"] == "m0"


def test_a_batch_is_linked_to_each_that_sent_a_frame_and_each_frame_stays_in_its_trace(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sent = [context(1), context(2), "malformed", context(3)]
    worker().run(records(*(a_frame(number, said) for number, said in enumerate(sent))), None)
    *each, batch = spans(folder)
    assert [link.trace_id for link in batch.links] == [f"{n:032x}" for n in (1, 2, 3)]
    assert batch.attributes["messaging.batch.message_count"] == 4
    assert [span.trace_id for span in each if span.parent_id] == [f"{n:032x}" for n in (1, 2, 3)]
    assert all([link.span_id for link in span.links] == [batch.span_id] for span in each)
    told = json.loads(capsys.readouterr().out)
    assert told["trace_id"] == batch.trace_id
    assert [frame["trace_id"] for frame in told["frames"]] == [span.trace_id for span in each]


def test_a_frame_that_comes_back_is_told_with_its_trace(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = a_frame(1, CALLER)
    worker(Unavailable("S3 is out")).run(records(frame), None)
    (failed,) = spans(folder)
    assert failed.error == "Unavailable"
    assert json.loads(capsys.readouterr().out)["again"] == [{"frame": str(frame.id), "trace_id": TRACE}]


def test_a_push_is_below_what_sent_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its line has the names by which Cloud Logging joins it to Cloud Trace."""
    monkeypatch.setenv("ISTHMUS_CLOUD", "gcp")
    monkeypatch.setenv("ISTHMUS_GCP_PROJECT", "p")
    tracing.tracer.cache_clear()
    endpoint().receive("", push(a_frame(1, CALLER)))
    (done,) = spans(folder)
    assert (done.trace_id, done.parent_id, done.resource["gcp.project_id"]) == (TRACE, SPAN, "p")
    told = json.loads(capsys.readouterr().out)
    assert told["logging.googleapis.com/trace"] == f"projects/p/traces/{TRACE}"
    assert told["logging.googleapis.com/spanId"] == told["span_id"] == done.span_id


class AnyToken:
    """Lets every push in."""

    def check(self, authorization: str) -> None:
        """Accepts it."""


def endpoint(fault: Exception | None = None) -> PushEndpoint:
    """An archive in memory on Google Cloud, or one that fails."""
    inner = worker(fault).handle
    return PushEndpoint(AnyToken(), inner, lambda data, kept: None)  # type: ignore[arg-type]


def push(frame: Frame, **more: str) -> bytes:
    """A frame as Pub/Sub pushes it."""
    message = {
        "data": base64.b64encode(frame.payload).decode(),
        "attributes": frames.attributes(frame, text=False) | more,
        "messageId": "7",
    }
    return json.dumps({"message": message, "subscription": "projects/p/subscriptions/archive"}).encode()


def test_no_log_and_no_span_holds_a_payload_or_a_secret(
    front: Front, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever happens: accepted, refused, poisoned, unavailable, crashed."""
    authorization = {"authorization": "Bearer eyJhbGciOi.very.secret"}
    post(front, event(), event(2, id=""), **authorization)
    post(front, event(), **{"x-api-key": "wrong-" + KEY})
    post(front, {"card": SECRET})
    front.answer("POST", "/v1/events", Request({"x-api-key": KEY, "content-type": "text/html"}, SECRET.encode()))
    good = a_frame(1, CALLER)
    for fault in (None, Unavailable("out"), ValueError(f"what is {SECRET}?")):
        worker(fault).run(records(good, a_frame(2, context(2))), None)
    worker().run(records(good, encoding="gzip"), None)
    worker().run(records(good, count="2"), None)
    for made in (push(good), push(good, count="9")):
        endpoint().receive("Bearer " + KEY, made)
    endpoint(Unavailable("out")).receive("Bearer " + KEY, push(good))
    told = capsys.readouterr().out
    kept = (folder / "spans.ndjson").read_text()
    assert len(told.splitlines()) >= 10
    for text in (told, kept):
        for hidden in (SECRET, KEY, "very.secret", base64.b64encode(SECRET.encode()).decode(), SENDERS[8:30]):
            assert hidden not in text
    assert re.search(r"ValueError", told)


def test_every_line_of_the_log_is_one_json_object(front: Front, capsys: pytest.CaptureFixture[str]) -> None:
    post(front, event(), traceparent=CALLER)
    (line,) = capsys.readouterr().out.splitlines()
    told: Mapping[str, Any] = json.loads(line)
    assert {"severity", "message", "cloud", "role", "trace_id", "span_id", "calls"} <= told.keys()
    assert told["trace_id"] == TRACE


def test_a_compressed_request_leaves_no_payload_either(front: Front, capsys: pytest.CaptureFixture[str]) -> None:
    body = gzip.compress(json.dumps([event()]).encode())
    request = Request({"x-api-key": KEY, "content-type": BATCH, "content-encoding": "gzip"}, body)
    assert front.answer("POST", "/v1/events", request).status == 202
    assert SECRET not in capsys.readouterr().out
