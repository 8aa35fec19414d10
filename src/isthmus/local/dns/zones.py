"""The zones as the two providers have them, read from the Terraform states of the edge stacks."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from isthmus.core.failover import ROUTE53_REGIONS, Checks, cloud_dns, route53
from isthmus.local.dns.steering import Steered, Target

State = Mapping[str, Any]
NAME_SERVERS_TTL = {"aws": 172_800, "gcp": 21_600}
"""Of the name servers that a provider makes with a zone."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RecordSet:
    """Records of one name and type: the name in small letters with its last dot, the values as in a zone file."""

    name: str
    kind: str
    ttl: int
    values: tuple[str, ...]


@dataclass(frozen=True)
class Probe:
    """One endpoint that a provider probes.

    Attributes:
        key: Names the health check and the address.
        address: What is probed; which ingest of this run answers for it says the run.
        path: What is asked.
        checks: How often, from where, with which thresholds.
    """

    key: str
    address: str
    path: str
    checks: Checks


@dataclass(frozen=True)
class Zone:
    """A zone at one provider.

    Attributes:
        cloud: `aws` for Route 53, `gcp` for Cloud DNS.
        origin: Its name in small letters, with the last dot.
        records: What is answered as it is.
        steered: What a policy answers.
        probes: What the provider's checkers ask.
    """

    cloud: str
    origin: str
    records: tuple[RecordSet, ...]
    steered: tuple[Steered, ...]
    probes: tuple[Probe, ...]


def zone_of(cloud: str, state: State) -> Zone | None:
    """The zone that an edge stack made; None where its state has none."""
    return _READERS[cloud](state)


def _route53(state: State) -> Zone | None:
    made = next(_attributes(state, "aws_route53_zone"), None)
    if made is None:
        return None
    servers = [_absolute(server) for server in made["name_servers"]]
    origin = _absolute(made["name"])
    soa = f"{servers[0]} awsdns-hostmaster.amazon.com. 1 7200 900 1209600 86400"
    checks = {check["id"]: check for check in _attributes(state, "aws_route53_health_check")}
    found = [record for record in _attributes(state, "aws_route53_record") if record["zone_id"] == made["zone_id"]]
    return Zone(
        "aws",
        origin,
        _records("aws", origin, 900, soa, servers, [_plain_route53(one) for one in found if not one["set_identifier"]]),
        tuple(_steered_route53([one for one in found if one["set_identifier"]], checks)),
        tuple(_probe_route53(check) for check in checks.values() if check.get("ip_address")),
    )


def _plain_route53(record: State) -> RecordSet:
    return RecordSet(_absolute(record["name"]), record["type"], int(record["ttl"] or 0), tuple(record["records"] or ()))


def _steered_route53(found: Sequence[State], checks: Mapping[str, State]) -> Iterator[Steered]:
    groups: dict[tuple[str, str], list[State]] = {}
    for record in sorted(found, key=lambda one: one["set_identifier"]):
        groups.setdefault((_absolute(record["name"]), record["type"]), []).append(record)
    for (name, kind), records in groups.items():
        pairs = [(record, _led_to(record, groups)) for record in records]
        targets = tuple(_target_route53(record, led_to, checks) for record, led_to in pairs if led_to)
        if targets:
            failover = any(record.get("failover_routing_policy") for record in records)
            ttl = min(int(one["ttl"] or 0) for _, led_to in pairs for one in led_to)
            yield Steered(name, kind, ttl, "failover" if failover else "weighted", targets)


def _led_to(record: State, groups: Mapping[tuple[str, str], Sequence[State]]) -> Sequence[State]:
    """The records whose addresses it answers with, last resort last: itself, or the failover set that it leads to."""
    if record["records"]:
        return [record]
    alias = record["alias"][0]
    aimed = groups.get((_absolute(alias["name"]), record["type"]), ())
    ranks = {one["failover_routing_policy"][0]["type"]: one for one in aimed if one.get("failover_routing_policy")}
    if "PRIMARY" not in ranks or not alias["evaluate_target_health"]:
        name = record["name"]
        logger.warning("%s (%s) leads to %s, and is not answered here", name, record["set_identifier"], alias["name"])
        return []
    return [ranks[rank] for rank in ("PRIMARY", "SECONDARY") if rank in ranks]


def _target_route53(record: State, led_to: Sequence[State], checks: Mapping[str, State]) -> Target:
    failover = record.get("failover_routing_policy") or []
    weighted = record.get("weighted_routing_policy") or []
    weight = float(failover[0]["type"] == "PRIMARY") if failover else float(weighted[0]["weight"])
    first, *further = [_addresses_route53(one, checks) for one in led_to]
    return replace(first, name=record["set_identifier"], weight=weight, resort=further[0] if further else None)


