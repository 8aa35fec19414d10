"""The producer's client: batches, retries, fails over between the ingests of both clouds, and spools when both are out.

with Publisher(PublisherConfig(endpoints=(Endpoint("aws", url), Endpoint("gcp", url)), api_key=key)) as publisher:
    publisher.send({"specversion": "1.0", "id": "1", "source": "/shop", "type": "com.example.order"})
"""

from isthmus.publisher.answers import RejectedEvent
from isthmus.publisher.asynchronous import AsyncPublisher
from isthmus.publisher.config import Endpoint, PublisherConfig
from isthmus.publisher.errors import BufferFull, Closed, InvalidEvent, Undelivered
from isthmus.publisher.stats import Stats
from isthmus.publisher.threaded import Publisher

__all__ = [
    "AsyncPublisher",
    "BufferFull",
    "Closed",
    "Endpoint",
    "InvalidEvent",
    "Publisher",
    "PublisherConfig",
    "RejectedEvent",
    "Stats",
    "Undelivered",
]
