"""Pub/Sub as gRPC services: google.pubsub.v1.Publisher, Subscriber and SchemaService."""

from __future__ import annotations

import grpc
from google.pubsub_v1 import types

from isthmus.local.google.pubsub.admin import Admin
from isthmus.local.google.pubsub.data import Data
from isthmus.local.google.pubsub.schemas import NAME as SCHEMAS
from isthmus.local.google.pubsub.store import PubSub
from isthmus.local.google.rpc import Gate, Method, serialize, service

PUBLISHER = "google.pubsub.v1.Publisher"
SUBSCRIBER = "google.pubsub.v1.Subscriber"


class PubSubService:
    """The three services.

    Args:
        state: Topics, subscriptions and messages.
        gate: Counts the calls and checks their callers.
    """

    def __init__(self, state: PubSub, gate: Gate) -> None:
        self._gate = gate
        self._schemas = state.schemas
        self._admin, self._data = Admin(state), Data(state, gate)

    def methods(self) -> dict[str, Method]:
        """All methods of the three services but the stream."""
        publisher = self._admin.publisher() | self._data.publisher()
        return publisher | self._admin.subscriber() | self._data.subscriber() | self._schemas.methods()

    def handlers(self) -> dict[str, grpc.RpcMethodHandler]:
        """The gRPC handlers, by the methods' whole names."""
        stream = grpc.stream_stream_rpc_method_handler(
            self._data.streaming_pull, types.StreamingPullRequest.pb().FromString, serialize
        )
        publisher = self._admin.publisher() | self._data.publisher()
        subscriber = self._admin.subscriber() | self._data.subscriber()
        return {
            **service(PUBLISHER, publisher, self._gate, "pubsub"),
            **service(SUBSCRIBER, subscriber, self._gate, "pubsub"),
            **service(SCHEMAS, self._schemas.methods(), self._gate, "pubsub"),
            f"/{SUBSCRIBER}/StreamingPull": stream,
        }
