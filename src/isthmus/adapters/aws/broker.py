"""The broker on AWS: an SNS topic."""

from __future__ import annotations

from typing import Any

from isthmus.adapters.aws.faults import FAULTS
from isthmus.adapters.calls import Calls
from isthmus.adapters.traces.messaging import sending, stamped
from isthmus.core import frames
from isthmus.core.errors import Unavailable
from isthmus.core.frames import Cloud, Frame


class SnsBroker:
    """Publishes frames to an SNS topic whose subscriptions deliver raw.

    Args:
        sns: A boto3 SNS client, one attempt a call.
        topic_arn: The topic.
        calls: Where the calls are counted.
    """

    def __init__(self, sns: Any, topic_arn: str, calls: Calls) -> None:
        self._sns = sns
        self._topic_arn = topic_arn
        self._calls = calls

    @property
    def cloud(self) -> Cloud:
        """`aws`."""
        return "aws"

    def publish(self, frame: Frame) -> None:
        """Publishes a frame; returning means that SNS has it. Unavailable otherwise."""
        self._calls.add("sns.Publish")
        with sending("aws.sns", self._topic_arn.rpartition(":")[2], frame) as span:
            attributes = frames.attributes(stamped(frame, span), text=True)
            try:
                self._sns.publish(
                    TopicArn=self._topic_arn,
                    Message=frames.body_text(frame),
                    MessageAttributes={k: {"DataType": "String", "StringValue": v} for k, v in attributes.items()},
                )
            except FAULTS as error:
                raise Unavailable(f"SNS did not take the frame: {error}", where=self._topic_arn) from error

    def check(self) -> None:
        """Asks whether the topic can be reached; Unavailable when not."""
        try:
            self._sns.get_topic_attributes(TopicArn=self._topic_arn)
        except FAULTS as error:
            raise Unavailable(f"the topic can't be reached: {error}", where=self._topic_arn) from error
