"""Keys, roles, policies and log groups on the local AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest

from isthmus.rehearsal.realize.base import RealizeError


def _trust(service: str = "lambda.amazonaws.com") -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _allow(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": ["*"]}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _key_policy(action: str) -> str:
    root = {"AWS": "arn:aws:iam::000000000000:root"}
    statement = {"Sid": "Account", "Effect": "Allow", "Principal": root, "Action": action, "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_a_key_lives_with_its_rotation_policy_and_tags(aws: Any) -> None:
    """A deleted key waits for days, and is gone for Terraform at once."""
    arguments = {"deletion_window_in_days": 7, "policy": _key_policy("kms:*")}
    enabled = {"enable_key_rotation": True, "is_enabled": True}
    key = aws.create("aws_kms_key", description="one", tags={"a": "1"}, **enabled, **arguments)
    assert key["arn"].endswith(f":key/{key['key_id']}")
    assert key["rotation_period_in_days"] == 365
    key = aws.update("aws_kms_key", key, description="two", enable_key_rotation=False, is_enabled=False, **arguments)
    assert key["tags_all"] == {"managed_by": "terraform"}
    key = aws.update("aws_kms_key", key, description="two", is_enabled=True, **arguments)
    aws.delete("aws_kms_key", key)
    aws.assert_gone("aws_kms_key", key)


def test_an_alias_follows_its_key(aws: Any) -> None:
    """It can move, and one that a cut-off apply left behind moves by itself."""
    first, second = (aws.create("aws_kms_key", description="of alias") for _ in range(2))
    alias = aws.create("aws_kms_alias", name="alias/data", target_key_id=first["key_id"])
    assert alias["target_key_arn"] == first["arn"]
    assert alias["arn"] == "arn:aws:kms:us-east-1:000000000000:alias/data"
    aws.update("aws_kms_alias", alias, name="alias/data", target_key_id=second["arn"])
    alias = aws.create("aws_kms_alias", name="alias/data", target_key_id=first["key_id"])
    stranger = aws.create("aws_kms_key", description="another")
    with pytest.raises(RealizeError, match="creating KMS Alias"):
        aws.create("aws_kms_alias", name="alias/data", target_key_id=stranger["key_id"])
    aws.delete("aws_kms_alias", alias)
    aws.assert_gone("aws_kms_alias", alias)


def test_a_key_policy_goes_back_to_the_accounts(aws: Any) -> None:
    """Deleting the policy is putting the default one."""
    key = aws.create("aws_kms_key", description="with policy")
    policy = aws.create("aws_kms_key_policy", key_id=key["key_id"], policy=_key_policy("kms:*"))
    policy = aws.update("aws_kms_key_policy", policy, key_id=key["key_id"], policy=_key_policy("kms:Decrypt"))
    aws.delete("aws_kms_key_policy", policy)
    assert json.loads(aws.read("aws_kms_key", key)["policy"])["Id"] == "key-default-1"
    aws.delete("aws_kms_key", key)
    aws.assert_gone("aws_kms_key_policy", policy)


def test_a_role_lives_with_its_policies(aws: Any) -> None:
    """Trust, an inline policy, a managed one attached; taken apart in the other order."""
    role = aws.create("aws_iam_role", name="worker", assume_role_policy=_trust(), description="d", tags={"a": "b"})
    assert role["arn"] == "arn:aws:iam::000000000000:role/worker"
    assert role["unique_id"].startswith("AROA")
    role = aws.update(
        "aws_iam_role",
        role,
        name="worker",
        assume_role_policy=_trust("events.amazonaws.com"),
        max_session_duration=7200,
    )
    inline = aws.create("aws_iam_role_policy", role="worker", name="work", policy=_allow("sqs:SendMessage"))
    assert inline["id"] == "worker:work"
    inline = aws.update("aws_iam_role_policy", inline, role="worker", name="work", policy=_allow("sqs:*", "sns:*"))
    managed = aws.create("aws_iam_policy", name="shared", policy=_allow("s3:GetObject"), path="/team/", tags={"a": "b"})
    assert managed["arn"] == "arn:aws:iam::000000000000:policy/team/shared"
    for number in range(6):
        managed = aws.update("aws_iam_policy", managed, name="shared", path="/team/", policy=_allow(f"s3:Get{number}"))
    attached = aws.create("aws_iam_role_policy_attachment", role="worker", policy_arn=managed["arn"])
    with pytest.raises(RealizeError, match="DeleteConflict"):
        aws.delete("aws_iam_role", role)
    for type_name, state in (
        ("aws_iam_role_policy_attachment", attached),
        ("aws_iam_policy", managed),
        ("aws_iam_role_policy", inline),
        ("aws_iam_role", role),
    ):
        aws.delete(type_name, state)
        aws.assert_gone(type_name, state)


def test_a_role_left_behind_is_taken_over_and_a_strangers_is_not(aws: Any) -> None:
    """Equal is ours; anything else is an error, as with the real provider."""
    first = aws.create("aws_iam_role", name="again", assume_role_policy=_trust())
    assert aws.create("aws_iam_role", name="again", assume_role_policy=_trust())["unique_id"] == first["unique_id"]
    with pytest.raises(RealizeError, match=r"creating IAM Role \(again\)"):
        aws.create("aws_iam_role", name="again", assume_role_policy=_trust("ec2.amazonaws.com"))


def test_force_detach_takes_everything_off_a_role(aws: Any) -> None:
    """As IAM refuses to delete a role that has policies."""
    role = aws.create("aws_iam_role", name="forced", assume_role_policy=_trust(), force_detach_policies=True)
    aws.create("aws_iam_role_policy", role="forced", name="work", policy=_allow("sqs:*"))
    aws.delete("aws_iam_role", role)
    aws.assert_gone("aws_iam_role", role)


def test_a_log_group_lives(aws: Any) -> None:
    """Retention and key; a group that a function made for itself makes way, a stranger's does not."""
    key = aws.create("aws_kms_key", description="logs")
    aws.ctx.aws("logs").create_log_group(logGroupName="/aws/lambda/x")
    group = aws.create("aws_cloudwatch_log_group", name="/aws/lambda/x", retention_in_days=7)
    assert group["arn"] == "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/x"
    keyed = {"name": "/aws/lambda/x", "kms_key_id": key["arn"]}
    group = aws.update("aws_cloudwatch_log_group", group, retention_in_days=30, **keyed)
    group = aws.update("aws_cloudwatch_log_group", group, tags={"a": "b"}, **keyed)
    with pytest.raises(RealizeError, match="ResourceAlreadyExists"):
        aws.create("aws_cloudwatch_log_group", name="/aws/lambda/x", retention_in_days=1)
    aws.delete("aws_cloudwatch_log_group", group)
    aws.assert_gone("aws_cloudwatch_log_group", group)
