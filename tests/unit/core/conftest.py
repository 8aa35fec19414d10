"""An ingest over memory brokers, and events."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest

from isthmus.adapters.memory import MemoryBroker
from isthmus.core.ingest import Ingest
from isthmus.core.requests import BATCH, Request, Response
from isthmus.core.routing import Dispatcher
from isthmus.core.senders import Sender, Senders

KEY = "secret"


@dataclass
class Front:
    """An ingest on AWS whose brokers can be looked into."""

    aws: MemoryBroker
    gcp: MemoryBroker
    ingest: Ingest

    def post(self, body: bytes, content_type: str = BATCH, **headers: str) -> Response:
        """Posts a body with a good key, unless another is given."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ingest.accept(Request({"x-api-key": KEY, "content-type": content_type} | named, body))

    def send(self, *events: dict[str, Any], **headers: str) -> tuple[int, dict[str, Any]]:
        """Posts a batch, and returns status and document."""
        response = self.post(msgspec.json.encode(events), **headers)
        return response.status, msgspec.json.decode(response.body)

    def held(self) -> int:
        """Events that the brokers hold."""
        return sum(frame.count for broker in (self.aws, self.gcp) for frame in broker.frames())


@pytest.fixture
def front() -> Front:
    """An ingest whose sender may send anything; another sender, key `narrow`, only sources below /shop/."""
    aws, gcp = MemoryBroker("aws"), MemoryBroker("gcp")
    digest = hashlib.sha256(KEY.encode()).hexdigest()
    narrow = Sender("narrow", (hashlib.sha256(b"narrow").hexdigest(),), sources=("/shop/",), types=("com.shop.",))
    return Front(aws, gcp, Ingest("aws", Senders([Sender("test", (digest,)), narrow]), Dispatcher([aws, gcp])))


@pytest.fixture
def event() -> Callable[..., dict[str, Any]]:
    """Makes an event; a value of None leaves the attribute out."""

    def make(id_: str = "1", **changes: Any) -> dict[str, Any]:
        base = {"specversion": "1.0", "id": id_, "source": "/test", "type": "com.example.test", "data": {"n": 1}}
        return {name: value for name, value in (base | changes).items() if value is not None}

    return make
