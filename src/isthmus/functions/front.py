"""The ingest's routes, the same behind API Gateway and behind Cloud Run."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from isthmus.core.errors import Unavailable
from isthmus.core.frames import Cloud
from isthmus.core.ingest import Ingest
from isthmus.core.requests import Problem, Request, Response
from isthmus.core.routing import Dispatcher, other
from isthmus.core.senders import Proof, Sender, Senders
from isthmus.core.spans import Value
from isthmus.functions import log, tracing
from isthmus.functions.brokers import broker
from isthmus.functions.settings import Settings

EVENTS_PATH = "/v1/events"
READY_SECONDS = 2.0
"""How long an answer of /readyz is kept, so that anonymous probes can't make calls at will."""


class Front:
    """The ingest of one cloud behind its routes.

    Args:
        settings: The function's settings.
    """

    def __init__(self, settings: Settings) -> None:
        home: Cloud = settings.cloud
        self._brokers = [broker(home, settings), broker(other(home), settings)]
        senders = Senders.from_json(settings.senders, _proofs)
        self._ingest = Ingest(home, senders, Dispatcher(self._brokers))
        self._routes: dict[str, tuple[str, Callable[[Request], Response]]] = {
            EVENTS_PATH: ("POST", self._ingest.accept),
            "/healthz": ("GET", lambda _: Response(200, b'{"status":"alive"}', _JSON)),
            "/readyz": ("GET", lambda _: self._ready()),
        }
        self._ready_until = 0.0
        self._ready_answer = Response(503, b"")

    def answer(self, method: str, path: str, request: Request, facts: Mapping[str, Value] | None = None) -> Response:
        """Answers a request, and writes the log line and the span of one with events.

        Args:
            method: The HTTP method.
            path: The path without a query.
            request: The request.
            facts: What the runtime knows of the call, for its span.
        """
        if path != EVENTS_PATH:
            return self._route(method, path, request)
        began = time.perf_counter()
        with tracing.serving(method, path, request, facts or {}) as span:
            response = self._route(method, path, request)
            span.set(http__response__status_code=response.status)
            if response.status >= 500:
                span.failed(str(response.status))
            log.write("answered", status=response.status, bytes=len(request.body), ms=log.milliseconds(began))
        return response

    def _route(self, method: str, path: str, request: Request) -> Response:
        if path not in self._routes:
            return Problem(404, f"nothing is at {path[:100]}; send events to POST /v1/events").response()
        allowed, handle = self._routes[path]
        if method != allowed:
            return Problem(405, f"{path} takes {allowed}, not {method}", headers={"allow": allowed}).response()
        return handle(request)

    def _ready(self) -> Response:
        if time.monotonic() >= self._ready_until:
            self._ready_answer = self._check()
            self._ready_until = time.monotonic() + READY_SECONDS
        return self._ready_answer

    def _check(self) -> Response:
        """Ready means that at least one broker can be reached: ingest fails over to the other cloud's."""
        faults = []
        for candidate in self._brokers:
            try:
                candidate.check()
            except Unavailable as error:
                faults.append(f"{candidate.cloud}: {error.what}")
            else:
                return Response(200, b'{"status":"ready"}', _JSON)
        return Problem(503, "no broker can be reached: " + "; ".join(faults)).response()


def _proofs(senders: list[Sender]) -> list[Proof]:
    """What some sender needs; only that is imported, since a cold start waits for it."""
    found: list[Proof] = []
    if any(sender.oidc for sender in senders):
        from isthmus.functions.tokens import BearerTokens

        found.append(BearerTokens(senders))
    if any(sender.webhook_public_keys for sender in senders):
        from isthmus.functions.webhooks import WebhookSignatures

        found.append(WebhookSignatures(senders))
    return found


_JSON = {"content-type": "application/json"}
