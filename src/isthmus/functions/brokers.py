"""Puts the brokers together that a function publishes to: the home cloud's and the other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isthmus.core.frames import Cloud
from isthmus.functions.log import CALLS
from isthmus.functions.settings import Settings

if TYPE_CHECKING:
    from isthmus.adapters.aws.broker import SnsBroker
    from isthmus.adapters.gcp.broker import PubSubBroker


def broker(cloud: Cloud, settings: Settings) -> SnsBroker | PubSubBroker:
    """Makes the broker of a cloud, with the credentials of where this runs.

    A cloud's SDK is imported only here: a bridge publishes to one cloud, and an SDK takes up to 30 MB.
    """
    if cloud == "aws":
        from isthmus.adapters.aws.broker import SnsBroker
        from isthmus.adapters.aws.session import client

        return SnsBroker(client("sns", settings.region), settings.sns_topic_arn, CALLS)
    from isthmus.adapters.gcp.broker import PubSubBroker
    from isthmus.adapters.gcp.session import publisher

    return PubSubBroker(publisher(), settings.pubsub_topic, CALLS)
