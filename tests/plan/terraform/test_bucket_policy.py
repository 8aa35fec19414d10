"""Who may write what into a bucket, by its planned policy: as S3 evaluates it, offline."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from isthmus.change import plans
from isthmus.change.plans import Target
from isthmus.local import packages
from isthmus.local.stacks import build_variables

TLS = {"aws:SecureTransport": "true"}
ALGORITHM = "s3:x-amz-server-side-encryption"
KEY = f"{ALGORITHM}-aws-kms-key-id"
CUSTOMER = f"{ALGORITHM}-customer-algorithm"


@pytest.fixture(scope="module")
def policy(terraform: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The archive's policy, as planned."""
    packages.ensure()
    run_dir = tmp_path_factory.mktemp("bucket")
    (planned,) = plans.plan_all(terraform.parent, [Target("dev", "platform/aws")], build_variables(), run_dir)
    (text,) = (
        change["change"]["after"]["policy"]
        for change in planned.plan["resource_changes"]
        if change["address"] == "module.archive.module.bucket.aws_s3_bucket_policy.this"
    )
    parsed: dict[str, Any] = json.loads(text)
    return parsed


@pytest.fixture(scope="module")
def key(policy: dict[str, Any]) -> str:
    """The key that the policy asks for."""
    (found,) = (s["Condition"]["StringNotEquals"][KEY] for s in policy["Statement"] if s["Sid"] == "ThisKeyOnly")
    return str(found)


def test_a_write_that_asks_for_nothing_gets_the_key(policy: dict[str, Any]) -> None:
    """Terraform's backend and the functions send no header: the bucket's default encrypts."""
    assert not denies(policy, "s3:PutObject", TLS)


def test_a_write_that_names_the_key_is_taken(policy: dict[str, Any], key: str) -> None:
    assert not denies(policy, "s3:PutObject", {**TLS, ALGORITHM: "aws:kms", KEY: key})


@pytest.mark.parametrize(
    "headers",
    [
        {ALGORITHM: "AES256"},
        {ALGORITHM: "aws:kms"},
        {ALGORITHM: "aws:kms", KEY: "arn:aws:kms:us-east-1:999999999999:key/another"},
        {CUSTOMER: "AES256"},
    ],
    ids=["S3's own", "AWS's own key", "another's key", "the caller's key"],
)
def test_a_write_under_any_other_key_is_refused(policy: dict[str, Any], headers: dict[str, str]) -> None:
    assert denies(policy, "s3:PutObject", {**TLS, **headers})


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:ListBucket", "s3:PutObject"])
def test_plain_http_is_refused(policy: dict[str, Any], action: str) -> None:
    assert denies(policy, action, {"aws:SecureTransport": "false"})


def denies(policy: Mapping[str, Any], action: str, context: Mapping[str, str]) -> bool:
    """Whether a Deny of the policy applies. Conditions that it does not know are refused loudly."""
    return any(
        statement["Effect"] == "Deny"
        and any(fnmatchcase(action, pattern) for pattern in _list(statement["Action"]))
        and all(
            _holds(operator, context.get(variable), _list(values))
            for operator, conditions in statement["Condition"].items()
            for variable, values in conditions.items()
        )
        for statement in policy["Statement"]
    )


def _holds(operator: str, value: str | None, values: list[str]) -> bool:
    if operator == "Null":
        return (value is None) == (values == ["true"])
    if operator == "StringNotEquals":
        return value not in values  # true for what is absent, as IAM has it
    assert operator == "Bool", f"{operator} is not known here"
    return value in values


def _list(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]
