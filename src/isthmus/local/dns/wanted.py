"""What the laptop's edge is made with: the variables of the edge stacks, and which ingest is behind which address.

An operator writes the same into an environment's file, step by step, as the stacks put it out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import msgspec

from isthmus.core.errors import ConfigurationError
from isthmus.local.rundir import RunDirectory, write_atomically

ENVIRONMENT = "dev"
"""The environment of everything on the laptop."""
DOMAIN = "events.example.com"
FEATURES = {"edge": True, "network": True}
"""The edge, and what it needs of the layers below."""
EVEN = {"aws": 50, "gcp": 50}
UNKNOWN_ADDRESS = "198.51.100.10"
"""Of AWS, until its edge has put out another: an address for documentation (RFC 5737), where nobody answers."""


@dataclass(frozen=True)
class Made:
    """What a cloud's edge put out: addresses (none where it has none of its own), servers of its zone, proof."""

    cloud: str
    addresses: list[str]
    name_servers: list[str]
    proof: Mapping[str, str] | None
    digest: str


@dataclass(frozen=True)
class Wanted:
    """The edge that is wanted.

    Attributes:
        weights: Shares of the traffic; 0 makes a cloud the other's standby.
        before: The weights before a drain; None while nothing is drained.
        addresses: What answers for each cloud, as its edge put it out.
        name_servers: Each provider's servers of the zone, once known.
        proofs: The record that proves each cloud's certificate, once known.
        applied: For each cloud, the digest of what was applied last.
    """

    weights: Mapping[str, int] = field(default_factory=lambda: dict(EVEN))
    before: Mapping[str, int] | None = None
    addresses: Mapping[str, list[str]] = field(default_factory=lambda: {"aws": [UNKNOWN_ADDRESS], "gcp": []})
    name_servers: Mapping[str, list[str]] = field(default_factory=lambda: {"aws": [], "gcp": []})
    proofs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    applied: Mapping[str, str] = field(default_factory=dict)

    def learned(self, made: Made) -> Wanted:
        """The same with what a cloud's edge put out."""
        return replace(
            self,
            addresses={**self.addresses, made.cloud: sorted(made.addresses) or self.addresses[made.cloud]},
            name_servers={**self.name_servers, made.cloud: sorted(made.name_servers)},
            proofs={**self.proofs, **({made.cloud: made.proof} if made.proof else {})},
            applied={**self.applied, made.cloud: made.digest},
        )

    def variables(self) -> dict[str, str]:
        """The Terraform variables of both edge stacks."""
        failover: dict[str, Any] = {
            "domain": DOMAIN,
            "addresses": self.addresses,
            "name_servers": self.name_servers,
            "proofs": self.proofs,
            "weights": self.weights,
        }
        return {"features": json.dumps(FEATURES), "failover": json.dumps(failover)}


def path(run: RunDirectory) -> Path:
    """Where a run keeps it."""
    return run.data("control") / "edge.json"


def read(run: RunDirectory) -> Wanted | None:
    """What a run's edge was made with; None before there is one.

    Raises:
        ConfigurationError: The file can't be read.
    """
    try:
        return msgspec.json.decode(path(run).read_bytes(), type=Wanted)
    except FileNotFoundError:
        return None
    except msgspec.DecodeError as error:
        raise ConfigurationError(
            f"the record of this run's edge can't be read ({error})", where=str(path(run)), fix="delete the file"
        ) from error


def write(run: RunDirectory, wanted: Wanted) -> None:
    """Keeps it."""
    path(run).parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path(run), msgspec.json.encode(wanted).decode())