def _addresses_route53(record: State, checks: Mapping[str, State]) -> Target:
    """What one record answers with. Its health check speaks for all of it, as do the children of a calculated one."""
    check = record.get("health_check_id")
    calculated = checks.get(check or "", {})
    children = tuple(sorted(calculated.get("child_healthchecks") or ()))
    enough = int(calculated.get("child_health_threshold") or 0) if children else 1
    probes = children or ((check,) if check else ())
    return Target(record["set_identifier"], tuple(sorted(record["records"])), 0.0, probes, enough)


def _probe_route53(check: State) -> Probe:
    return Probe(check["id"], check["ip_address"], check.get("resource_path") or "/", checks_route53(check))


def checks_route53(check: State) -> Checks:
    """How an `aws_route53_health_check` probes."""
    regions = tuple(check.get("regions") or ()) or ROUTE53_REGIONS
    return route53(float(check["request_interval"]), int(check["failure_threshold"]), regions)


def _cloud_dns(state: State) -> Zone | None:
    made = next(_attributes(state, "google_dns_managed_zone"), None)
    if made is None:
        return None
    origin = _absolute(made["dns_name"])
    servers = list(made["name_servers"])
    serial = int(state.get("serial") or 1)
    soa = f"{servers[0]} cloud-dns-hostmaster.google.com. {serial} 21600 3600 259200 300"
    found = [one for one in _attributes(state, "google_dns_record_set") if one["managed_zone"] == made["name"]]
    checks = {check["id"]: check for check in _attributes(state, "google_compute_health_check")}
    steered = tuple(_steered_cloud_dns(one) for one in found if one.get("routing_policy"))
    plain = [
        RecordSet(_absolute(one["name"]), one["type"], int(one["ttl"] or 0), tuple(one["rrdatas"] or ()))
        for one in found
        if not one.get("routing_policy")
    ]
    return Zone(
        "gcp",
        origin,
        _records("gcp", origin, 21_600, soa, servers, plain),
        steered,
        tuple(_probes_cloud_dns(steered, checks)),
    )


def _steered_cloud_dns(record: State) -> Steered:
    policy = record["routing_policy"][0]
    check = policy.get("health_check") or ""
    name, kind, ttl = _absolute(record["name"]), record["type"], int(record["ttl"] or 0)
    for chosen in policy.get("primary_backup") or ():
        primary = _target_cloud_dns(chosen["primary"][0], 1.0, check)
        backups = [
            _target_cloud_dns(item["health_checked_targets"][0], 0.0, check) for item in chosen["backup_geo"] or ()
        ]
        trickle = float(chosen.get("trickle_ratio") or 0)
        return Steered(name, kind, ttl, "primary_backup", (primary, *backups), trickle)
    targets = [
        _target_cloud_dns(item["health_checked_targets"][0], float(item["weight"]), check) for item in policy["wrr"]
    ]
    return Steered(name, kind, ttl, "wrr", tuple(targets))


def _target_cloud_dns(targets: State, weight: float, check: str) -> Target:
    values = tuple(sorted(targets["external_endpoints"]))
    return Target(values[0], values, weight, tuple(f"{check}@{value}" for value in values) if check else ())


def _probes_cloud_dns(steered: Sequence[Steered], checks: Mapping[str, State]) -> Iterator[Probe]:
    """One of each address: Cloud DNS probes all that its policies name, with the policy's one health check."""
    keys = {
        key: value
        for one in steered
        for target in one.targets
        for key, value in zip(target.probes, target.values, strict=False)
    }
    for key, address in keys.items():
        check = checks.get(key.rpartition("@")[0])
        if check is None:  # Terraform is at work
            continue
        asked = (check.get("https_health_check") or check.get("http_health_check") or [{}])[0]
        yield Probe(key, address, asked.get("request_path") or "/", checks_cloud_dns(check))


def checks_cloud_dns(check: State) -> Checks:
    """How a `google_compute_health_check` with source regions probes."""
    return cloud_dns(
        float(check["check_interval_sec"]),
        int(check["unhealthy_threshold"]),
        int(check["healthy_threshold"]),
        float(check["timeout_sec"]),
        tuple(check["source_regions"]),
    )


def _records(
    cloud: str, origin: str, soa_ttl: int, soa: str, servers: Sequence[str], further: Sequence[RecordSet]
) -> tuple[RecordSet, ...]:
    """What Terraform made, and what the provider makes with every zone; nothing of another zone."""
    within = [one for one in further if one.values and (one.name == origin or one.name.endswith(f".{origin}"))]
    own = [RecordSet(origin, "SOA", soa_ttl, (soa,))]
    if not any((one.name, one.kind) == (origin, "NS") for one in within):
        own.append(RecordSet(origin, "NS", NAME_SERVERS_TTL[cloud], tuple(servers)))
    return (*own, *within)


def _attributes(state: State, kind: str) -> Iterator[State]:
    for resource in state.get("resources", ()):
        if resource["type"] == kind and resource.get("mode", "managed") == "managed":
            for instance in resource["instances"]:
                yield instance["attributes"]


def _absolute(name: str) -> str:
    return name.rstrip(".").lower() + "."


_READERS: Mapping[str, Callable[[State], Zone | None]] = {"aws": _route53, "gcp": _cloud_dns}
