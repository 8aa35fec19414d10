"""Both authorities on loopback ports, answering the zones that Terraform makes."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from isthmus.local import stacks
from isthmus.local.dns import server
from isthmus.local.dns.authority import Authority
from isthmus.local.dns.wanted import Made, Wanted
from isthmus.local.dns.zones import Zone, zone_of
from isthmus.local.ports import bind_loopback
from isthmus.rehearsal import runner
from isthmus.rehearsal.stack import stack_of

ROOT = Path(__file__).resolve().parents[3]
ASSUMED_ADDRESS = "203.0.113.250"
"""Google's address where its platform wasn't applied: terraform/stacks/edge/gcp/assumed.json."""

MakeZones = Callable[[int, int], dict[str, Zone]]


@pytest.fixture(scope="session")
def zones_with(tmp_path_factory: pytest.TempPathFactory) -> MakeZones:
    """Applies both edge stacks with these weights, recorded only, and reads their zones."""
    run_dir = tmp_path_factory.mktemp("edge")
    known = Wanted(addresses={"aws": ["198.51.100.10"], "gcp": [ASSUMED_ADDRESS]})

    def apply(cloud: str, wanted: Wanted) -> tuple[Zone | None, Made]:
        variables = {**stacks.build_variables(), **wanted.variables()}
        stack = stack_of("dev", f"edge/{cloud}", root=ROOT, run_dir=run_dir, variables=variables)
        done = runner.execute(stack, ["apply", "-input=false", "-auto-approve"])
        assert done.code == 0, done
        state = runner.state(stack) or {}
        out = {name: output["value"] for name, output in state["outputs"].items()}
        made = Made(cloud, list(out.get("addresses", ())), out["name_servers"], out["validation"], "")
        return zone_of(cloud, state), made

    def make(aws: int, gcp: int) -> dict[str, Zone]:
        nonlocal known
        known = Wanted({"aws": aws, "gcp": gcp}, None, known.addresses, known.name_servers, known.proofs)
        found: dict[str, Zone] = {}
        for _ in range(2 if not known.proofs else 1):  # each must learn of the other once
            for cloud in ("gcp", "aws"):
                zone, made = apply(cloud, known)
                assert zone is not None
                found[cloud] = zone
                known = known.learned(made)
        if found["gcp"].steered[0].targets[0].values != tuple(known.addresses["aws"]):
            zone, _ = apply("gcp", known)
            assert zone is not None
            found["gcp"] = zone
        return found

    return make


@dataclass
class Authorities:
    """Both authorities, their ports, and the health that they are told."""

    authorities: dict[str, Authority]
    ports: dict[str, int]
    health: dict[str, bool] = field(default_factory=dict)

    def serve(self, zones: dict[str, Zone]) -> None:
        for cloud, zone in zones.items():
            self.authorities[cloud].serve(zone)


@pytest.fixture
def served() -> Iterator[Authorities]:
    """Both authorities, listening."""
    health: dict[str, bool] = {}
    both = {cloud: Authority(cloud, lambda: health) for cloud in ("aws", "gcp")}
    ports = {cloud: _free_port() for cloud in both}
    loop, stop, ready = asyncio.new_event_loop(), asyncio.Event(), threading.Event()

    async def listen() -> None:
        async with (
            server.listening(ports["aws"], both["aws"].handle),
            server.listening(ports["gcp"], both["gcp"].handle),
        ):
            ready.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(listen()))
    thread.start()
    assert ready.wait(10)
    yield Authorities(both, ports, health)
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


def _free_port() -> int:
    with bind_loopback() as sock:
        port: int = sock.getsockname()[1]
    return port
