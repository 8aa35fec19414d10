"""Plan, approval, apply and drift on the local clouds: changed past Terraform, seen, planned, approved, put right."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from subprocess import CompletedProcess
from typing import Any

import pytest

from isthmus.local.rundir import RunDirectory
from isthmus.local.stacks import context_of

Isthmus = Callable[..., CompletedProcess[str]]
QUEUE = "isthmus-dev-archive"
OUTSIDE_SECONDS = 3600
AS_CODED_SECONDS = 14 * 24 * 60 * 60


@pytest.fixture
def retention(run: RunDirectory) -> Iterator[Callable[[int | None], int]]:
    """Sets and tells how long the archive's queue keeps messages, past Terraform."""
    sqs = context_of(run).aws("sqs")
    url = sqs.get_queue_url(QueueName=QUEUE)["QueueUrl"]

    def change(seconds: int | None = None) -> int:
        if seconds is not None:
            sqs.set_queue_attributes(QueueUrl=url, Attributes={"MessageRetentionPeriod": str(seconds)})
        found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["MessageRetentionPeriod"])
        return int(found["Attributes"]["MessageRetentionPeriod"])

    yield change
    change(AS_CODED_SECONDS)


def test_nothing_has_drifted_after_up(isthmus: Isthmus) -> None:
    """On no stack; what resources of their own set on others is no drift."""
    found = isthmus("drift", "--json")
    assert found.returncode == 0, found.stdout
    stacks = json.loads(found.stdout)["stacks"]
    assert {each["target"]["stack"].partition("/")[0] for each in stacks} == {"foundation", "platform"}
    assert [each["differences"] for each in stacks] == [[]] * 4


def test_a_queue_changed_outside_is_drift_and_an_approved_plan_puts_it_right(
    isthmus: Isthmus, retention: Callable[..., int]
) -> None:
    """A second plan, made before the first was applied, is stale then."""
    retention(OUTSIDE_SECONDS)
    found = isthmus("drift", "--stack", "platform/aws", "--json")
    assert found.returncode == 2, found.stderr
    (difference,) = json.loads(found.stdout)["stacks"][0]["differences"]
    assert difference["kind"] == "changed outside"
    assert difference["address"] == 'module.messaging.aws_sqs_queue.consumer["archive"]'
    assert difference["attributes"] == [
        {"name": "message_retention_seconds", "deployed": str(OUTSIDE_SECONDS), "wanted": str(AS_CODED_SECONDS)}
    ]
    first, second = (_planned(isthmus) for _ in range(2))
    unapproved = isthmus("apply", "--approved", first)
    assert (unapproved.returncode, "approval: nobody gave one" in unapproved.stderr) == (1, True)
    for digest in (first, second):
        assert isthmus("approve", digest).returncode == 0
    elsewhere = isthmus("apply", "--approved", first, "--env", "prod")
    assert (elsewhere.returncode, "environment: dev was approved, now it is prod" in elsewhere.stderr) == (1, True)
    assert retention() == OUTSIDE_SECONDS
    applied = isthmus("apply", "--approved", first)
    assert applied.returncode == 0, applied.stderr
    assert "policy, judged again after the apply: pass, 0 failed, 0 unknown" in applied.stdout
    # Terraform plans the queues' policies too, since they hang on the queue; that they stay the same shows at apply.
    assert f"1/5 updated {difference['address']}" in applied.stderr
    assert retention() == AS_CODED_SECONDS
    stale = isthmus("apply", "--approved", second)
    assert (stale.returncode, "serial: " in stale.stderr) == (1, True)
    assert isthmus("drift", "--stack", "platform/aws").returncode == 0


def _planned(isthmus: Isthmus) -> str:
    """The digest of a new plan. What is not committed is planned too: tests run while people write."""
    plan = isthmus("plan", "--stack", "platform/aws", "--dirty", "--json")
    assert plan.returncode == 0, plan.stderr
    (made,) = json.loads(plan.stdout)["plans"]
    assert made["facts"]["policy"]["verdict"] == "pass"
    return str(made["digest"])


def test_a_subscription_changed_outside_is_drift(isthmus: Isthmus, run: RunDirectory) -> None:
    """On Google Cloud; told in Markdown too."""
    clouds = context_of(run)
    name = f"projects/{clouds.project}/subscriptions/isthmus-dev-bridge"
    subscriber = clouds.subscriber()
    coded = subscriber.get_subscription(subscription=name).ack_deadline_seconds
    _set_deadline(subscriber, name, 11)
    try:
        found = isthmus("drift", "--stack", "platform/gcp", "--markdown", str(run.root / "drift.md"))
    finally:
        _set_deadline(subscriber, name, coded)
    assert found.returncode == 2, found.stderr
    assert f"ack_deadline_seconds: 11, the code says {coded}" in found.stdout
    report = (run.root / "drift.md").read_text()
    assert '**changed outside** `module.messaging.google_pubsub_subscription.consumer["bridge"]`' in report
    assert isthmus("drift", "--stack", "platform/gcp").returncode == 0


def _set_deadline(subscriber: Any, name: str, seconds: int) -> None:
    subscriber.update_subscription(
        request={
            "subscription": {"name": name, "ack_deadline_seconds": seconds},
            "update_mask": {"paths": ["ack_deadline_seconds"]},
        }
    )


def test_a_topic_that_is_gone_is_drift(isthmus: Isthmus, run: RunDirectory) -> None:
    """It is told as gone, not as something that nobody applied."""
    sns = context_of(run).aws("sns")
    (arn,) = [topic["TopicArn"] for topic in sns.list_topics()["Topics"] if topic["TopicArn"].endswith("-budget")]
    sns.delete_topic(TopicArn=arn)
    found = isthmus("drift", "--stack", "foundation/aws")
    assert found.returncode == 2, found.stderr
    assert "module.budget[0].aws_sns_topic.budget: gone" in found.stdout
    put_right = isthmus("tf", "dev", "foundation/aws", "apply", "-auto-approve", "-input=false")
    assert put_right.returncode == 0, put_right.stdout
