"""AWS: partitions, regions, zones, and the names that services have there."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.realize.base import RealizeError
from isthmus.rehearsal.resources.data_sources import partitions
from isthmus.rehearsal.session import Session

Values = dict[str, Any]

# Zones that differ from the usual a, b, c. AWS documentation, "Regions and Availability Zones", 2026-06.
_ZONES = {
    "us-east-1": "abcdef",
    "us-west-2": "abcd",
    "us-west-1": "ac",
    "ap-northeast-1": "acd",
    "ap-northeast-2": "abcd",
    "ca-central-1": "abd",
}
_DIRECTIONS = {"north": "n", "south": "s", "east": "e", "west": "w", "central": "c"}
_DIRECTIONS |= {"northeast": "ne", "northwest": "nw", "southeast": "se", "southwest": "sw"}
# Regions that an account has without asking for them. AWS documentation, "Enable or disable AWS Regions", 2026-06.
_WITHOUT_OPT_IN = frozenset(
    [
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
        "ap-south-1",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "eu-north-1",
        "sa-east-1",
    ]
)
_GATEWAYS = frozenset({"s3", "dynamodb"})


def region_of(config: Values, session: Session) -> str:
    """The region of a data source: its own, the provider's, or the run's."""
    return str(config.get("region") or session.region or session.context.region)


def partition(config: Values, session: Session) -> Values:
    """The partition of the provider's region."""
    found = partitions.of_region(region_of(config, session))
    return {
        "id": found.name,
        "partition": found.name,
        "dns_suffix": found.dns_suffix,
        "reverse_dns_prefix": found.reverse_dns_prefix,
    }


def region(config: Values, session: Session) -> Values:
    """The region of the provider, or the one asked for."""
    given = str(config.get("endpoint") or "").split(".")
    name = str(config.get("name") or (given[1] if len(given) > 1 else "") or region_of(config, session))
    found = partitions.of_region(name)
    if name not in found.regions:
        raise RealizeError(f'finding Region: region not found for name "{name}"')
    return {
        "id": name,
        "name": name,
        "region": name,
        "description": found.regions[name],
        "endpoint": f"ec2.{name}.{found.dns_suffix}",
    }


def regions(config: Values, session: Session) -> Values:
    """The regions that an account has, or all of them; filters by region-name and opt-in-status."""
    found = partitions.of_region(region_of(config, session))
    names = set(found.regions)
    if not config.get("all_regions") and found.name == "aws":
        names &= _WITHOUT_OPT_IN
    for block in config.get("filter") or []:
        names = {name for name in names if _regional(name, block["name"]) in block["values"]}
    return {"id": found.name, "names": sorted(names)}


def _regional(name: str, attribute: str) -> str:
    values = {
        "region-name": name,
        "endpoint": f"ec2.{name}.amazonaws.com",
        "opt-in-status": "opt-in-not-required" if name in _WITHOUT_OPT_IN else "not-opted-in",
    }
    if attribute not in values:
        raise RealizeError(f"reading EC2 Regions: The filter '{attribute}' is invalid")
    return values[attribute]


def zones_of(name: str) -> list[tuple[str, str]]:
    """Names and ids of a region's zones. The letters of an account are its own; ids are here in their order."""
    area, direction, number = name.split("-")[0], name.split("-")[-2], name.split("-")[-1]
    short = f"{area}{_DIRECTIONS.get(direction, direction[:1])}{number}"
    return [(f"{name}{letter}", f"{short}-az{place}") for place, letter in enumerate(_ZONES.get(name, "abc"), start=1)]


def availability_zones(config: Values, session: Session) -> Values:
    """The zones of the region, less those excluded."""
    name = region_of(config, session)
    excluded = {*(config.get("exclude_names") or []), *(config.get("exclude_zone_ids") or [])}
    found = [zone for zone in zones_of(name) if not excluded & set(zone)]
    return {
        "id": name,
        "names": [zone for zone, _ in found],
        "zone_ids": [zone_id for _, zone_id in found],
        "group_names": [f"{name}-zg-1"],
    }


def availability_zone(config: Values, session: Session) -> Values:
    """One zone, by name or id."""
    region_name = region_of(config, session)
    for name, zone_id in zones_of(region_name):
        if config.get("name") in (None, name) and config.get("zone_id") in (None, zone_id):
            return {
                "id": name,
                "name": name,
                "zone_id": zone_id,
                "name_suffix": name.removeprefix(region_name),
                "region": region_name,
                "group_name": f"{region_name}-zg-1",
                "network_border_group": region_name,
                "opt_in_status": "opt-in-not-required",
                "state": "available",
                "zone_type": "availability-zone",
            }
    raise RealizeError("no matching EC2 Availability Zone found")


def service(config: Values, session: Session) -> Values:
    """The names of a service's endpoint, from whichever of them is given."""
    name, service_id = region_of(config, session), config.get("service_id")
    if config.get("reverse_dns_name"):
        *_, name, service_id = str(config["reverse_dns_name"]).split(".")
    elif config.get("dns_name"):
        service_id, name = str(config["dns_name"]).split(".")[:2]
    found = partitions.of_region(name)
    return {
        "id": f"{found.reverse_dns_prefix}.{name}.{service_id}",
        "dns_name": f"{service_id}.{name}.{found.dns_suffix}",
        "partition": found.name,
        "region": name,
        "reverse_dns_name": f"{found.reverse_dns_prefix}.{name}.{service_id}",
        "reverse_dns_prefix": found.reverse_dns_prefix,
        "service_id": service_id,
        "supported": True,
    }


def service_principal(config: Values, session: Session) -> Values:
    """The principal of a service, as policies name it."""
    name = region_of(config, session)
    suffix = "amazonaws.com"
    return {
        "id": f"{config['service_name']}.{name}.{suffix}",
        "name": f"{config['service_name']}.{suffix}",
        "region": name,
        "suffix": suffix,
    }


def vpc_endpoint_service(config: Values, session: Session) -> Values:
    """A service of AWS itself that VPC endpoints can lead to; others' can't be known."""
    name = region_of(config, session)
    found = partitions.of_region(name)
    prefix = f"{found.reverse_dns_prefix}.{name}."
    full = str(config.get("service_name") or prefix + str(config.get("service")))
    if not full.startswith(prefix):
        raise RealizeError(f"reading EC2 VPC Endpoint Service ({full})", "Only those of AWS are known in a rehearsal.")
    short = full.removeprefix(prefix)
    kind = config.get("service_type") or ("Gateway" if short in _GATEWAYS else "Interface")
    return {
        "id": full,
        "arn": f"arn:{found.name}:ec2:{name}:{session.account_id}:vpc-endpoint-service/{short}",
        "service_name": full,
        "service_type": kind,
        "availability_zones": [zone for zone, _ in zones_of(name)],
        "owner": "amazon",
        "private_dns_name": "" if kind == "Gateway" else f"{short}.{name}.{found.dns_suffix}",
        "private_dns_names": [] if kind == "Gateway" else [f"{short}.{name}.{found.dns_suffix}"],
        "base_endpoint_dns_names": [f"{short}.{name}.vpce.{found.dns_suffix}"],
        "supported_ip_address_types": ["ipv4"],
        "vpc_endpoint_policy_supported": True,
    }


READERS = {
    "aws_availability_zone": availability_zone,
    "aws_availability_zones": availability_zones,
    "aws_partition": partition,
    "aws_region": region,
    "aws_regions": regions,
    "aws_service": service,
    "aws_service_principal": service_principal,
    "aws_vpc_endpoint_service": vpc_endpoint_service,
}
