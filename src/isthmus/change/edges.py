"""How an environment's edge probes and how long its answers are kept, read from the plans of its stacks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isthmus.change import plans
from isthmus.core.errors import ConfigurationError
from isthmus.core.failover import Checks
from isthmus.local.dns.zones import checks_cloud_dns, checks_route53

ALIAS_TTL = 60
"""Of a Route 53 alias to a load balancer or an API, whatever the zone says."""


@dataclass(frozen=True)
class Settings:
    """How a provider (`aws` for Route 53, `gcp` for Cloud DNS) watches and answers."""

    cloud: str
    checks: Checks
    ttl_seconds: int


def settings(environment: str, root: Path, variables: Mapping[str, str], run_dir: Path) -> list[Settings]:
    """The settings of both providers in an environment.

    Raises:
        ConfigurationError: There is no such environment, its edge can't be planned, or it has none.
    """
    wanted = plans.targets(root, [environment], ["edge/aws", "edge/gcp"])
    found = []
    for planned in plans.plan_all(root, wanted, variables, run_dir):
        if not planned.document:
            raise ConfigurationError(
                f"{planned.target} can't be planned: {'; '.join(problem.message for problem in planned.problems)}",
                where=str(planned.target),
                fix=f"see `isthmus check --env {environment}`",
            )
        found += _READERS[planned.target.stack](list(_resources(planned.plan["planned_values"]["root_module"])))
    if len(found) < len(wanted):
        raise ConfigurationError(
            f"{environment} has no edge", where="terraform/environments", fix="switch features.edge on, or name another"
        )
    return found


def _aws(resources: list[Mapping[str, Any]]) -> list[Settings]:
    """An alias to records of the zone is kept as long as they are."""
    checks = [one for one in _of(resources, "aws_route53_health_check") if one["type"] != "CALCULATED"]
    steered = [one for one in _of(resources, "aws_route53_record") if one.get("set_identifier")]
    ttl = max((one["ttl"] for one in steered if one.get("ttl")), default=ALIAS_TTL)
    return [Settings("aws", checks_route53(checks[0]), ttl)] if checks else []


def _gcp(resources: list[Mapping[str, Any]]) -> list[Settings]:
    checks = [one for one in _of(resources, "google_compute_health_check") if one.get("source_regions")]
    steered = [one for one in _of(resources, "google_dns_record_set") if one.get("routing_policy")]
    return [Settings("gcp", checks_cloud_dns(checks[0]), steered[0]["ttl"])] if checks and steered else []


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _of(resources: list[Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    return [one["values"] for one in resources if one["type"] == kind]


_READERS = {"edge/aws": _aws, "edge/gcp": _gcp}
