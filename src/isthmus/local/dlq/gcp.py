"""Dead letters on Google: pull subscriptions of the dead-letter topics."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import grpc
from google.api_core.exceptions import DeadlineExceeded, GoogleAPIError
from google.auth.credentials import AnonymousCredentials
from google.pubsub_v1 import PublisherClient, SubscriberClient
from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport
from google.pubsub_v1.services.subscriber.transports import SubscriberGrpcTransport

from isthmus.core.errors import Unavailable
from isthmus.local.dlq.letters import STATUS, Letter
from isthmus.local.endpoints import Endpoints

BATCH = 100
HOLD_SECONDS = 30
EMPTY_WAIT_SECONDS = 1.0
ANSWER_SECONDS = 5.0
CALL_SECONDS = 10.0


class GcpLetters:
    """The dead-letter subscription of one consumer on Google.

    A letter is redriven by publishing its frame to the events topic again: Pub/Sub can't hand a message to one
    subscription. The other consumers then get it too, which changes nothing: an object's key depends on the frame
    alone, and it is there already.
    """

    cloud = "gcp"

    def __init__(self, endpoints: Endpoints, consumer: str) -> None:
        outputs = endpoints.outputs["gcp"]
        self.consumer = consumer
        self._subscription = _full(outputs["dead_letters"][consumer], "subscriptions", endpoints.project)
        self._topic = _full(outputs["topic"], "topics", endpoints.project)
        channel = grpc.insecure_channel(endpoints.gcp_pubsub, options=[("grpc.enable_http_proxy", 0)])
        anonymous: Any = AnonymousCredentials()
        self._subscriber = SubscriberClient(transport=SubscriberGrpcTransport(channel=channel, credentials=anonymous))
        self._publisher = PublisherClient(transport=PublisherGrpcTransport(channel=channel, credentials=anonymous))

    def count(self) -> int:
        """How many letters lie there. Pub/Sub has no call that says so: they are received and put back."""
        letters = list(self.take())
        self._deadline([letter.handle for letter in letters], 0)
        return len(letters)

    def take(self) -> Iterator[Letter]:
        """Receives letters until none comes; each stays hidden from others for `HOLD_SECONDS`."""
        # An empty subscription says nothing until the deadline, and neither does a cloud that hangs.
        with self._answering():
            self._subscriber.get_subscription(subscription=self._subscription, timeout=ANSWER_SECONDS, retry=None)
        while received := self._pull():
            self._deadline([message.ack_id for message in received], HOLD_SECONDS)
            for message in received:
                content = message.message
                attributes = dict(content.attributes)
                yield Letter("gcp", self.consumer, message.ack_id, content.message_id, attributes, bytes(content.data))

    def release(self, letter: Letter) -> None:
        """Puts a letter back at once."""
        self._deadline([letter.handle], 0)

    def resend(self, letter: Letter) -> None:
        """Gives a letter's frame to the consumers again."""
        message = {"data": letter.body, "attributes": letter.original_attributes}
        with self._answering():
            self._publisher.publish(topic=self._topic, messages=[message], timeout=CALL_SECONDS)

    def delete(self, letter: Letter) -> None:
        """Removes a letter for good."""
        with self._answering():
            self._subscriber.acknowledge(subscription=self._subscription, ack_ids=[letter.handle], timeout=CALL_SECONDS)

    def _pull(self) -> list[Any]:
        request = {"subscription": self._subscription, "max_messages": BATCH}
        with self._answering():
            try:
                return list(
                    self._subscriber.pull(request=request, timeout=EMPTY_WAIT_SECONDS, retry=None).received_messages
                )
            except DeadlineExceeded:
                return []

    def _deadline(self, handles: list[str], seconds: int) -> None:
        if not handles:
            return
        with self._answering():
            self._subscriber.modify_ack_deadline(
                subscription=self._subscription, ack_ids=handles, ack_deadline_seconds=seconds, timeout=CALL_SECONDS
            )

    @contextlib.contextmanager
    def _answering(self) -> Iterator[None]:
        try:
            yield
        except GoogleAPIError as error:
            raise Unavailable(f"Pub/Sub did not answer: {error}", where=self._subscription, fix=STATUS) from error


def _full(name: str, kind: str, project: str) -> str:
    return name if name.startswith("projects/") else f"projects/{project}/{kind}/{name}"
