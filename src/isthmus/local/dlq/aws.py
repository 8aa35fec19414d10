"""Dead letters on AWS: SQS queues. SQS has no way to look into a queue, so looking is receiving for a short time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
from botocore.config import Config

from isthmus.adapters.aws.faults import FAULTS
from isthmus.adapters.aws.session import as_if_tls
from isthmus.core.errors import Unavailable
from isthmus.local.dlq.letters import STATUS, Letter
from isthmus.local.endpoints import Endpoints

BATCH = 10
HOLD_SECONDS = 30
EMPTY_WAIT_SECONDS = 1
CONNECT_SECONDS = 1
READ_SECONDS = 5


class AwsLetters:
    """The dead-letter queue of one consumer on AWS."""

    cloud = "aws"

    def __init__(self, endpoints: Endpoints, consumer: str) -> None:
        outputs = endpoints.outputs["aws"]
        self.consumer = consumer
        self._dead = _local(outputs["dead_letters"][consumer], endpoints)
        self._source = _local(outputs["queues"][consumer], endpoints)
        options: dict[str, Any] = dict(endpoints.aws_client_options())
        config = Config(
            connect_timeout=CONNECT_SECONDS, read_timeout=READ_SECONDS, retries={"max_attempts": 1}, proxies={}
        )
        self._sqs = as_if_tls(boto3.client("sqs", config=config, **options))

    def count(self) -> int:
        """How many letters lie there, those that somebody just looks at included; approximate, as SQS is."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self._call("get_queue_attributes", QueueUrl=self._dead, AttributeNames=names)["Attributes"]
        return sum(int(found.get(name, 0)) for name in names)

    def take(self) -> Iterator[Letter]:
        """Receives letters until none comes; each stays hidden from others for `HOLD_SECONDS`."""
        while messages := self._receive():
            for message in messages:
                yield self._letter(message)

    def release(self, letter: Letter) -> None:
        """Puts a letter back at once."""
        self._call("change_message_visibility", QueueUrl=self._dead, ReceiptHandle=letter.handle, VisibilityTimeout=0)

    def resend(self, letter: Letter) -> None:
        """Gives a letter to its consumer again: to the consumer's own queue, so that no other one gets it."""
        attributes = {
            name: {"DataType": "String", "StringValue": value} for name, value in letter.original_attributes.items()
        }
        body = letter.body.decode("utf-8", "surrogatepass")
        self._call("send_message", QueueUrl=self._source, MessageBody=body, MessageAttributes=attributes)

    def delete(self, letter: Letter) -> None:
        """Removes a letter for good."""
        self._call("delete_message", QueueUrl=self._dead, ReceiptHandle=letter.handle)

    def _receive(self) -> list[dict[str, Any]]:
        answer = self._call(
            "receive_message",
            QueueUrl=self._dead,
            MaxNumberOfMessages=BATCH,
            VisibilityTimeout=HOLD_SECONDS,
            WaitTimeSeconds=EMPTY_WAIT_SECONDS,
            MessageAttributeNames=["All"],
        )
        return list(answer.get("Messages", []))

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._sqs, operation)(**arguments)
        except FAULTS as error:
            raise Unavailable(f"SQS did not answer: {error}", where=arguments["QueueUrl"], fix=STATUS) from error
        return answer

    def _letter(self, message: dict[str, Any]) -> Letter:
        attributes = {
            name: value.get("StringValue", "") for name, value in message.get("MessageAttributes", {}).items()
        }
        body = message["Body"].encode("utf-8", "surrogatepass")
        return Letter("aws", self.consumer, message["ReceiptHandle"], message["MessageId"], attributes, body)


def _local(queue_url: str, endpoints: Endpoints) -> str:
    """A queue's URL at the local endpoint, whatever host Terraform's output has."""
    return f"{endpoints.aws}/{'/'.join(queue_url.rstrip('/').split('/')[-2:])}"
