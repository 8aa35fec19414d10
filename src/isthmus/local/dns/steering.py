"""Which answer each provider gives with which probability: weights, standbys and health, as they document it.

Route 53 (docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html):
nonzero weights are considered first; when all of those are unhealthy, the healthy records of weight 0; when nothing
is healthy, everything is taken for healthy. All weights 0: all alike.

Cloud DNS (cloud.google.com/dns/docs/routing-policies-overview, and the API's words on `healthCheckedTargets`, read on
2026-11-27): healthy endpoints share by weight, a weight's endpoints that are all unhealthy leave the answer to another
one, by weight; a backup answers when no primary endpoint is healthy, and gets the trickle ratio while they are. What
it answers when nothing at all is healthy was not found in either: that everything is taken for healthy, as by Route 53,
is our reading.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Policy = Literal["weighted", "failover", "wrr", "primary_backup"]


@dataclass(frozen=True)
class Target:
    """One of the answers that a policy chooses from.

    Attributes:
        name: What it is called: Route 53's set identifier, or its first address on Cloud DNS.
        values: The addresses that it answers with.
        weight: Its weight; of a failover, 1 for the primary and 0 for the standby.
        probes: The key of the probe that speaks for each address, in the same order; none where nobody probes.
        enough: How many good probes speak for all the addresses together; 0 where each speaks for its own.
        resort: What answers in its place while it is unhealthy: the secondary of a Route 53 alias to a failover set.
    """

    name: str
    values: tuple[str, ...]
    weight: float
    probes: tuple[str, ...] = ()
    enough: int = 0
    resort: Target | None = None


@dataclass(frozen=True)
class Steered:
    """A record set with a policy.

    Attributes:
        name: Its name in small letters, with the last dot.
        kind: The record type.
        ttl: Seconds that an answer may be kept.
        policy: How it chooses.
        targets: What from.
        trickle: Share that a backup gets all the time.
    """

    name: str
    kind: str
    ttl: int
    policy: Policy
    targets: tuple[Target, ...]
    trickle: float = 0.0


@dataclass(frozen=True)
class Share:
    """One answer and its probability."""

    target: str
    values: tuple[str, ...]
    probability: float


@dataclass(frozen=True)
class _Candidate:
    """A target and what it would answer: its own addresses, or its last resort's."""

    target: Target
    name: str
    values: tuple[str, ...] = field(default=())

    @property
    def healthy(self) -> bool:
        return bool(self.values)


Health = Mapping[str, bool]
"""Whether an endpoint is healthy, by the key of its probe; what is missing is taken for healthy."""


def shares(steered: Steered, health: Health) -> list[Share]:
    """Every answer that is possible now, with its probability; the probabilities sum to 1."""
    found = [_candidate(target, health) for target in steered.targets]
    if not any(candidate.healthy for candidate in found):
        found = [_Candidate(target, target.name, target.values) for target in steered.targets]
    if steered.policy in ("failover", "primary_backup"):
        chosen = _primary_first(found, steered.trickle)
    else:
        chosen = _by_weight(found)
    chances: dict[tuple[str, tuple[str, ...]], float] = {}
    for one, probability in chosen:
        chances[one.name, one.values] = chances.get((one.name, one.values), 0.0) + probability
    return [Share(*answer, probability) for answer, probability in chances.items() if probability > 0]


def pick(possible: Sequence[Share], draw: float) -> Share:
    """The answer that a number from 0 up to 1 falls on."""
    for share in possible:
        draw -= share.probability
        if draw < 0:
            return share
    return possible[-1]


def _candidate(target: Target, health: Health) -> _Candidate:
    values = _healthy_values(target, health)
    if not values and target.resort:
        return _Candidate(target, target.resort.name, _healthy_values(target.resort, health))
    return _Candidate(target, target.name, values)


def _healthy_values(target: Target, health: Health) -> tuple[str, ...]:
    if not target.probes:
        return target.values
    if target.enough:
        good = sum(health.get(probe, True) for probe in target.probes)
        return target.values if good >= target.enough else ()
    pairs = zip(target.values, target.probes, strict=True)
    return tuple(value for value, probe in pairs if health.get(probe, True))


def _by_weight(found: Sequence[_Candidate]) -> list[tuple[_Candidate, float]]:
    healthy = [one for one in found if one.healthy]
    total = sum(one.target.weight for one in healthy)
    if total > 0:
        return [(one, one.target.weight / total) for one in healthy]
    return [(one, 1 / len(healthy)) for one in healthy]


def _primary_first(found: Sequence[_Candidate], trickle: float) -> list[tuple[_Candidate, float]]:
    primaries = [one for one in found if one.target.weight > 0 and one.healthy]
    backups = [one for one in found if one.target.weight == 0 and one.healthy]
    if not primaries:
        return [(backups[0], 1.0)]
    if not backups or not trickle:
        return [(primaries[0], 1.0)]
    return [(primaries[0], 1 - trickle), (backups[0], trickle)]
