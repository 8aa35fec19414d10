"""Checkers ask a real server on loopback, by a fast clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import pytest

from isthmus.core.failover import cloud_dns, route53
from isthmus.local.dns.checkers import Checkers, worst_regions
from isthmus.local.dns.clock import FastClock
from isthmus.local.dns.zones import Probe

REGIONS = ("us-central1", "europe-west1", "asia-east1")
ROUTE53 = Probe("check", "192.0.2.1", "/readyz", route53(10, 2))
CLOUD_DNS = Probe("check@192.0.2.1", "192.0.2.1", "/readyz", cloud_dns(30, 2, 1, 5, REGIONS))
SECONDS = 20.0


@dataclass
class Ingest:
    """Answers every request with one status, or says nothing."""

    status: int = 200
    silent: bool = False
    requests: int = 0
    url: str = ""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        self.requests += 1
        if self.silent:
            await reader.read()
            writer.close()
            return
        writer.write(f"HTTP/1.1 {self.status} x\r\ncontent-length: 0\r\n\r\n".encode())
        await writer.drain()
        writer.close()


@asynccontextmanager
async def watched(*probes: Probe) -> AsyncIterator[tuple[Checkers, Ingest]]:
    """Checkers of these probes, whose address leads to an ingest."""
    ingest = Ingest()
    server = await asyncio.start_server(ingest.serve, "127.0.0.1", 0)
    ingest.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    clock = FastClock()
    clock.run_at(60)
    checkers = Checkers(clock, {"192.0.2.1": ingest.url}.get)
    checkers.watch(probes)
    try:
        yield checkers, ingest
    finally:
        await checkers.close()
        server.close()


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        await asyncio.sleep(0.01)


def run(test: Coroutine[None, None, None]) -> None:
    asyncio.run(test)


@pytest.mark.parametrize("probe", [ROUTE53, CLOUD_DNS])
def test_a_verdict_follows_the_endpoint_and_each_change_is_noted(probe: Probe) -> None:
    async def test() -> None:
        async with watched(probe) as (checkers, ingest):
            await until(lambda: all(one["probes"] for one in checkers.facts(probe)["checkers"]))
            assert checkers.health() == {probe.key: True}
            ingest.status = 503
            await until(lambda: not checkers.health()[probe.key])
            assert any(one["probes"][-1]["why"] == "HTTP 503" for one in checkers.facts(probe)["checkers"])
            ingest.status = 200
            await until(lambda: checkers.health()[probe.key])
            assert [change.healthy for change in checkers.changes] == [False, True]

    run(test())


def test_one_checker_that_disagrees_changes_nothing() -> None:
    assert ROUTE53.checks.healthy_min > 1
    assert CLOUD_DNS.checks.healthy_min > 1


def test_an_endpoint_that_refuses_is_unhealthy_and_says_why() -> None:
    async def test() -> None:
        async with watched(ROUTE53) as (checkers, _):
            closed = Checkers(_fast(), {"192.0.2.1": "http://127.0.0.1:9"}.get)
            closed.watch([ROUTE53])
            await until(lambda: not closed.health()["check"])
            assert "connect" in closed.facts(ROUTE53)["checkers"][0]["probes"][-1]["why"].lower()
            await closed.close()
            assert checkers.health() == {"check": True}

    run(test())


def test_a_checker_waits_its_whole_time_when_it_joins_a_request_of_others() -> None:
    async def test() -> None:
        probe = replace(ROUTE53, checks=replace(ROUTE53.checks, answer_seconds=0.3))
        async with watched(probe) as (checkers, ingest):
            ingest.silent = True
            await until(lambda: not checkers.health()[probe.key])
            probes = [probed for one in checkers.facts(probe)["checkers"] for probed in one["probes"]]
            waits = [probed["milliseconds"] for probed in probes if not probed["passed"]]
            assert min(waits) >= 290
            assert ingest.requests < len(probes), "no request was shared"

    run(test())


def test_what_is_watched_already_keeps_its_history_and_what_is_gone_is_forgotten() -> None:
    async def test() -> None:
        async with watched(ROUTE53) as (checkers, _):
            await until(lambda: bool(checkers.facts(ROUTE53)["checkers"][0]["probes"]))
            checkers.watch([ROUTE53, CLOUD_DNS])
            assert checkers.facts(ROUTE53)["checkers"][0]["probes"]
            checkers.watch([CLOUD_DNS])
            assert set(checkers.health()) == {CLOUD_DNS.key}

    run(test())


def test_an_address_of_nobody_is_not_asked() -> None:
    async def test() -> None:
        nobody = Probe("check", "198.51.100.1", "/", route53(10, 2))
        async with watched(ROUTE53) as (checkers, ingest):
            checkers.watch([nobody])
            before = ingest.requests
            await checkers._clock.sleep(30)
            assert (ingest.requests, checkers.health()) == (before, {"check": True})

    run(test())


def test_the_worst_region_is_the_one_whose_outage_is_decided_last() -> None:
    # Phases 0, .618 and .236: after the third, the second of the others asks .764 of an interval later.
    assert worst_regions(CLOUD_DNS.checks)[0] == "asia-east1"
    assert sorted(worst_regions(ROUTE53.checks)) == sorted(ROUTE53.checks.regions)


def test_a_fast_clock_slows_down_when_its_lease_ends() -> None:
    async def test() -> None:
        clock = FastClock()
        clock.run_at(60, 0.05)
        began = time.monotonic()
        await clock.sleep(60 * 0.05 + 0.1)
        assert clock.speed == 1
        assert time.monotonic() - began >= 0.14

    run(test())


def test_a_sleep_feels_a_change_of_speed() -> None:
    async def test() -> None:
        clock = FastClock()
        sleeping = asyncio.create_task(clock.sleep(30))
        await asyncio.sleep(0)
        clock.run_at(60)
        await asyncio.wait_for(sleeping, 5)

    run(test())


def test_a_probe_waits_two_real_seconds_however_fast_the_clock() -> None:
    clock = FastClock()
    assert clock.wait_seconds(5) == 5
    clock.run_at(20)
    assert clock.wait_seconds(5) == 2


def _fast() -> FastClock:
    clock = FastClock()
    clock.run_at(60)
    return clock
