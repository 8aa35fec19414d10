"""What the control process says of DNS, as values: for `isthmus failover` and the drill."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.local.control.client import ControlClient
from isthmus.local.dns import states, wanted
from isthmus.local.dns.authority import PROVIDERS
from isthmus.local.dns.steering import Steered
from isthmus.local.dns.zones import Probe, Zone, zone_of
from isthmus.local.ports import DNS_PORTS
from isthmus.local.rundir import RunDirectory


@dataclass(frozen=True)
class Provider:
    """One provider's zone as Terraform made it, and where it answers.

    Attributes:
        cloud: `aws` or `gcp`.
        zone: Its zone.
        port: Port of its authority.
    """

    cloud: str
    zone: Zone
    port: int

    @property
    def name(self) -> str:
        """`Route 53` or `Cloud DNS`."""
        return PROVIDERS[self.cloud]

    @property
    def ingest(self) -> Steered:
        """The record that senders ask for."""
        return next(one for one in self.zone.steered if (one.name, one.kind) == (self.zone.origin, "A"))

    def probes(self, addresses: list[str]) -> list[Probe]:
        """The probes of these addresses."""
        return [probe for probe in self.zone.probes if probe.address in addresses]


def providers(run: RunDirectory) -> dict[str, Provider]:
    """Both providers of a run whose edge was made.

    Raises:
        ConfigurationError: A zone is missing.
    """
    ports = run.read().ports
    found = {}
    for cloud, state in states.read(run).items():
        zone = zone_of(cloud, state)
        if zone is None or not any((one.name, one.kind) == (zone.origin, "A") for one in zone.steered):
            raise ConfigurationError(
                f"{PROVIDERS[cloud]} has no zone with a policy",
                where=f"edge/{cloud}",
                fix=f"see `isthmus tf {wanted.ENVIRONMENT} edge/{cloud} plan`",
            )
        found[cloud] = Provider(cloud, zone, ports[DNS_PORTS[cloud]])
    return found


class Dns:
    """The DNS service of a run's control process."""

    def __init__(self, run: RunDirectory) -> None:
        self._client = ControlClient(run)

    def status(self) -> dict[str, Any]:
        """Zones, shares, health and answers given."""
        found: dict[str, Any] = self._client.call("GET", "/dns/status")
        return found

    def run_at(self, speed: float, seconds: float) -> None:
        """Makes health checks run faster for a while."""
        self._client.call("POST", "/dns/speed", {"speed": speed, "seconds": seconds})

    def outage(self, cloud: str, how: str) -> None:
        """Stops one authority (`silent`, `servfail`), or ends that ("")."""
        self._client.call("POST", "/dns/outage", {"cloud": cloud, "how": how})


def endpoints(status: Mapping[str, Any], provider: str, addresses: list[str]) -> list[Mapping[str, Any]]:
    """The endpoints with these addresses as one provider's checkers see them."""
    return [one for one in status["authorities"][provider]["endpoints"] if one["address"] in addresses]
