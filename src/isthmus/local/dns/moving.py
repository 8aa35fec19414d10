"""Draining a cloud and bringing it back, with the proof that traffic moved: what the ingests themselves counted."""

from __future__ import annotations

import asyncio
import json
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from isthmus.core.errors import Unavailable
from isthmus.local import function_logs
from isthmus.local.dns import edge
from isthmus.local.dns.resolvers import Resolver, fleet
from isthmus.local.dns.views import Dns, Provider, providers
from isthmus.local.dns.wanted import Wanted
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory

REQUESTS = 40
"""Sent after the change along what resolvers say, an event each."""
RESOLVERS = 20
EVENT_TYPE = "org.isthmus.failover.check"
ANSWER_SECONDS = 30.0
COUNTED_SECONDS = 30.0
FOLLOWED_SECONDS = 10.0
LOOK_SECONDS = 0.05
_SEE_STATUS = "see `isthmus failover status`"
Say = Callable[[str], None]


@dataclass(frozen=True)
class Moved:
    """What a change of weights came to.

    Attributes:
        weights: The weights now.
        seconds: From the change until no resolver held an answer from before, in seconds of the clock of the answers.
        sent: Requests that were sent after that, by the cloud that the answers named.
        counted: Requests that each ingest counted meanwhile.
    """

    weights: Mapping[str, int]
    seconds: float
    sent: Mapping[str, int]
    counted: Mapping[str, int]

    @property
    def holds(self) -> bool:
        """Whether a cloud without a weight got nothing, and every request arrived where it was sent."""
        idle = [cloud for cloud, weight in self.weights.items() if not weight]
        return all(not self.counted.get(cloud) for cloud in idle) and dict(self.counted) == dict(self.sent)


def drain(run: RunDirectory, cloud: str, *, speed: float, say: Say) -> Moved:
    """Takes a cloud out of the answers of both providers, and checks that traffic moved.

    Raises:
        ConfigurationError: The other cloud has no weight.
        Unavailable: The traffic did not move.
    """
    edge.ensure(run, say)
    return _move(run, edge.drained(cloud), speed, say)


def restore(run: RunDirectory, *, speed: float, say: Say) -> Moved:
    """Gives a drained cloud its weight back, and checks that traffic moved.

    Raises:
        Unavailable: The traffic did not move.
    """
    edge.ensure(run, say)
    return _move(run, edge.restored, speed, say)


def _move(run: RunDirectory, change: Callable[[Wanted], Wanted], speed: float, say: Say) -> Moved:
    return asyncio.run(_Move(run, speed, say).run(change))


class _Move:
    def __init__(self, run: RunDirectory, speed: float, say: Say) -> None:
        self._run, self._speed, self._say = run, speed, say
        self._endpoints = Endpoints.require(run)
        self._dns = Dns(run)

    async def run(self, change: Callable[[Wanted], Wanted]) -> Moved:
        before = providers(self._run)
        name, ttl = before["aws"].ingest.name, max(one.ingest.ttl for one in before.values())
        async with (
            fleet(before["aws"].port, name, ttl, self._speed, RESOLVERS) as first,
            fleet(before["gcp"].port, name, ttl, self._speed, RESOLVERS) as second,
        ):
            made = await asyncio.to_thread(edge.reweigh, self._run, change, self._say)
            changed = await self._answered()
            self._say(f"both providers answer by the new weights; resolvers keep old answers for {ttl} s")

            async def asked_again() -> bool:
                return all(_since(one) > changed for one in (*first, *second))

            await _until(asked_again, ttl / self._speed + FOLLOWED_SECONDS, "a resolver keeps an old answer")
            seconds = (time.time() - changed) * self._speed
            sent, counted = await self._send(made, [*first, *second])
        return Moved(made.weights, round(seconds, 1), sent, counted)

    async def _answered(self) -> float:
        """Waits until both authorities answer by what Terraform made now; returns when."""
        made = await asyncio.to_thread(providers, self._run)

        async def served() -> bool:
            status = await asyncio.to_thread(self._dns.status)
            return all(_serves(status, provider) for provider in made.values())

        await _until(served, FOLLOWED_SECONDS, "an authority doesn't follow its zone")
        return time.time()

    async def _send(self, made: Wanted, resolvers: list[Resolver]) -> tuple[dict[str, int], dict[str, int]]:
        """Sends events along what the resolvers hand out; returns the requests sent and counted, by cloud."""
        clouds = {address: cloud for cloud, addresses in made.addresses.items() for address in addresses}
        before = await asyncio.to_thread(self._counts)
        sent = dict.fromkeys(made.weights, 0)
        async with httpx.AsyncClient(timeout=ANSWER_SECONDS, trust_env=False) as client:
            for number in range(REQUESTS):
                cloud = clouds[_addresses(resolvers[number % len(resolvers)])[0]]
                await self._post(client, cloud)
                sent[cloud] += 1
        counted: dict[str, int] = {}

        async def all_counted() -> bool:
            now = await asyncio.to_thread(self._counts)
            counted.update({cloud: now[cloud] - before[cloud] for cloud in made.weights})
            return sum(counted.values()) >= REQUESTS

        await _until(all_counted, COUNTED_SECONDS, "the ingests count fewer requests than were sent")
        return sent, counted

    def _counts(self) -> dict[str, int]:
        calls = function_logs.calls(self._run, self._endpoints)
        return {cloud: calls.get(f"ingest.{cloud}", 0) for cloud in ("aws", "gcp")}

    async def _post(self, client: httpx.AsyncClient, cloud: str) -> None:
        event = {"specversion": "1.0", "id": str(uuid.uuid4()), "source": "/isthmus/failover", "type": EVENT_TYPE}
        headers = {"content-type": "application/cloudevents+json", "x-api-key": self._endpoints.api_key}
        url = f"{self._endpoints.ingests[cloud]}/v1/events"
        try:
            answer = await client.post(url, content=json.dumps({**event, "data": {}}), headers=headers)
        except httpx.HTTPError as error:
            raise Unavailable(
                f"the ingest on {cloud} does not answer: {error or type(error).__name__}", where=url, fix=_SEE_STATUS
            ) from error
        if answer.status_code != 202:
            raise Unavailable(
                f"the ingest on {cloud} answers {answer.status_code}", where=url, fix="see `isthmus logs`"
            )


def _serves(status: Mapping[str, Any], provider: Provider) -> bool:
    """Whether an authority answers by the policy and the weights that Terraform made."""
    steered = provider.ingest
    wanted = [(target.name, target.weight) for target in steered.targets]
    return any(
        (one["name"], one["type"], one["policy"]) == (steered.name, steered.kind, steered.policy)
        and [(target["name"], target["weight"]) for target in one["targets"]] == wanted
        for one in status["authorities"][provider.cloud]["records"]
    )


def _since(resolver: Resolver) -> float:
    held = resolver.now()
    return held.since if held else 0.0


def _addresses(resolver: Resolver) -> tuple[str, ...]:
    held = resolver.now()
    return held.addresses if held else ()


async def _until(condition: Callable[[], Awaitable[bool]], seconds: float, otherwise: str) -> None:
    deadline = time.monotonic() + seconds
    while not await condition():
        if time.monotonic() > deadline:
            raise Unavailable(otherwise, where="isthmus failover", fix=_SEE_STATUS)
        await asyncio.sleep(LOOK_SECONDS)
