"""DNS in the control process: both authorities, their health checkers, and what an operator may ask of them.

GET  /dns/status     zones, shares, health with the last probes, answers given
POST /dns/speed      {"speed": 20, "seconds": 60}: health checks run faster for a while
POST /dns/outage     {"cloud": "aws", "how": "silent"}: one authority is out; "servfail", or "" for none
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, TypeGuard

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from isthmus.local.control.service import Context, Service
from isthmus.local.dns import server, wanted
from isthmus.local.dns.authority import OUTAGES, Authority
from isthmus.local.dns.checkers import Checkers
from isthmus.local.dns.clock import SPEED_MAX, FastClock
from isthmus.local.dns.states import Watched
from isthmus.local.dns.zones import Probe, zone_of
from isthmus.local.endpoints import Endpoints
from isthmus.local.ports import DNS_PORTS
from isthmus.local.rundir import RunDirectory

LOOK_SECONDS = 0.2
"""How soon a change of the zones is answered; the real providers take up to a minute."""
LEASE_SECONDS_MAX = 3600.0


class Dns:
    """The service: its zones follow the Terraform states of the edge."""

    def __init__(self) -> None:
        self._clock = FastClock()
        self._checkers: Checkers | None = None
        self._urls: dict[str, str] = {}
        self._authorities = {cloud: Authority(cloud, self._health) for cloud in DNS_PORTS}

    async def run(self, context: Context) -> None:
        """Answers and probes until it is cancelled."""
        ports = context.run.read().ports
        self._checkers = Checkers(self._clock, self._urls.get)
        async with contextlib.AsyncExitStack() as stack:
            stack.push_async_callback(self._checkers.close)
            for cloud, authority in self._authorities.items():
                await stack.enter_async_context(server.listening(ports[DNS_PORTS[cloud]], authority.handle))
            await self._follow(context.run)

    def routes(self, context: Context) -> Sequence[BaseRoute]:
        """What an operator may ask."""
        return [
            Route("/status", self._status),
            Route("/speed", self._set_speed, methods=["POST"]),
            Route("/outage", self._set_outage, methods=["POST"]),
        ]

    async def _follow(self, run: RunDirectory) -> None:
        watched = Watched(run)
        while True:
            states = await watched.changed()
            if states is not None:
                self._locate(run)
                for cloud, state in states.items():
                    self._authorities[cloud].serve(zone_of(cloud, state))
                if self._checkers is not None:
                    self._checkers.watch(self._probes())
            await asyncio.sleep(LOOK_SECONDS)

    def _locate(self, run: RunDirectory) -> None:
        """Learns which ingest, behind its fault proxy, has which address."""
        self._urls.clear()
        edge = wanted.read(run)
        record = run.read()
        if edge is None or set(record.outputs) < {"aws", "gcp"}:
            return
        ingests = Endpoints.of(record).ingests
        for cloud, addresses in edge.addresses.items():
            self._urls.update(dict.fromkeys(addresses, ingests[cloud]))

    def _probes(self) -> list[Probe]:
        return [probe for one in self._authorities.values() if one.zone for probe in one.zone.probes]

    def _health(self) -> dict[str, bool]:
        return self._checkers.health() if self._checkers else {}

    async def _status(self, request: Request) -> JSONResponse:
        checkers = self._checkers
        authorities = {}
        for cloud, authority in self._authorities.items():
            probes = authority.zone.probes if authority.zone else ()
            endpoints = [checkers.facts(probe) for probe in probes] if checkers else []
            authorities[cloud] = {**authority.facts(), "endpoints": endpoints}
        changes = [asdict(change) for change in checkers.changes] if checkers else []
        return JSONResponse({"speed": self._clock.speed, "authorities": authorities, "changes": changes})

    async def _set_speed(self, request: Request) -> JSONResponse:
        body = await _body(request)
        speed, seconds = body.get("speed"), body.get("seconds")
        if not _number(speed) or not 1 <= speed <= SPEED_MAX:
            return _refused(f"speed is {speed}; 1 to {SPEED_MAX:g}")
        if not _number(seconds) or not 0 < seconds <= LEASE_SECONDS_MAX:
            return _refused(f"seconds is {seconds}; more than 0, at most {LEASE_SECONDS_MAX:g}")
        self._clock.run_at(float(speed), float(seconds))
        return JSONResponse({"speed": self._clock.speed})

    async def _set_outage(self, request: Request) -> JSONResponse:
        body = await _body(request)
        cloud, how = body.get("cloud"), body.get("how", "silent")
        if cloud not in self._authorities:
            return _refused(f"cloud is {cloud}; one of {', '.join(self._authorities)}")
        if how not in ("", *OUTAGES):
            return _refused(f'how is {how}; one of {", ".join(OUTAGES)}, or "" to end it')
        self._authorities[cloud].outage = how
        return JSONResponse({name: one.outage for name, one in self._authorities.items()})


async def _body(request: Request) -> dict[str, Any]:
    try:
        body = await request.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refused(why: str) -> JSONResponse:
    return JSONResponse({"error": why}, 400)


_DNS = Dns()
SERVICE = Service("dns", "Route 53 and Cloud DNS for the edge's zone, with health checks", _DNS.run, _DNS.routes)
