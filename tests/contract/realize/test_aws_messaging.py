"""Topics, queues and subscriptions on the local AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from isthmus.rehearsal.realize.base import RealizeError


def _policy(action: str, resource: str, **more: Any) -> str:
    statement = {"Sid": "S", "Effect": "Allow", "Principal": "*", "Action": action, "Resource": resource, **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_topic_lives_through_its_attributes_and_tags(aws: Any) -> None:
    """Create, refresh, update in place, delete."""
    topic = aws.create("aws_sns_topic", name="news", kms_master_key_id="alias/a", signature_version=2, tags={"a": "1"})
    assert topic["arn"] == "arn:aws:sns:us-east-1:000000000000:news"
    assert (topic["owner"], topic["region"]) == ("000000000000", "us-east-1")
    changed = aws.update("aws_sns_topic", topic, name="news", signature_version=1, display_name="N", tags={"b": "2"})
    assert changed["tags_all"] == {"b": "2", "managed_by": "terraform"}
    aws.delete("aws_sns_topic", changed)
    aws.assert_gone("aws_sns_topic", changed)


def test_a_topic_policy_keeps_its_spelling(aws: Any) -> None:
    """The document is the state's own as long as it means the same."""
    topic = aws.create("aws_sns_topic", name="spelled")
    policy = aws.create("aws_sns_topic_policy", arn=topic["arn"], policy=_policy("sns:Publish", topic["arn"]))
    aws.update("aws_sns_topic_policy", policy, arn=topic["arn"], policy=_policy("sns:Subscribe", topic["arn"]))
    aws.delete("aws_sns_topic_policy", policy)
    assert json.loads(aws.read("aws_sns_topic", topic)["policy"])["Id"] == "__default_policy_ID"
    aws.delete("aws_sns_topic", topic)
    aws.assert_gone("aws_sns_topic_policy", policy)


def test_a_queue_lives_and_its_url_is_the_real_ones(aws: Any) -> None:
    """The state holds no local port."""
    queue = aws.create("aws_sqs_queue", name="work", visibility_timeout_seconds=60, message_retention_seconds=1209600)
    assert queue["url"] == queue["id"] == "https://sqs.us-east-1.amazonaws.com/000000000000/work"
    assert queue["arn"] == "arn:aws:sqs:us-east-1:000000000000:work"
    changed = aws.update("aws_sqs_queue", queue, name="work", visibility_timeout_seconds=90, tags={"t": "v"})
    aws.delete("aws_sqs_queue", changed)
    aws.assert_gone("aws_sqs_queue", changed)


def test_what_somebody_else_changed_is_drift(aws: Any) -> None:
    """A refresh shows it, so that a plan puts it right."""
    queue = aws.create("aws_sqs_queue", name="drifting", delay_seconds=5)
    aws.ctx.aws("sqs").set_queue_attributes(QueueUrl=queue["url"], Attributes={"DelaySeconds": "7"})
    assert aws.read("aws_sqs_queue", queue)["delay_seconds"] == 7
    aws.delete("aws_sqs_queue", queue)


def test_creating_again_what_a_cut_off_apply_made_is_fine(aws: Any) -> None:
    """The same queue, topic and subscription are taken over; another one of the name is refused."""
    first = aws.create("aws_sqs_queue", name="twice", delay_seconds=5)
    topic = aws.create("aws_sns_topic", name="twice")
    arguments = {"topic_arn": topic["arn"], "protocol": "sqs", "endpoint": first["arn"]}
    subscription = aws.create("aws_sns_topic_subscription", **arguments)
    assert aws.create("aws_sqs_queue", name="twice", delay_seconds=5)["id"] == first["id"]
    assert aws.create("aws_sns_topic", name="twice")["id"] == topic["id"]
    again = aws.create("aws_sns_topic_subscription", **arguments, raw_message_delivery=True)
    assert again["id"] == subscription["id"]
    with pytest.raises(RealizeError, match=r"creating SQS Queue \(twice\)"):
        aws.create("aws_sqs_queue", name="twice", delay_seconds=6)


def test_policies_of_a_queue_are_resources_of_their_own(aws: Any) -> None:
    """Access, redrive and redrive-allow: put, put again, taken off."""
    letters = aws.create("aws_sqs_queue", name="letters")
    queue = aws.create("aws_sqs_queue", name="source")
    redrive = {"deadLetterTargetArn": letters["arn"], "maxReceiveCount": 3}
    allow = {"redrivePermission": "byQueue", "sourceQueueArns": [queue["arn"]]}
    cases = (
        (
            "aws_sqs_queue_policy",
            queue,
            "policy",
            _policy("sqs:SendMessage", queue["arn"]),
            _policy("sqs:*", queue["arn"]),
        ),
        (
            "aws_sqs_queue_redrive_policy",
            queue,
            "redrive_policy",
            json.dumps(redrive),
            json.dumps({**redrive, "maxReceiveCount": 9}),
        ),
        (
            "aws_sqs_queue_redrive_allow_policy",
            letters,
            "redrive_allow_policy",
            json.dumps(allow),
            '{"redrivePermission": "denyAll"}',
        ),
    )
    for type_name, of, argument, before, after in cases:
        state = aws.create(type_name, queue_url=of["url"], **{argument: before})
        state = aws.update(type_name, state, queue_url=of["url"], **{argument: after})
        aws.delete(type_name, state)
        aws.assert_gone(type_name, state)


def test_a_queue_that_takes_tls_only_is_read_all_the_same(aws: Any) -> None:
    """The local AWS has no TLS; its realizers say that they would use it, or a refresh would be refused."""
    queue = aws.create("aws_sqs_queue", name="guarded")
    plain = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    policy = aws.create("aws_sqs_queue_policy", queue_url=queue["url"], policy=_policy("sqs:*", queue["arn"], **plain))
    assert aws.read("aws_sqs_queue", queue)["arn"] == queue["arn"]
    aws.delete("aws_sqs_queue_policy", policy)
    aws.delete("aws_sqs_queue", queue)


def test_a_subscription_has_its_filter_and_its_dead_letters(aws: Any) -> None:
    """Filter, scope, raw delivery and redrive are attributes of a subscription."""
    queue = aws.create("aws_sqs_queue", name="filtered")
    topic = aws.create("aws_sns_topic", name="filtered")
    arguments = {
        "topic_arn": topic["arn"],
        "protocol": "sqs",
        "endpoint": queue["arn"],
        "raw_message_delivery": True,
        "redrive_policy": json.dumps({"deadLetterTargetArn": queue["arn"]}),
    }
    scope = {"filter_policy_scope": "MessageAttributes"}
    state = aws.create("aws_sns_topic_subscription", **arguments, filter_policy='{"origin":["aws"]}', **scope)
    assert state["pending_confirmation"] is False
    state = aws.update(
        "aws_sns_topic_subscription", state, **arguments, filter_policy='{"origin": ["gcp", "aws"]}', **scope
    )
    aws.delete("aws_sns_topic_subscription", state)
    aws.assert_gone("aws_sns_topic_subscription", state)


def test_a_dead_letter_queue_that_is_not_there_is_said_in_terraforms_words(aws: Any) -> None:
    """The summary names what was done to what; the detail is the cloud's own."""
    policy = json.dumps({"deadLetterTargetArn": "arn:aws:sqs:us-east-1:000000000000:nowhere", "maxReceiveCount": 3})
    with pytest.raises(RealizeError, match=r"creating SQS Queue \(orphan\)") as caught:
        aws.create("aws_sqs_queue", name="orphan", redrive_policy=policy)
    assert "RedrivePolicy" in caught.value.detail
