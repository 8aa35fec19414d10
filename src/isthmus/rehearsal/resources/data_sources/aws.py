"""AWS: who, and the lookups that the local cloud can answer."""

from __future__ import annotations

import hashlib
from typing import Any

from isthmus.rehearsal.realize.base import RealizeError
from isthmus.rehearsal.resources import arns
from isthmus.rehearsal.resources.data_sources.aws_places import region_of
from isthmus.rehearsal.session import Session

Values = dict[str, Any]

# AWS documentation, "Enable access logs for your Classic Load Balancer", 2026-06.
_ELB_ACCOUNTS = {
    "us-east-1": "127311923021",
    "us-east-2": "033677994240",
    "us-west-1": "027434742980",
    "us-west-2": "797873946194",
    "af-south-1": "098369216593",
    "ap-east-1": "754344448648",
    "ap-northeast-1": "582318560864",
    "ap-northeast-2": "600734575887",
    "ap-northeast-3": "383597477331",
    "ap-south-1": "718504428378",
    "ap-southeast-1": "114774131450",
    "ap-southeast-2": "783225319266",
    "ap-southeast-3": "589379963580",
    "ca-central-1": "985666609251",
    "eu-central-1": "054676820928",
    "eu-north-1": "897822967062",
    "eu-south-1": "635631232127",
    "eu-west-1": "156460612806",
    "eu-west-2": "652711504416",
    "eu-west-3": "009996457667",
    "me-south-1": "076674570225",
    "sa-east-1": "507241528517",
}
_BILLING_ACCOUNT = "386209384616"
"""AWS documentation, "Setting up a bucket for billing reports", 2026-06."""
_CLOUDFRONT_LOGS = {
    "aws": "c4c1ede66af53448b93c283ce9448c4ba468c9432aa01d700d3878632f77d2d0",
    "aws-cn": "a52cb28745c0c06e84ec548334e44bfa7fc2a85c54af20cd59e4969344b7af56",
}
"""AWS documentation, "Permissions required to configure standard logging", 2026-06."""


def caller_identity(config: Values, session: Session) -> Values:
    """The account, as its root user."""
    account = session.account_id
    return {
        "id": account,
        "account_id": account,
        "arn": f"arn:{session.partition}:iam::{account}:root",
        "user_id": account,
    }


def canonical_user_id(config: Values, session: Session) -> Values:
    """A made-up canonical id, always the same for an account."""
    return {"id": hashlib.sha256(session.account_id.encode()).hexdigest(), "display_name": ""}


def log_delivery_canonical_user_id(config: Values, session: Session) -> Values:
    """The account that CloudFront delivers logs with."""
    return {"id": _CLOUDFRONT_LOGS.get(session.partition, _CLOUDFRONT_LOGS["aws"])}


def default_tags(config: Values, session: Session) -> Values:
    """The tags of the provider block."""
    return {"id": session.partition, "tags": dict(session.default_tags)}


def arn(config: Values, session: Session) -> Values:
    """The parts of an ARN."""
    text = str(config["arn"])
    try:
        return {"id": text, **arns.parse(text)}
    except ValueError as error:
        raise RealizeError(f"parsing ARN ({text}): {error}") from error


def session_context(config: Values, session: Session) -> Values:
    """The role behind an assumed role's session; whatever else is its own issuer."""
    text = str(config["arn"])
    parts = arns.parse(text)
    _, _, rest = parts["resource"].partition("assumed-role/")
    if parts["service"] != "sts" or not rest:
        return {"id": text, "issuer_arn": text, "issuer_id": "", "issuer_name": "", "session_name": ""}
    *path, role, name = rest.split("/")
    issuer = "/".join([f"arn:{parts['partition']}:iam::{parts['account']}:role", *path, role])
    return {"id": text, "issuer_arn": issuer, "issuer_id": "", "issuer_name": role, "session_name": name}


def elb_service_account(config: Values, session: Session) -> Values:
    """The account that load balancers of a region write their logs with."""
    name = region_of(config, session)
    if name not in _ELB_ACCOUNTS:
        raise RealizeError(f"unknown region for AWS ELB account: {name}")
    return {"id": _ELB_ACCOUNTS[name], "arn": f"arn:{session.partition}:iam::{_ELB_ACCOUNTS[name]}:root"}


def billing_service_account(config: Values, session: Session) -> Values:
    """The account that billing reports are written with."""
    return {"id": _BILLING_ACCOUNT, "arn": f"arn:{session.partition}:iam::{_BILLING_ACCOUNT}:root"}


def kms_key(config: Values, session: Session) -> Values:
    """A key of the local AWS."""
    client = session.context.aws("kms", region_of(config, session))
    try:
        found = client.describe_key(KeyId=config["key_id"])["KeyMetadata"]
    except client.exceptions.NotFoundException as error:
        raise RealizeError(f"reading KMS Key ({config['key_id']})", str(error)) from error
    return {
        "id": found["KeyId"],
        "arn": found["Arn"],
        "aws_account_id": found.get("AWSAccountId", session.account_id),
        "description": found.get("Description", ""),
        "enabled": found.get("Enabled", True),
        "key_state": found.get("KeyState", "Enabled"),
        "key_usage": found.get("KeyUsage", "ENCRYPT_DECRYPT"),
        "key_manager": found.get("KeyManager", "CUSTOMER"),
        "key_spec": found.get("KeySpec", "SYMMETRIC_DEFAULT"),
        "customer_master_key_spec": found.get("KeySpec", "SYMMETRIC_DEFAULT"),
        "origin": found.get("Origin", "AWS_KMS"),
    }


def kms_alias(config: Values, session: Session) -> Values:
    """An alias of the local AWS."""
    client = session.context.aws("kms", region_of(config, session))
    for page in client.get_paginator("list_aliases").paginate():
        for alias in page["Aliases"]:
            if alias["AliasName"] == config["name"]:
                key = client.describe_key(KeyId=alias["TargetKeyId"])["KeyMetadata"]
                return {
                    "id": alias["AliasArn"],
                    "arn": alias["AliasArn"],
                    "target_key_id": alias["TargetKeyId"],
                    "target_key_arn": key["Arn"],
                }
    raise RealizeError(f"reading KMS Alias ({config['name']})", "there is no such alias")


READERS = {
    "aws_arn": arn,
    "aws_billing_service_account": billing_service_account,
    "aws_caller_identity": caller_identity,
    "aws_canonical_user_id": canonical_user_id,
    "aws_cloudfront_log_delivery_canonical_user_id": log_delivery_canonical_user_id,
    "aws_default_tags": default_tags,
    "aws_elb_service_account": elb_service_account,
    "aws_iam_session_context": session_context,
}
LIVE = {
    "aws_kms_alias": kms_alias,
    "aws_kms_key": kms_key,
}
"""What the local AWS answers, where it is up."""
