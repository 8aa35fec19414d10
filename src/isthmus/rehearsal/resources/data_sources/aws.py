"""AWS: who and where, and the lookups that the local cloud can answer."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.realize.base import RealizeError
from isthmus.rehearsal.session import Session

Values = dict[str, Any]

# Zones that differ from the usual a, b, c. AWS documentation, "Regions and Availability Zones", 2026-06.
_ZONES = {"us-east-1": "abcdef", "us-west-2": "abcd", "us-west-1": "ac", "ap-northeast-1": "acd", "ca-central-1": "abd"}
_DESCRIPTIONS = {
    "us-east-1": "US East (N. Virginia)",
    "us-east-2": "US East (Ohio)",
    "us-west-1": "US West (N. California)",
    "us-west-2": "US West (Oregon)",
    "eu-west-1": "Europe (Ireland)",
    "eu-central-1": "Europe (Frankfurt)",
}
_DIRECTIONS = {"north": "n", "south": "s", "east": "e", "west": "w", "central": "c"}
_DIRECTIONS |= {"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw"}


def _region_of(config: Values, session: Session) -> str:
    return str(config.get("region") or session.region or session.context.region)


def caller_identity(config: Values, session: Session) -> Values:
    """The account, as its root user."""
    account = session.account_id
    return {
        "id": account,
        "account_id": account,
        "arn": f"arn:{session.partition}:iam::{account}:root",
        "user_id": account,
    }


def partition(config: Values, session: Session) -> Values:
    """The partition of the commercial regions."""
    return {
        "id": session.partition,
        "partition": session.partition,
        "dns_suffix": "amazonaws.com",
        "reverse_dns_prefix": "com.amazonaws",
    }


def region(config: Values, session: Session) -> Values:
    """The region of the provider, or the one asked for."""
    name = str(config.get("name") or _region_of(config, session))
    return {
        "id": name,
        "name": name,
        "region": name,
        "description": _DESCRIPTIONS.get(name, name),
        "endpoint": f"ec2.{name}.amazonaws.com",
    }


def availability_zones(config: Values, session: Session) -> Values:
    """The zones of the region, less those excluded."""
    name = _region_of(config, session)
    area, direction, number = name.split("-")[0], name.split("-")[-2], name.split("-")[-1]
    short = f"{area}{_DIRECTIONS.get(direction, direction[:1])}{number}"
    excluded = set(config.get("exclude_names") or [])
    excluded_ids = set(config.get("exclude_zone_ids") or [])
    zones = [
        (f"{name}{letter}", f"{short}-az{place}")
        for place, letter in enumerate(_ZONES.get(name, "abc"), start=1)
        if f"{name}{letter}" not in excluded and f"{short}-az{place}" not in excluded_ids
    ]
    return {
        "id": name,
        "names": [zone for zone, _ in zones],
        "zone_ids": [zone_id for _, zone_id in zones],
        "group_names": [f"{name}-zg-1"],
    }


def kms_key(config: Values, session: Session) -> Values:
    """A key of the local AWS."""
    _need_cloud("aws_kms_key", session)
    client = session.context.aws("kms", _region_of(config, session))
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
    _need_cloud("aws_kms_alias", session)
    client = session.context.aws("kms", _region_of(config, session))
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


def _need_cloud(type_name: str, session: Session) -> None:
    if not session.context.aws_endpoint:
        raise RealizeError(
            f"The data source {type_name} needs the local AWS", "Start it with `isthmus up`, or plan with --live."
        )


READERS = {
    "aws_availability_zones": availability_zones,
    "aws_caller_identity": caller_identity,
    "aws_kms_alias": kms_alias,
    "aws_kms_key": kms_key,
    "aws_partition": partition,
    "aws_region": region,
}
