"""What core needs of a broker, the same on memory, SNS and Pub/Sub: what is published is delivered as it was."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from typing import Any

import pytest

from isthmus.core import frames, uuid7
from isthmus.core.errors import Unavailable
from isthmus.core.frames import Frame

TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
LINE = (
    b'{"specversion":"1.0","id":"1","source":"/s","type":"contract.ping","data":"\xc3\xa4 \\u0000 \xf0\x9f\x9b\xab"}\n'
)


def frame(payload: bytes = LINE, *, compressed: bool = False, traceparent: str = "") -> Frame:
    return Frame(uuid7.new(), "contract.ping", "aws", 1, payload, compressed, traceparent)


def largest() -> bytes:
    """Bytes that no compression makes smaller, as many as base64 lets into a message."""
    return random.Random(7).randbytes(frames.MAX_MESSAGE_BYTES // 4 * 3)


@pytest.mark.parametrize(
    "sent",
    [
        frame(),
        frame(compressed=True, payload=b"\x1f\x8b\x00\xff\x00" * 20),
        frame(traceparent=TRACEPARENT),
        replace(frame(), origin="gcp", type="Ünïcode /type~%2F"),
        frame(compressed=True, payload=largest(), traceparent=TRACEPARENT),
        frame(payload=LINE * (frames.MAX_MESSAGE_BYTES // len(LINE))),
    ],
    ids=["text", "gzip", "traced", "strange type", "largest gzip", "largest text"],
)
def test_a_frame_is_delivered_as_it_was_published(broker_place: Any, sent: Frame) -> None:
    broker_place.broker.publish(sent)
    assert broker_place.receive(1) == [sent]


def test_every_frame_is_delivered(broker_place: Any) -> None:
    sent = [frame() for _ in range(25)]
    for one in sent:
        broker_place.broker.publish(one)
    assert {one.id for one in broker_place.receive(25)} == {one.id for one in sent}


def test_a_broker_that_cannot_be_reached_is_unavailable_in_time_to_fail_over(broker_place: Any) -> None:
    begun = time.monotonic()
    with pytest.raises(Unavailable):
        broker_place.out.publish(frame())
    assert time.monotonic() - begun < 10


def test_a_broker_can_be_asked_whether_it_can_be_reached(broker_place: Any) -> None:
    if broker_place.calls is None:
        return
    broker_place.broker.check()
    with pytest.raises(Unavailable):
        broker_place.out.check()


def test_each_publish_is_one_call(broker_place: Any) -> None:
    if broker_place.calls is None:
        return
    broker_place.broker.publish(frame())
    names = {"aws": {"sns.Publish": 1}, "gcp": {"pubsub.Publish": 1}}
    assert broker_place.calls.take() == names[broker_place.broker.cloud]
    broker_place.receive(1)
