"""Topics, their policies and subscriptions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from isthmus.rehearsal.realize.aws.resource import (
    AwsResource,
    as_attribute,
    change_tags,
    is_given,
    pairs,
    tags_of,
    unpaired,
)
from isthmus.rehearsal.realize.base import Context, State
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import changed, is_set, own_name, same, text

_FEEDBACK = {
    f"{ours}_{what}": f"{theirs}{''.join(part.title() for part in what.split('_'))}"
    for ours, theirs in {
        "application": "Application",
        "firehose": "Firehose",
        "http": "HTTP",
        "lambda": "Lambda",
        "sqs": "SQS",
    }.items()
    for what in ("failure_feedback_role_arn", "success_feedback_role_arn", "success_feedback_sample_rate")
}
_TOPIC = {
    "archive_policy": "ArchivePolicy",
    "content_based_deduplication": "ContentBasedDeduplication",
    "delivery_policy": "DeliveryPolicy",
    "display_name": "DisplayName",
    "fifo_throughput_scope": "FifoThroughputScope",
    "fifo_topic": "FifoTopic",
    "kms_master_key_id": "KmsMasterKeyId",
    "policy": "Policy",
    "signature_version": "SignatureVersion",
    "tracing_config": "TracingConfig",
    **_FEEDBACK,
}
_SUBSCRIPTION = {
    "delivery_policy": "DeliveryPolicy",
    "filter_policy": "FilterPolicy",
    "filter_policy_scope": "FilterPolicyScope",
    "raw_message_delivery": "RawMessageDelivery",
    "redrive_policy": "RedrivePolicy",
    "replay_policy": "ReplayPolicy",
    "subscription_role_arn": "SubscriptionRoleArn",
}
_FLAGS = {"content_based_deduplication", "fifo_topic", "raw_message_delivery"}
_NUMBERS = {"signature_version", *(name for name in _FEEDBACK if name.endswith("rate"))}


class Topic(AwsResource):
    """aws_sns_topic."""

    service = "sns"
    label = "SNS Topic"
    named_by = "name"

    def make(self, planned: State, ctx: Context) -> Found:
        """CreateTopic answers with the topic that is there already when it is equal."""
        name = own_name(planned) + (".fifo" if planned.get("fifo_topic") and not is_set(planned, "name") else "")
        attributes = {theirs: as_attribute(planned[ours]) for ours, theirs in _TOPIC.items() if is_given(planned, ours)}
        answer = self.client(planned, ctx).create_topic(Name=name, Attributes=attributes, Tags=pairs(tags_of(planned)))
        return {"id": answer["TopicArn"]}

    def find(self, state: State, ctx: Context) -> Found | None:
        """Attributes and tags."""
        client = self.client(state, ctx)
        arn = text(state, "id") or _topic_arn(state, ctx, self.region(state, ctx))
        answer = client.get_topic_attributes(TopicArn=arn)["Attributes"]
        return {
            **_received(_TOPIC, answer),
            "arn": arn,
            "beginning_archive_time": answer.get("BeginningArchiveTime", ""),
            "id": arn,
            "name": arn.rsplit(":", 1)[1],
            "name_prefix": "",
            "owner": answer.get("Owner", ""),
            "region": arn.split(":")[3],
            "tags_all": unpaired(client.list_tags_for_resource(ResourceArn=arn)["Tags"]),
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """One call an attribute, as SNS has it."""
        client, arn = self.client(prior, ctx), prior["id"]
        for ours, theirs in _TOPIC.items():
            if changed(prior, planned, ours):
                client.set_topic_attributes(
                    TopicArn=arn, AttributeName=theirs, AttributeValue=as_attribute(planned[ours])
                )
        change_tags(
            prior,
            planned,
            lambda tags: client.tag_resource(ResourceArn=arn, Tags=pairs(tags)),
            lambda names: client.untag_resource(ResourceArn=arn, TagKeys=names),
        )

    def remove(self, state: State, ctx: Context) -> None:
        """DeleteTopic takes its subscriptions with it."""
        self.client(state, ctx).delete_topic(TopicArn=state["id"])


class TopicPolicy(AwsResource):
    """aws_sns_topic_policy."""

    service = "sns"
    label = "SNS Topic Policy"
    named_by = "arn"

    def make(self, planned: State, ctx: Context) -> Found:
        """Puts it."""
        self._put(planned["arn"], planned["policy"], planned, ctx)
        return {"id": planned["arn"]}

    def find(self, state: State, ctx: Context) -> Found | None:
        """A topic always has a policy."""
        arn = text(state, "id") or text(state, "arn")
        answer = self.client(state, ctx).get_topic_attributes(TopicArn=arn)["Attributes"]
        region, owner = arn.split(":")[3], answer.get("Owner", "")
        return {"arn": arn, "id": arn, "owner": owner, "policy": answer.get("Policy", ""), "region": region}

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Puts it again."""
        self._put(prior["id"], planned["policy"], prior, ctx)

    def remove(self, state: State, ctx: Context) -> None:
        """Back to the policy that every new topic has: the account's own."""
        account = state["id"].split(":")[4]
        statement = {
            "Sid": "__default_statement_ID",
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["SNS:GetTopicAttributes", "SNS:Publish", "SNS:SetTopicAttributes", "SNS:Subscribe"],
            "Resource": state["id"],
            "Condition": {"StringEquals": {"AWS:SourceOwner": account}},
        }
        policy = json.dumps({"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]})
        self._put(state["id"], policy, state, ctx)

    def _put(self, arn: str, policy: str, values: State, ctx: Context) -> None:
        self.client(values, ctx).set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=policy)


class Subscription(AwsResource):
    """aws_sns_topic_subscription."""

    service = "sns"
    label = "SNS Topic Subscription"
    named_by = "endpoint"

    def make(self, planned: State, ctx: Context) -> Found:
        """Subscribe answers with a subscription that is there already, whatever its attributes: they are put right."""
        client = self.client(planned, ctx)
        wanted = {
            theirs: as_attribute(planned[ours]) for ours, theirs in _SUBSCRIPTION.items() if is_given(planned, ours)
        }
        arn = client.subscribe(
            TopicArn=planned["topic_arn"],
            Protocol=planned["protocol"],
            Endpoint=planned["endpoint"],
            Attributes=wanted,
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        there = client.get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        for name, value in wanted.items():
            if not same(value, there.get(name)):
                client.set_subscription_attributes(SubscriptionArn=arn, AttributeName=name, AttributeValue=value)
        return {"id": arn}

    def find(self, state: State, ctx: Context) -> Found | None:
        """Its attributes."""
        arn = state["id"]
        answer = self.client(state, ctx).get_subscription_attributes(SubscriptionArn=arn)["Attributes"]
        return {
            **_received(_SUBSCRIPTION, answer),
            "arn": arn,
            "confirmation_was_authenticated": answer.get("ConfirmationWasAuthenticated") == "true",
            "endpoint": answer["Endpoint"],
            "id": arn,
            "owner_id": answer.get("Owner", ""),
            "pending_confirmation": answer.get("PendingConfirmation") == "true",
            "protocol": answer["Protocol"],
            "region": arn.split(":")[3],
            "topic_arn": answer["TopicArn"],
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """One call an attribute; the scope of a filter before the filter that needs it."""
        client = self.client(prior, ctx)
        for ours in sorted(_SUBSCRIPTION, key=lambda name: name != "filter_policy_scope"):
            if changed(prior, planned, ours):
                client.set_subscription_attributes(
                    SubscriptionArn=prior["id"],
                    AttributeName=_SUBSCRIPTION[ours],
                    AttributeValue=as_attribute(planned[ours]),
                )

    def remove(self, state: State, ctx: Context) -> None:
        """Unsubscribe."""
        self.client(state, ctx).unsubscribe(SubscriptionArn=state["id"])


def _topic_arn(state: State, ctx: Context, region: str) -> str:
    return f"arn:aws:sns:{region}:{ctx.account_id}:{text(state, 'name')}"


def _received(names: Mapping[str, str], answer: Mapping[str, str]) -> dict[str, Any]:
    return {ours: _read(ours, answer.get(theirs, "")) for ours, theirs in names.items()}


def _read(name: str, value: str) -> Any:
    if name in _FLAGS:
        return value.lower() == "true"
    return int(value or 0) if name in _NUMBERS else value


REALIZERS = {
    "aws_sns_topic": Topic(),
    "aws_sns_topic_policy": TopicPolicy(),
    "aws_sns_topic_subscription": Subscription(),
}
