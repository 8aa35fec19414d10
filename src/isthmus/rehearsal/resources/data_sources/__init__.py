"""The data sources that the rehearsal answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from isthmus.rehearsal.resources.data_sources import (
    aws,
    aws_places,
    aws_standing,
    google,
    google_agents,
    google_standing,
    policy_document,
)
from isthmus.rehearsal.resources.data_sources.standing import Finder
from isthmus.rehearsal.session import Session

Reader = Callable[[dict[str, Any], Session], dict[str, Any]]
"""Takes the configuration and the session; returns the values found."""

READERS: Mapping[str, Reader] = {
    **aws.READERS,
    **aws_places.READERS,
    **google.READERS,
    **google_agents.READERS,
    "aws_iam_policy_document": policy_document.read,
}
"""By data source type."""

LIVE: Mapping[str, Reader] = {**aws.LIVE, **google.LIVE}
"""Those that the local clouds answer, where they are up."""

STANDING: Mapping[str, Finder] = {**aws_standing.STANDING, **google_standing.STANDING}
"""What every account has, looked at where nothing else answers."""

LISTS: Mapping[str, str] = {
    "aws_ebs_volumes": "aws_ebs_volume",
    "aws_instances": "aws_instance",
    "aws_internet_gateways": "aws_internet_gateway",
    "aws_nat_gateways": "aws_nat_gateway",
    "aws_network_acls": "aws_network_acl",
    "aws_network_interfaces": "aws_network_interface",
    "aws_route_tables": "aws_route_table",
    "aws_security_groups": "aws_security_group",
    "aws_subnets": "aws_subnet",
    "aws_vpcs": "aws_vpc",
}
"""Data sources that list the ids of all resources of a type."""
