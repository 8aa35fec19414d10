"""Dead letters on Google Cloud: a topic that keeps what could not be handled."""

from __future__ import annotations

from collections.abc import Mapping

from google.api_core.exceptions import GoogleAPIError
from google.auth.exceptions import GoogleAuthError
from google.pubsub_v1 import PublisherClient, PubsubMessage

from isthmus.adapters.calls import Calls
from isthmus.core.errors import Unavailable

PUBLISH_TIMEOUT_SECONDS = 5.0


class DeadLetterTopic:
    """Publishes dead letters to a Pub/Sub topic.

    Args:
        client: The publisher client.
        topic: `projects/P/topics/T`.
        calls: Where the calls are counted.
    """

    def __init__(self, client: PublisherClient, topic: str, calls: Calls) -> None:
        self._client = client
        self._topic = topic
        self._calls = calls

    def put(self, data: bytes, attributes: Mapping[str, str]) -> None:
        """Publishes a dead letter; returning means that Pub/Sub has it. Unavailable otherwise."""
        message = PubsubMessage(data=data, attributes=attributes)
        self._calls.add("pubsub.Publish")
        try:
            self._client.publish(topic=self._topic, messages=[message], timeout=PUBLISH_TIMEOUT_SECONDS)
        except (GoogleAPIError, GoogleAuthError) as error:
            raise Unavailable(f"the dead-letter topic did not take the frame: {error}", where=self._topic) from error
