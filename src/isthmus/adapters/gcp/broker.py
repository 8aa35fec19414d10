"""The broker on Google Cloud: a Pub/Sub topic."""

from __future__ import annotations

from google.api_core.exceptions import GoogleAPIError
from google.auth.exceptions import GoogleAuthError
from google.pubsub_v1 import PublisherClient, PubsubMessage

from isthmus.adapters.calls import Calls
from isthmus.adapters.traces.messaging import sending, stamped
from isthmus.core import frames
from isthmus.core.errors import Unavailable
from isthmus.core.frames import Cloud, Frame

PUBLISH_TIMEOUT_SECONDS = 3.0


class PubSubBroker:
    """Publishes frames to a Pub/Sub topic.

    Args:
        client: The publisher client.
        topic: `projects/P/topics/T`.
        calls: Where the calls are counted.
    """

    def __init__(self, client: PublisherClient, topic: str, calls: Calls) -> None:
        self._client = client
        self._topic = topic
        self._calls = calls

    @property
    def cloud(self) -> Cloud:
        """`gcp`."""
        return "gcp"

    def publish(self, frame: Frame) -> None:
        """Publishes a frame; returning means that Pub/Sub has it. Unavailable otherwise."""
        self._calls.add("pubsub.Publish")
        with sending("gcp_pubsub", self._topic.rpartition("/")[2], frame) as span:
            attributes = frames.attributes(stamped(frame, span), text=False)
            message = PubsubMessage(data=frame.payload, attributes=attributes)
            try:
                self._client.publish(topic=self._topic, messages=[message], retry=None, timeout=PUBLISH_TIMEOUT_SECONDS)
            except (GoogleAPIError, GoogleAuthError) as error:
                raise Unavailable(f"Pub/Sub did not take the frame: {error}", where=self._topic) from error

    def check(self) -> None:
        """Asks whether the topic can be reached; Unavailable when not."""
        try:
            self._client.get_topic(topic=self._topic, retry=None, timeout=PUBLISH_TIMEOUT_SECONDS)
        except (GoogleAPIError, GoogleAuthError) as error:
            raise Unavailable(f"the topic can't be reached: {error}", where=self._topic) from error
