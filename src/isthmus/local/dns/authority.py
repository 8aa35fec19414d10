"""One provider's authority: its zone, what it is asked, and an outage where one is wanted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Literal

from dnslib import RCODE

from isthmus.local.dns import answers, messages
from isthmus.local.dns.steering import Health, shares
from isthmus.local.dns.zones import Zone

Outage = Literal["", "silent", "servfail"]
"""How an authority is out: it says nothing at all, or that it failed."""
OUTAGES: tuple[Outage, ...] = ("silent", "servfail")
PROVIDERS = {"aws": "Route 53", "gcp": "Cloud DNS"}


class Authority:
    """Answers for one provider.

    Args:
        cloud: `aws` or `gcp`.
        health: Looks up the verdicts now.

    Attributes:
        zone: What it answers for; None before Terraform has made one.
        outage: How it is out; "" while it is well.
        asked: Questions that came, those in an outage too.
        given: How often it answered with each address.
    """

    def __init__(self, cloud: str, health: Callable[[], Health]) -> None:
        self.cloud = cloud
        self.outage: Outage = ""
        self.asked = 0
        self.given: Counter[str] = Counter()
        self._health = health
        self._zonal: answers.Zonal | None = None

    @property
    def zone(self) -> Zone | None:
        """What it answers for."""
        return self._zonal.zone if self._zonal else None

    def serve(self, zone: Zone | None) -> None:
        """Answers for this zone from now on."""
        self._zonal = answers.Zonal(zone) if zone else None

    def handle(self, wire: bytes, udp: bool) -> bytes | None:
        """Answers one message; None where nothing is to be sent."""
        asked = messages.read(wire)
        if asked is None:
            return None
        self.asked += 1
        if self.outage:
            return answers.failure(asked, RCODE.SERVFAIL, udp=udp) if self.outage == "servfail" else None
        if self._zonal is None:
            return answers.failure(asked, RCODE.REFUSED, udp=udp)
        reply = self._zonal.answer(asked, self._health(), udp=udp)
        for values in reply.given.values():
            self.given.update(values)
        return reply.wire

    def facts(self) -> dict[str, Any]:
        """What it would say and has said, as JSON values."""
        steered = self.zone.steered if self.zone else ()
        return {
            "provider": PROVIDERS[self.cloud],
            "zone": self.zone.origin if self.zone else None,
            "outage": self.outage,
            "asked": self.asked,
            "given": dict(self.given),
            "records": [
                {
                    "name": one.name,
                    "type": one.kind,
                    "ttl": one.ttl,
                    "policy": one.policy,
                    "targets": [
                        {"name": target.name, "values": target.values, "weight": target.weight, "probes": target.probes}
                        for target in one.targets
                    ],
                    "shares": [share.__dict__ for share in shares(one, self._health())],
                }
                for one in steered
            ],
        }
