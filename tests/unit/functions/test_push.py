"""The push endpoint: what is kept, what is buried and what comes back; and what its process imports."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from google.api_core.exceptions import ServiceUnavailable

import isthmus
from isthmus.adapters.calls import Calls
from isthmus.adapters.gcp.dead_letters import DeadLetterTopic
from isthmus.adapters.memory import MemoryBucket
from isthmus.core import frames
from isthmus.core.errors import Unavailable
from isthmus.core.events import check_batch
from isthmus.core.keeping import keep
from isthmus.functions.gcp.push import PushEndpoint
from isthmus.functions.handling import framed

EVENT = {"specversion": "1.0", "id": "1", "source": "/s", "type": "t", "data": 1}
SETTINGS = {
    "ISTHMUS_CLOUD": "gcp",
    "ISTHMUS_SNS_TOPIC_ARN": "arn:aws:sns:us-east-1:000000000000:t",
    "ISTHMUS_BUCKET": "b",
    "ISTHMUS_DLQ": "projects/p/topics/dlq",
    "ISTHMUS_PUSH_AUDIENCE": "a",
    "ISTHMUS_PUSH_SERVICE_ACCOUNT": "s@p.iam.gserviceaccount.com",
    "STORAGE_EMULATOR_HOST": "http://127.0.0.1:1",
    "PUBSUB_EMULATOR_HOST": "127.0.0.1:1",
    "AWS_ACCESS_KEY_ID": "x",
    "AWS_SECRET_ACCESS_KEY": "y",
}


class AnyToken:
    """Lets every push in."""

    def check(self, authorization: str) -> None:
        """Accepts it."""


class Publisher:
    """A publisher client that notes what it gets, or is out."""

    def __init__(self, out: bool = False) -> None:
        self.out = out
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []

    def publish(self, *, topic: str, messages: list[Any], timeout: float) -> None:
        """Takes one message."""
        if self.out:
            raise ServiceUnavailable("out")
        self.sent += [(topic, message.data, dict(message.attributes)) for message in messages]


def push(frame: frames.Frame, **attributes: str) -> bytes:
    """The body of a frame's push; attributes given replace the frame's."""
    data = base64.b64encode(frame.payload).decode()
    return json.dumps(
        {"message": {"data": data, "attributes": frames.attributes(frame, text=False) | attributes}}
    ).encode()


@pytest.fixture
def frame() -> frames.Frame:
    """A frame of one event."""
    checked, _ = check_batch(json.dumps([EVENT]).encode())
    return frames.pack(checked, origin="gcp", unix_ms=1_700_000_000_000, seed=b"s")[0][0]


def endpoint(bucket: MemoryBucket, client: Publisher) -> PushEndpoint:
    """An archive that buries with this client."""
    topic = DeadLetterTopic(client, "dlq", Calls())
    return PushEndpoint(AnyToken(), framed(lambda frame: {"key": keep(frame, bucket).key}), topic.put)


def test_a_frame_is_kept_and_acknowledged(frame: frames.Frame, capsys: pytest.CaptureFixture[str]) -> None:
    bucket, client = MemoryBucket("gcp"), Publisher()
    assert endpoint(bucket, client).receive("", push(frame)).status == 204
    assert len(bucket.objects) == 1
    assert client.sent == []
    assert json.loads(capsys.readouterr().out)["age_ms"]["gcp"] > 0


def test_a_poisoned_frame_is_buried_with_its_reason(frame: frames.Frame) -> None:
    bucket, client = MemoryBucket("gcp"), Publisher()
    assert endpoint(bucket, client).receive("", push(frame, v="9")).status == 204
    (topic, data, attributes), *more = client.sent
    assert (topic, data, more) == ("dlq", frame.payload, [])
    assert attributes["reason"]
    assert attributes["frame"] == str(frame.id)


def test_a_frame_that_cannot_be_buried_comes_back(frame: frames.Frame) -> None:
    client = Publisher(out=True)
    with pytest.raises(Unavailable, match="the dead-letter topic did not take the frame"):
        DeadLetterTopic(client, "dlq", Calls()).put(b"x", {"reason": "r"})
    assert endpoint(MemoryBucket("gcp"), client).receive("", push(frame, v="9")).status == 503


@pytest.mark.parametrize(
    ("role", "without"),
    [("archive", ("botocore", "google.pubsub_v1")), ("bridge", ("google.pubsub_v1", "google.cloud"))],
)
def test_a_service_imports_no_sdk_that_it_does_not_call(role: str, without: tuple[str, ...]) -> None:
    """Each takes up to 30 MB, in every process and on every cold start."""
    assert not _imported(SETTINGS | {"ISTHMUS_ROLE": role}) & set(without)


def _imported(settings: Mapping[str, str]) -> set[str]:
    program = (
        "import sys; from isthmus.functions.gcp.app import create_app; "
        "from isthmus.functions.settings import Settings; create_app(Settings.from_environment()); print(*sys.modules)"
    )
    source = str(Path(isthmus.__file__).parents[1])
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": source, **settings}
    found = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    return set(found.stdout.split())
