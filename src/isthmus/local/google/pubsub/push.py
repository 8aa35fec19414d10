"""Push: each subscription with an endpoint gets its messages posted, a few at a time, with a signed token."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import httpx
import msgspec

from isthmus.adapters.calls import Calls
from isthmus.local.google.oidc import TokenSigner
from isthmus.local.google.pubsub.queue import Lease, Queue
from isthmus.local.google.pubsub.service import wait_for_messages
from isthmus.local.google.pubsub.store import PubSub

ACKNOWLEDGING = frozenset({102, 200, 201, 202, 204})
"""Statuses that acknowledge a push (Pub/Sub documentation, "Receive push messages", 2026-11)."""

WINDOW = 8
"""Pushes under way at once for a subscription. Google grows its window from a small start in a way that it doesn't promise."""

_IDLE_SECONDS = 30.0


class Pusher:
    """Posts the messages of the push subscriptions.

    Args:
        signer: Signs the tokens.
        calls: Where pushes are counted, as `pubsub.Push`.
    """

    def __init__(self, signer: TokenSigner, calls: Calls) -> None:
        self._signer = signer
        self._calls = calls
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._queues: dict[str, Queue] = {}
        self._client: httpx.AsyncClient | None = None
        self._state: PubSub | None = None

    def watch(self, queue: Queue | None, name: str) -> None:
        """Begins or ends pushing for a subscription; given to `PubSub` as its listener."""
        if queue is None or not queue.config.push_config.push_endpoint:
            self._queues.pop(name, None)
            task = self._tasks.pop(name, None)
            if task:
                task.cancel()
            return
        self._queues[name] = queue
        if self._client is not None and name not in self._tasks:
            self._start(name, queue)

    async def start(self, state: PubSub) -> None:
        """Begins to push for all subscriptions known so far."""
        self._state = state
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=64)
        self._client = httpx.AsyncClient(limits=limits, trust_env=False)
        for name, queue in self._queues.items():
            self._start(name, queue)

    async def stop(self) -> None:
        """Ends all pushing; what is under way is delivered again later."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    def _start(self, name: str, queue: Queue) -> None:
        self._tasks[name] = asyncio.create_task(self._push_all(queue), name=f"push {name}")

    async def _push_all(self, queue: Queue) -> None:
        window = asyncio.Semaphore(WINDOW)
        async with asyncio.TaskGroup() as pushes:
            while True:
                await window.acquire()
                leases: list[Lease] = []
                while not leases:
                    await wait_for_messages(queue, _IDLE_SECONDS)
                    leases = queue.lease(1, queue.config.ack_deadline_seconds)
                pushes.create_task(self._push(queue, leases[0], window))

    async def _push(self, queue: Queue, lease: Lease, window: asyncio.Semaphore) -> None:
        try:
            acknowledged = await self._post(queue, lease)
        finally:
            window.release()
        if acknowledged and self._state is not None:
            await self._state.acknowledge(queue.name, [lease.ack_id])
        else:
            if self._state is not None:
                self._state.remember_attempts(queue, [lease.delivery])
            queue.give_back(lease.ack_id)

    async def _post(self, queue: Queue, lease: Lease) -> bool:
        self._calls.add("pubsub.Push")
        config = queue.config.push_config
        headers = {"content-type": "application/json", "user-agent": "CloudPubSub-Google"}
        if config.oidc_token.service_account_email:
            audience = config.oidc_token.audience or config.push_endpoint
            headers["authorization"] = f"Bearer {self._signer.token(config.oidc_token.service_account_email, audience)}"
        content = _unwrapped(lease, headers) if config.HasField("no_wrapper") else _wrapped(queue, lease)
        if self._client is None:
            return False
        try:
            answer = await self._client.post(
                config.push_endpoint, content=content, headers=headers, timeout=queue.config.ack_deadline_seconds
            )
        except httpx.HTTPError:
            return False
        return answer.status_code in ACKNOWLEDGING


def _wrapped(queue: Queue, lease: Lease) -> bytes:
    message = lease.delivery.message
    published = _rfc3339(message.published_ns)
    body: dict[str, Any] = {
        "attributes": message.attributes,
        "data": base64.b64encode(message.data).decode("ascii"),
        "messageId": str(message.id),
        "message_id": str(message.id),
        "publishTime": published,
        "publish_time": published,
    }
    if message.ordering_key:
        body["orderingKey"] = message.ordering_key
    push: dict[str, Any] = {"message": body, "subscription": queue.name}
    if queue.config.dead_letter_policy.dead_letter_topic:
        push["deliveryAttempt"] = lease.delivery.attempts
    return msgspec.json.encode(push)


def _unwrapped(lease: Lease, headers: dict[str, str]) -> bytes:
    for name, value in lease.delivery.message.attributes.items():
        headers[f"x-goog-pubsub-attribute-{name}"] = value
    return lease.delivery.message.data


def _rfc3339(unix_ns: int) -> str:
    import datetime

    moment = datetime.datetime.fromtimestamp(unix_ns // 1_000_000_000, datetime.UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S") + f".{unix_ns % 1_000_000_000 // 1_000_000:03d}Z"
