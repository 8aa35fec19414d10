"""AWS: what every account has from the start."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from isthmus.rehearsal.resources.data_sources.aws_places import region_of, zones_of
from isthmus.rehearsal.resources.data_sources.standing import Finder, Standing, filters, made_up
from isthmus.rehearsal.session import Session

Values = dict[str, Any]

_PUBLISHERS = {"amazon": "137112412989", "aws-marketplace": "679593333241", "microsoft": "801119661308"}
"""Accounts behind the aliases of AMI owners. AWS documentation, "Find an AMI", 2026-06."""
_DEFAULT_CIDR = "172.31.0.0/16"
"""AWS documentation, "Default VPCs": a /16, and a /20 of it for each zone; 2026-06."""
_EDGE_POLICIES = {
    # CloudFront documentation, "Use managed cache policies", "… origin request policies", "… response headers
    # policies", 2026-06.
    "aws_cloudfront_cache_policy": {
        "Managed-Amplify": "2e54312d-136d-493c-8eb9-b001f22f67d2",
        "Managed-CachingDisabled": "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
        "Managed-CachingOptimized": "658327ea-f89d-4fab-a63d-7e88639e58f6",
        "Managed-CachingOptimizedForUncompressedObjects": "b2884449-e4de-46a7-ac36-70bc7f1ddd6d",
        "Managed-Elemental-MediaPackage": "08627262-05a9-4f76-9ded-b50ca2e3a84f",
        "UseOriginCacheControlHeaders": "83da9c7e-98b4-4e11-a168-04f0df8e2c65",
        "UseOriginCacheControlHeaders-QueryStrings": "4cc15a8a-d715-48a4-82b8-cc0b614638fe",
    },
    "aws_cloudfront_origin_request_policy": {
        "Managed-AllViewer": "216adef6-5c7f-47e4-b989-5492eafa07d3",
        "Managed-AllViewerAndCloudFrontHeaders-2022-06": "33f36d7e-f396-46d9-90e0-52428a34d9dc",
        "Managed-AllViewerExceptHostHeader": "b689b0a8-53d0-40ab-baf2-68738e2966ac",
        "Managed-CORS-CustomOrigin": "59781a5b-3903-41f3-afcb-af62929ccde1",
        "Managed-CORS-S3Origin": "88a5eaf4-2fd4-4709-b370-b4c650ea3fcf",
        "Managed-UserAgentRefererHeaders": "acba4595-bd28-49b8-b9fe-13317c0390fa",
    },
    "aws_cloudfront_response_headers_policy": {
        "Managed-CORS-and-SecurityHeadersPolicy": "e61eb60c-9c35-4d20-a928-2b84e02af89c",
        "Managed-CORS-With-Preflight": "5cc3b908-e619-4b99-88e5-2cf7f45965bd",
        "Managed-CORS-with-preflight-and-SecurityHeadersPolicy": "eaab4381-ed33-4a86-88ca-d9558dc6cd63",
        "Managed-SecurityHeadersPolicy": "67f7725c-6f97-4210-82d7-5512b31e9d03",
        "Managed-SimpleCORS": "60669652-455b-4ae9-85a4-c4c02393f86c",
    },
}


def image(config: Values, session: Session) -> Standing | None:
    """The newest image of Amazon or of another publisher; not one of the account's own."""
    owners = config.get("owners") or []
    if not owners or "self" in owners or session.account_id in owners:
        return None
    asked = filters(config)
    name = (asked.get("name") or [config.get("name_regex") or "image"])[0].replace("*", "0")
    image_id = made_up("ami", region_of(config, session), owners, sorted(asked.items()), config.get("name_regex"))
    owner = _PUBLISHERS.get(owners[0], owners[0])
    values = {
        "id": image_id,
        "image_id": image_id,
        "arn": f"arn:{session.partition}:ec2:{region_of(config, session)}::image/{image_id}",
        "name": name,
        "owner_id": owner,
        "architecture": (asked.get("architecture") or ["arm64" if "arm64" in name else "x86_64"])[0],
        "root_device_name": "/dev/xvda" if owners[0] == "amazon" else "/dev/sda1",
        "root_device_type": "ebs",
        "virtualization_type": "hvm",
        "image_type": "machine",
        "hypervisor": "xen",
        "ena_support": True,
        "public": True,
        "state": "available",
    }
    return Standing(values, "its id and name")


def parameter(config: Values, session: Session) -> Standing | None:
    """A parameter that AWS itself publishes, below `/aws/service/`."""
    name = str(config["name"])
    if not name.startswith("/aws/service/"):
        return None
    seed = (region_of(config, session), name)
    value = made_up("ami", *seed) if "ami" in name or "image_id" in name else hashlib.sha256(name.encode()).hexdigest()
    return Standing(
        {
            "id": name,
            "arn": f"arn:{session.partition}:ssm:{region_of(config, session)}::parameter{name}",
            "type": "String",
            "value": value,
            "insecure_value": value,
            "version": 1,
        },
        "its value",
    )


def managed_policy(config: Values, session: Session) -> Standing | None:
    """A policy that AWS manages, by its ARN; a name alone may be the account's own."""
    arn = str(config.get("arn") or "")
    prefix = f"arn:{session.partition}:iam::aws:policy/"
    if not arn.startswith(prefix):
        return None
    *path, name = arn.removeprefix(prefix).split("/")
    values = {
        "id": arn,
        "arn": arn,
        "name": name,
        "path": "/".join(["", *path, ""]),
        "policy": '{"Version":"2012-10-17","Statement":[]}',
        "policy_id": made_up("ANPA", arn).replace("-", "").upper(),
    }
    return Standing(values, "its document (empty here) and policy_id")


