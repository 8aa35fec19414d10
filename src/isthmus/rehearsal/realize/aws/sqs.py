"""Queues, and the policies that are resources of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isthmus.rehearsal.realize.aws.resource import AwsResource, as_attribute, change_tags, is_given, tags_of
from isthmus.rehearsal.realize.base import Context, State
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import changed, is_set, own_name, text

_NUMBERS = {
    "delay_seconds": "DelaySeconds",
    "kms_data_key_reuse_period_seconds": "KmsDataKeyReusePeriodSeconds",
    "max_message_size": "MaximumMessageSize",
    "message_retention_seconds": "MessageRetentionPeriod",
    "receive_wait_time_seconds": "ReceiveMessageWaitTimeSeconds",
    "visibility_timeout_seconds": "VisibilityTimeout",
}
_FLAGS = {
    "content_based_deduplication": "ContentBasedDeduplication",
    "fifo_queue": "FifoQueue",
    "sqs_managed_sse_enabled": "SqsManagedSseEnabled",
}
_TEXTS = {
    "deduplication_scope": "DeduplicationScope",
    "fifo_throughput_limit": "FifoThroughputLimit",
    "kms_master_key_id": "KmsMasterKeyId",
    "policy": "Policy",
    "redrive_allow_policy": "RedriveAllowPolicy",
    "redrive_policy": "RedrivePolicy",
}
_ALL = {**_NUMBERS, **_FLAGS, **_TEXTS}
_DEFAULTS = {
    "delay_seconds": 0,
    "kms_data_key_reuse_period_seconds": 300,
    "max_message_size": 1_048_576,
    "message_retention_seconds": 345_600,
    "receive_wait_time_seconds": 0,
    "visibility_timeout_seconds": 30,
}
"""What SQS uses when nothing is said (API reference of SetQueueAttributes, 2026-11)."""


class Queue(AwsResource):
    """aws_sqs_queue."""

    service = "sqs"
    label = "SQS Queue"
    named_by = "name"

    def make(self, planned: State, ctx: Context) -> Found:
        """CreateQueue answers with the queue that is there already when its attributes are equal."""
        name = own_name(planned) + (".fifo" if planned.get("fifo_queue") and not is_set(planned, "name") else "")
        attributes = {theirs: as_attribute(planned[ours]) for ours, theirs in _ALL.items() if is_given(planned, ours)}
        self.client(planned, ctx).create_queue(QueueName=name, Attributes=attributes, tags=tags_of(planned))
        return {"id": queue_url(name, self.region(planned, ctx), ctx.account_id)}

    def find(self, state: State, ctx: Context) -> Found | None:
        """Attributes and tags."""
        client = self.client(state, ctx)
        url = text(state, "id") or queue_url(text(state, "name"), self.region(state, ctx), ctx.account_id)
        answer = client.get_queue_attributes(QueueUrl=url, AttributeNames=["All"])["Attributes"]
        return {
            **_received(answer),
            "arn": answer["QueueArn"],
            "id": url,
            "name": url.rsplit("/", 1)[1],
            "name_prefix": "",
            "region": answer["QueueArn"].split(":")[3],
            "tags_all": client.list_queue_tags(QueueUrl=url).get("Tags", {}),
            "url": url,
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """All attributes in one call."""
        client, url = self.client(prior, ctx), prior["id"]
        names = [name for name in _ALL if changed(prior, planned, name)]
        different = {
            _ALL[name]: as_attribute(_DEFAULTS.get(name) if planned[name] is None else planned[name]) for name in names
        }
        if different:
            client.set_queue_attributes(QueueUrl=url, Attributes=different)
        change_tags(
            prior,
            planned,
            lambda tags: client.tag_queue(QueueUrl=url, Tags=tags),
            lambda names: client.untag_queue(QueueUrl=url, TagKeys=names),
        )

    def remove(self, state: State, ctx: Context) -> None:
        """With the messages in it."""
        self.client(state, ctx).delete_queue(QueueUrl=state["id"])


class QueueAttribute(AwsResource):
    """An attribute of a queue that is a resource of its own.

    Args:
        name: Its argument in Terraform.
        label: The type in the real provider's words.
    """

    service = "sqs"
    named_by = "queue_url"

    def __init__(self, name: str, label: str) -> None:
        self._ours, self._theirs = name, _TEXTS[name]
        self.label = label  # type: ignore[misc]

    def make(self, planned: State, ctx: Context) -> Found:
        """Puts it."""
        self._put(planned["queue_url"], planned[self._ours], planned, ctx)
        return {"id": planned["queue_url"]}

    def find(self, state: State, ctx: Context) -> Found | None:
        """None also where the queue is, and the attribute is not."""
        url = text(state, "id") or text(state, "queue_url")
        names = [self._theirs, "QueueArn"]
        answer = self.client(state, ctx).get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        if not answer.get(self._theirs):
            return None
        return {
            "id": url,
            "queue_url": url,
            "region": answer["QueueArn"].split(":")[3],
            self._ours: answer[self._theirs],
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Puts it again."""
        self._put(prior["id"], planned[self._ours], prior, ctx)

    def remove(self, state: State, ctx: Context) -> None:
        """An empty value is none."""
        self._put(state["id"], "", state, ctx)

    def _put(self, url: str, value: str, values: State, ctx: Context) -> None:
        self.client(values, ctx).set_queue_attributes(QueueUrl=url, Attributes={self._theirs: value})


def queue_url(name: str, region: str, account_id: str) -> str:
    """The URL that AWS gives a queue. The local gateway finds a queue by the path, so a state holds no local port."""
    return f"https://sqs.{region}.amazonaws.com/{account_id}/{name}"


def _received(answer: Mapping[str, str]) -> dict[str, Any]:
    numbers = {ours: int(answer.get(theirs, _DEFAULTS[ours])) for ours, theirs in _NUMBERS.items()}
    flags = {ours: answer.get(theirs, "").lower() == "true" for ours, theirs in _FLAGS.items()}
    return {**numbers, **flags, **{ours: answer.get(theirs, "") for ours, theirs in _TEXTS.items()}}


REALIZERS = {
    "aws_sqs_queue": Queue(),
    "aws_sqs_queue_policy": QueueAttribute("policy", "SQS Queue Policy"),
    "aws_sqs_queue_redrive_allow_policy": QueueAttribute("redrive_allow_policy", "SQS Queue Redrive Allow Policy"),
    "aws_sqs_queue_redrive_policy": QueueAttribute("redrive_policy", "SQS Queue Redrive Policy"),
}
