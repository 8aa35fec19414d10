"""Puts the brokers together that a function publishes to: the home cloud's and the other's."""

from __future__ import annotations

from isthmus.adapters.aws.broker import SnsBroker
from isthmus.adapters.aws.session import client
from isthmus.adapters.gcp.broker import PubSubBroker
from isthmus.adapters.gcp.session import publisher
from isthmus.core.frames import Cloud
from isthmus.functions.log import CALLS
from isthmus.functions.settings import Settings


def broker(cloud: Cloud, settings: Settings) -> SnsBroker | PubSubBroker:
    """Makes the broker of a cloud, with the credentials of where this runs."""
    if cloud == "aws":
        return SnsBroker(client("sns", settings.region), settings.sns_topic_arn, CALLS)
    return PubSubBroker(publisher(), settings.pubsub_topic, CALLS)