def managed_alias(config: Values, session: Session) -> Standing | None:
    """The alias of a key that AWS manages, as `alias/aws/s3`."""
    name = str(config["name"])
    if not name.startswith("alias/aws/"):
        return None
    place = f"arn:{session.partition}:kms:{region_of(config, session)}:{session.account_id}"
    key = str(uuid.UUID(hashlib.sha256(f"{place}{name}".encode()).hexdigest()[:32]))
    arn = f"{place}:{name}"
    values = {"id": arn, "arn": arn, "target_key_id": key, "target_key_arn": f"{place}:key/{key}"}
    return Standing(values, "the id of its key")


def prefix_list(config: Values, session: Session) -> Standing | None:
    """The addresses of a service in a region, as AWS lists them for routes and security groups."""
    name = str(config.get("name") or (filters(config).get("prefix-list-name") or [""])[0])
    if not name.startswith(("com.amazonaws.", "cn.com.amazonaws.")):
        return None
    list_id = made_up("pl", region_of(config, session), name)
    arn = f"arn:{session.partition}:ec2:{region_of(config, session)}:aws:prefix-list/{list_id}"
    return Standing(
        {"id": list_id, "name": name, "arn": arn, "owner_id": "AWS"}, "its id and its addresses (none here)"
    )


def edge_policy(type_name: str) -> Finder:
    """A finder of the policies that CloudFront manages, by their names."""

    def find(config: Values, session: Session) -> Standing | None:
        ids = _EDGE_POLICIES[type_name]
        found = {
            name: name_id for name, name_id in ids.items() if config.get("name") == name or config.get("id") == name_id
        }
        return next((Standing({"id": name_id, "name": name}) for name, name_id in found.items()), None)

    return find


def default_vpc(config: Values, session: Session) -> Standing | None:
    """The VPC that each region has from the start."""
    region, vpc = region_of(config, session), _vpc_id(config, session)
    asked = filters(config)
    wanted = config.get("default") is True or config.get("id") == vpc or "true" in asked.get("is-default", [])
    if not wanted:
        return None
    values = {
        "id": vpc,
        "arn": f"arn:{session.partition}:ec2:{region}:{session.account_id}:vpc/{vpc}",
        "cidr_block": _DEFAULT_CIDR,
        "default": True,
        "enable_dns_hostnames": True,
        "enable_dns_support": True,
        "instance_tenancy": "default",
        "main_route_table_id": made_up("rtb", vpc),
        "owner_id": session.account_id,
        "state": "available",
        "tags": {},
    }
    return Standing(values, "its ids")


def default_subnets(config: Values, session: Session) -> Standing | None:
    """The subnets of the default VPC, one a zone."""
    asked = filters(config)
    if _vpc_id(config, session) not in asked.get("vpc-id", []) and "true" not in asked.get("default-for-az", []):
        return None
    region = region_of(config, session)
    return Standing({"id": region, "ids": [made_up("subnet", zone) for zone, _ in zones_of(region)]}, "their ids")


def default_subnet(config: Values, session: Session) -> Standing | None:
    """A subnet of the default VPC, by its id or zone."""
    region, vpc = region_of(config, session), _vpc_id(config, session)
    for place, (zone, zone_id) in enumerate(zones_of(region)):
        subnet = made_up("subnet", zone)
        of_zone = config.get("default_for_az") is True and config.get("availability_zone") == zone
        if config.get("id") == subnet or of_zone:
            values = {
                "id": subnet,
                "arn": f"arn:{session.partition}:ec2:{region}:{session.account_id}:subnet/{subnet}",
                "availability_zone": zone,
                "availability_zone_id": zone_id,
                "cidr_block": f"172.31.{16 * place}.0/20",
                "default_for_az": True,
                "map_public_ip_on_launch": True,
                "vpc_id": vpc,
                "tags": {},
            }
            return Standing(values, "its id")
    return None


def default_group(config: Values, session: Session) -> Standing | None:
    """The security group `default` of a VPC, which comes with it."""
    asked = filters(config)
    vpc = config.get("vpc_id") or (asked.get("vpc-id") or [""])[0]
    if "default" not in (config.get("name"), *asked.get("group-name", [])) or not vpc:
        return None
    group, region = made_up("sg", vpc), region_of(config, session)
    values: Values = {
        "id": group,
        "arn": f"arn:{session.partition}:ec2:{region}:{session.account_id}:security-group/{group}",
        "name": "default",
        "description": "default VPC security group",
        "vpc_id": vpc,
        "tags": {},
    }
    return Standing(values, "its id")


def _vpc_id(config: Values, session: Session) -> str:
    return made_up("vpc", session.account_id, region_of(config, session))


STANDING: dict[str, Finder] = {
    "aws_ami": image,
    "aws_ec2_managed_prefix_list": prefix_list,
    "aws_iam_policy": managed_policy,
    "aws_kms_alias": managed_alias,
    "aws_prefix_list": prefix_list,
    "aws_security_group": default_group,
    "aws_ssm_parameter": parameter,
    "aws_subnet": default_subnet,
    "aws_subnets": default_subnets,
    "aws_vpc": default_vpc,
    **{name: edge_policy(name) for name in _EDGE_POLICIES},
}
