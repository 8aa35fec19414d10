"""Pub/Sub as gRPC services: google.pubsub.v1.Publisher and Subscriber."""

from __future__ import annotations

import grpc
from google.pubsub_v1 import types

from isthmus.adapters.calls import Calls
from isthmus.local.google.pubsub.admin import Admin
from isthmus.local.google.pubsub.data import Data
from isthmus.local.google.pubsub.store import PubSub
from isthmus.local.google.rpc import Method, serialize, service

PUBLISHER = "google.pubsub.v1.Publisher"
SUBSCRIBER = "google.pubsub.v1.Subscriber"


class PubSubService:
    """Both services.

    Args:
        state: Topics, subscriptions and messages.
        calls: Where calls are counted.
    """

    def __init__(self, state: PubSub, calls: Calls) -> None:
        self._calls = calls
        self._admin, self._data = Admin(state), Data(state, calls)

    def methods(self) -> dict[str, Method]:
        """All methods of both services but the stream."""
        publisher = self._admin.publisher() | self._data.publisher()
        return publisher | self._admin.subscriber() | self._data.subscriber()

    def handlers(self) -> dict[str, grpc.RpcMethodHandler]:
        """The gRPC handlers, by the methods' whole names."""
        stream = grpc.stream_stream_rpc_method_handler(
            self._data.streaming_pull, types.StreamingPullRequest.pb().FromString, serialize
        )
        publisher = self._admin.publisher() | self._data.publisher()
        subscriber = self._admin.subscriber() | self._data.subscriber()
        return {
            **service(PUBLISHER, publisher, self._calls, "pubsub"),
            **service(SUBSCRIBER, subscriber, self._calls, "pubsub"),
            f"/{SUBSCRIBER}/StreamingPull": stream,
        }
