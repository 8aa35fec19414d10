"""What the roles of CI on AWS may do: what the provider calls for what the stacks hold, and no administrator's work."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from isthmus.change import plans
from isthmus.change.plans import Target

NEEDED: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("ci_actions.yaml").read_text())
ROLES = {"apply": ("apply-data", "apply-edge", "apply-identity", "plan"), "plan": ("plan",)}
CONTEXT = {
    "aws:RequestTag/project": "isthmus",
    "aws:RequestedRegion": "us-east-1",
    "aws:ResourceTag/project": "isthmus",
    "iam:AWSServiceName": "elasticloadbalancing.amazonaws.com",
    "iam:PassedToService": "lambda.amazonaws.com",
    "iam:PermissionsBoundary": "arn:aws:iam::000000000000:policy/isthmus-dev-boundary",
}
NO_CALL = {
    "aws_acm_certificate_validation": "it waits for the certificate",
    "aws_apigatewayv2_integration": "all of API Gateway is aws_apigatewayv2_api's",
    "aws_apigatewayv2_route": "all of API Gateway is aws_apigatewayv2_api's",
    "aws_default_security_group": "calls as a security group's",
    "aws_route_table_association": "calls as a route table's",
    "aws_sns_topic_policy": "an attribute of the topic",
    "aws_sqs_queue_policy": "an attribute of the queue",
    "aws_sqs_queue_redrive_allow_policy": "an attribute of the queue",
}
MAX_POLICY_CHARS = 6144
"""Characters of a managed policy without white space (IAM quotas, 2026-11)."""


@pytest.fixture(scope="module")
def policies(terraform: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    """CI's managed policies, as planned for dev."""
    run_dir = tmp_path_factory.mktemp("permissions")
    (planned,) = plans.plan_all(terraform.parent, [Target("dev", "bootstrap/aws")], {}, run_dir)
    return {
        change["index"]: json.loads(change["change"]["after"]["policy"])
        for change in planned.plan["resource_changes"]
        if change["type"] == "aws_iam_policy" and change["change"]["after"].get("policy")
    }


def _calls(kind: str) -> Iterator[tuple[str, str, str]]:
    names = {"p": "isthmus-dev", "u": "isthmus_dev", "a": "000000000000", "r": "us-east-1"}
    for name, needed in NEEDED.items():
        for action in needed[kind]:
            yield name, action, needed["arn"].format(**names)


def test_every_type_of_the_stacks_is_listed(modules: list[Path], stacks: list[Path], reader: ModuleType) -> None:
    """What CI applies; the bootstrap's own types are an administrator's."""
    bootstrap = {"ci_trust", "state", "bootstrap"}
    there = {
        kind
        for folder in modules + stacks
        if not bootstrap & {folder.name, folder.parent.name}
        for kind, _, _ in reader.resources(folder)
        if kind.startswith("aws_")
    }
    assert there == {name for name in (*NEEDED, *NO_CALL) if name.startswith("aws_")}


def test_a_plan_may_read_all_that_it_refreshes(policies: dict[str, Any]) -> None:
    assert [call for call in _calls("read") if not _may("plan", policies, *call[1:])] == []


def test_an_apply_may_do_all_that_the_provider_calls(policies: dict[str, Any]) -> None:
    calls = [*_calls("read"), *_calls("write")]
    assert [call for call in calls if not _may("apply", policies, *call[1:])] == []


@pytest.mark.parametrize(
    ("action", "arn"),
    [
        ("iam:AttachUserPolicy", "arn:aws:iam::000000000000:user/somebody"),
        ("iam:CreatePolicyVersion", "arn:aws:iam::000000000000:policy/isthmus-dev-boundary"),
        ("iam:PutRolePolicy", "arn:aws:iam::000000000000:role/isthmus-dev-ci-apply"),
        ("iam:UpdateAssumeRolePolicy", "arn:aws:iam::000000000000:role/isthmus-dev-ci-plan"),
        ("iam:CreateRole", "arn:aws:iam::000000000000:role/another"),
        ("kms:ScheduleKeyDeletion", "arn:aws:kms:us-east-1:000000000000:key/00000000"),
        ("s3:GetObject", "arn:aws:s3:::isthmus-dev-archive-000000000000-us-east-1/events/x"),
        ("s3:DeleteObject", "arn:aws:s3:::isthmus-dev-archive-000000000000-us-east-1/events/x"),
        ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:000000000000:secret:isthmus-dev-slack"),
        ("sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:000000000000:isthmus-dev-archive"),
        (
            "elasticloadbalancing:DeleteLoadBalancer",
            "arn:aws:elasticloadbalancing:us-east-1:000000000000:loadbalancer/app/a/0",
        ),
        ("wafv2:DeleteWebACL", "arn:aws:wafv2:us-east-1:000000000000:regional/webacl/another/00000000"),
        ("lambda:UpdateFunctionCode", "arn:aws:lambda:us-east-1:000000000000:function:another"),
        ("lambda:InvokeFunction", "arn:aws:lambda:us-east-1:000000000000:function:isthmus-dev-ingest"),
    ],
)
def test_nobody_of_ci_may(policies: dict[str, Any], action: str, arn: str) -> None:
    """Data, keys' ends, other identities and CI's own."""
    assert not any(_may(role, policies, action, arn) for role in ROLES)


def test_a_role_without_the_boundary_is_refused(policies: dict[str, Any]) -> None:
    arn = "arn:aws:iam::000000000000:role/isthmus-dev-archive"
    assert not _may("apply", policies, "iam:CreateRole", arn, CONTEXT | {"iam:PermissionsBoundary": ""})


def test_a_plan_changes_nothing(policies: dict[str, Any]) -> None:
    """Not one of the calls that an apply makes besides."""
    assert [call for call in _calls("write") if _may("plan", policies, *call[1:]) and not _reads(call[1])] == []


def test_no_policy_is_too_long(policies: dict[str, Any]) -> None:
    """With the longest prefix that the stacks take."""
    longest = {
        name: len(json.dumps(policy, separators=(",", ":")).replace("isthmus-dev", "p" * 20))
        for name, policy in policies.items()
    }
    assert {name: size for name, size in longest.items() if size > MAX_POLICY_CHARS} == {}


def _reads(action: str) -> bool:
    return action.split(":")[1].startswith(("Describe", "Get", "List"))


def _may(role: str, policies: Mapping[str, Any], action: str, arn: str, context: Mapping[str, str] = CONTEXT) -> bool:
    """Whether the role's policies allow a call and none denies it."""
    statements = [statement for name in ROLES[role] for statement in policies[name]["Statement"]]
    met = {statement["Effect"] for statement in statements if _applies(statement, action, arn, context)}
    return met == {"Allow"}


def _applies(statement: Mapping[str, Any], action: str, arn: str, context: Mapping[str, str]) -> bool:
    return (
        any(fnmatchcase(action.lower(), pattern.lower()) for pattern in _list(statement["Action"]))
        and any(fnmatchcase(arn, pattern) for pattern in _list(statement["Resource"]))
        and all(_holds(*condition, context) for condition in statement.get("Condition", {}).items())
    )


def _holds(operator: str, conditions: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    assert operator in ("StringEquals", "ForAnyValue:StringEquals"), f"{operator} is not known here"
    return all(context.get(variable) in _list(values) for variable, values in conditions.items())


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
