"""One endpoint at work: its connections, its circuit, and finding out that it hangs."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import httpx

from isthmus.core.requests import BATCH
from isthmus.core.spans import Span, Value
from isthmus.publisher import answers
from isthmus.publisher.answers import Answer
from isthmus.publisher.batch import Batch
from isthmus.publisher.circuit import Circuit
from isthmus.publisher.config import PATH, Endpoint, PublisherConfig
from isthmus.publisher.stats import percentile

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_STRETCH = 4.0
"""How many times its usual time an endpoint may take before it is suspected. Ours."""

_HEDGE_STRETCH = 3.0
"""How many times its usual time it may take before another one is asked, too. Ours."""

_USUAL_SHARE = 0.75
"""The share of recent answers that took no longer than what is usual: a cold start or two don't count. Ours."""

_NO_SPAN = Span(None, None)
_DECISIVE = (httpx.ConnectError, httpx.ConnectTimeout, httpx.ReadTimeout, httpx.WriteTimeout, TimeoutError)


class Link:
    """The connection to one endpoint.

    Args:
        endpoint: Where it is.
        config: The publisher's configuration.
        changed: Called when the endpoint comes or goes.
    """

    def __init__(self, endpoint: Endpoint, config: PublisherConfig, changed: Callable[[], None]) -> None:
        self.name = endpoint.name
        self.in_flight = 0
        self.last_used = 0.0
        self.lagging = 0
        self.not_before = 0.0
        self.circuit = Circuit(config.failures_to_open, config.cool_down_seconds, config.cool_down_cap_seconds)
        self._config = config
        self._changed = changed
        self._client = _client(endpoint, config)
        self._url = str(httpx.URL(endpoint.url.rstrip("/") + PATH).copy_with(userinfo=b""))
        self._scopes: set[asyncio.Timeout] = set()
        self._latencies: deque[float] = deque(maxlen=20)
        self._probing: asyncio.Task[None] | None = None
        self._suspecting: asyncio.Task[None] | None = None

    def hedge_after(self) -> float:
        """Seconds that an answer may take before another endpoint is asked, too."""
        return max(self._config.hedge_after_seconds, _HEDGE_STRETCH * percentile(self._latencies, _USUAL_SHARE))

    @contextlib.contextmanager
    def late(self) -> Iterator[None]:
        """Within it an answer of this endpoint is overdue: others are preferred."""
        self.lagging += 1
        try:
            yield
        finally:
            self.lagging -= 1

    def outrun(self) -> None:
        """Notes that another endpoint, asked later, took the batch sooner: after a few in a row it is left alone."""
        self._failed("its answers take long", decisive=False)

    def usable(self, now: float) -> bool:
        """Whether it may be given a request now."""
        if self.circuit.state == "open" or now < self.not_before:
            return False
        return self.in_flight < (1 if self.circuit.state == "half-open" else self._config.max_in_flight)

    async def post(self, batch: Batch) -> Answer:
        """Sends a batch and says what came of it; a failure on the way is an answer `retry`."""
        with self._attempt(batch) as span:
            answer = await self._post(batch, span)
            if answer.kind != "accepted":
                span.failed(answer.kind)
        return answer

    def _attempt(self, batch: Batch) -> Span:
        attributes: dict[str, Value] = {
            "http.request.method": "POST",
            "url.full": self._url,
            "server.address": self._client.base_url.host,
            "http.request.resend_count": batch.attempts - 1,
            "isthmus.cloud": self.name,
        }
        return (batch.span or _NO_SPAN).child("POST", "client", attributes)

    async def _post(self, batch: Batch, span: Span) -> Answer:
        began = time.monotonic()
        watch = asyncio.get_running_loop().call_later(self._patience(), self._suspect)
        try:
            async with asyncio.timeout(self._longest()) as scope:
                self._scopes.add(scope)
                try:
                    response = await self._client.post(PATH, content=batch.body(), headers=self._headers(batch, span))
                finally:
                    self._scopes.discard(scope)
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            return self._failed(_reason(error), decisive=isinstance(error, _DECISIVE))
        finally:
            watch.cancel()
        span.set(http__response__status_code=response.status_code)
        return self._answered(response, time.monotonic() - began, len(batch))

    def _headers(self, batch: Batch, span: Span) -> dict[str, str]:
        headers = {"idempotency-key": str(batch.key), "content-type": BATCH, "content-encoding": "gzip"}
        if span.context is not None:
            headers["traceparent"] = span.context.traceparent
            if span.context.state:
                headers["tracestate"] = span.context.state
        return headers

    def _longest(self) -> float:
        return self._config.connect_timeout_seconds + 2 * self._config.read_timeout_seconds

    def _answered(self, response: httpx.Response, seconds: float, count: int) -> Answer:
        answer = answers.read(response.status_code, response.headers, response.content, count)
        self._latencies.append(seconds)
        if answer.kind != "retry" or answer.overload:
            self.circuit.succeeded()
        else:
            self._failed(answer.detail, decisive=False)
        if answer.wait_seconds:
            self.not_before = time.monotonic() + answer.wait_seconds
        return answer

    def _failed(self, reason: str, *, decisive: bool) -> Answer:
        if self.circuit.failed(reason, decisive=decisive):
            self._open()
        return Answer("retry", reason)

    def _open(self) -> None:
        """Takes back what is on its way to an endpoint that is out, and begins to probe it."""
        for scope in [scope for scope in self._scopes if not scope.expired()]:
            scope.reschedule(asyncio.get_running_loop().time())
        if self._probing is None or self._probing.done():
            self._probing = asyncio.create_task(self._probe_until_answered())

    async def _probe_until_answered(self) -> None:
        while self.circuit.state == "open":
            await asyncio.sleep(self.circuit.cool_down())
            reason = await self._probe(self._config.read_timeout_seconds)
            self.circuit.probed(not reason, reason)
        self._changed()

    async def _probe(self, seconds: float) -> str:
        """Asks whether it is alive; "" when it answers anything but a fault of a gateway."""
        began = time.monotonic()
        try:
            async with asyncio.timeout(seconds):
                response = await self._client.get(self._config.probe_path)
        except (httpx.HTTPError, TimeoutError, OSError) as error:
            return _reason(error)
        self._latencies.append(time.monotonic() - began)
        return f"HTTP {response.status_code}" if response.status_code in (502, 503, 504) else ""

    def _patience(self) -> float:
        usual = _STRETCH * percentile(self._latencies, _USUAL_SHARE)
        return min(max(self._config.suspect_seconds, usual), self._config.read_timeout_seconds)

    def _suspect(self) -> None:
        """An answer takes long: find out whether the endpoint hangs, rather than wait for the read timeout."""
        if self.circuit.state != "open" and (self._suspecting is None or self._suspecting.done()):
            self._suspecting = asyncio.create_task(self._find_out())

    async def _find_out(self) -> None:
        usual = 2 * percentile(self._latencies, _USUAL_SHARE)
        fault = await self._probe(
            min(max(self._config.probe_timeout_seconds, usual), self._config.read_timeout_seconds)
        )
        if fault:
            self._failed(f"no answer, and none to a probe: {fault}", decisive=True)
            self._changed()

    async def close(self) -> None:
        """Ends probes and connections."""
        tasks = [task for task in (self._probing, self._suspecting) if task and not task.done()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(httpx.HTTPError, OSError):
            await self._client.aclose()


def _client(endpoint: Endpoint, config: PublisherConfig) -> httpx.AsyncClient:
    headers = {"x-api-key": config.api_key} if config.api_key else {}
    if endpoint.host:
        headers["host"] = endpoint.host
    read = config.read_timeout_seconds
    return httpx.AsyncClient(
        base_url=endpoint.url.rstrip("/"),
        headers=headers,
        timeout=httpx.Timeout(read, connect=config.connect_timeout_seconds, pool=None),
        # One more for probes, which must not wait behind requests that hang.
        limits=httpx.Limits(max_connections=config.max_in_flight + 1, keepalive_expiry=30.0),
        # A proxy of the environment is for the world outside, never for this machine.
        trust_env=urlsplit(endpoint.url).hostname not in _LOOPBACK,
    )


def _reason(error: BaseException) -> str:
    text = str(error)
    return f"{type(error).__name__}: {text}" if text else type(error).__name__
