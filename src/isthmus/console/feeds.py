"""Where the page's facts come from: each feed asks at its own pace, and only while somebody looks."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from typing import Any

from isthmus.console.children import Children
from isthmus.console.hub import Hub
from isthmus.console.wiring import wiring
from isthmus.core.errors import IsthmusError
from isthmus.local import traces
from isthmus.local.control.client import ControlClient
from isthmus.local.dns import wanted
from isthmus.local.network import Network
from isthmus.local.proxy.faults import Fault
from isthmus.local.rundir import RunDirectory
from isthmus.local.state import look
from isthmus.rehearsal import state_file

TRACES_SHOWN = 25
AGAIN_SECONDS, AGAIN_SECONDS_MAX = 2.0, 30.0
"""How soon a feed that failed is asked again: at its own pace within these."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Feed:
    """One topic.

    Attributes:
        topic: Its name.
        seconds: How often it is asked.
        read: Asks; it may take its time, others don't wait for it.
    """

    topic: str
    seconds: float
    read: Callable[[], Awaitable[Any]]


class Feeds:
    """All feeds of a run."""

    def __init__(self, run: RunDirectory, hub: Hub, children: Children) -> None:
        self._run = run
        self._hub = hub
        self._children = children
        self._control: ControlClient | None = None
        self._traces_seen: object = None
        self._wiring_seen: object = None
        self._answers: dict[str, Any] = {}
        self.all = (
            Feed("wiring", 2.0, self._wiring),
            Feed("links", 1.0, _threaded(self._links)),
            Feed("parts", 4.0, _threaded(self._parts)),
            Feed("metrics", 1.0, _threaded(lambda: self.ask("GET", "/metrics/now"))),
            Feed("slo", 5.0, _threaded(lambda: self.ask("GET", "/metrics/slo"))),
            Feed("dns", 2.0, self._dns),
            Feed("traces", 3.0, _threaded(self._traces)),
            Feed("scenarios", 3600.0, lambda: self._children.send("scenarios")),
        )

    async def run(self) -> None:
        """Feeds the hub until it is cancelled."""
        await asyncio.gather(*(self._keep(feed) for feed in self.all))

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Asks the control process; a new client where it was started again."""
        client = self._control = self._control or ControlClient(self._run)
        try:
            return client.call(method, path, body)
        except IsthmusError:
            self._control = None
            raise

    async def _keep(self, feed: Feed) -> None:
        while True:
            await self._hub.watched()
            pause = feed.seconds
            try:
                found = await feed.read()
                if found is not None:
                    self._hub.keep(feed.topic, {"value": found})
            except IsthmusError as error:
                self._hub.keep(feed.topic, {"error": error.what, "fix": error.fix})
                pause = min(max(pause, AGAIN_SECONDS), AGAIN_SECONDS_MAX)
            # One feed's fault must not end the others: it is told on the page and in the log.
            except Exception as error:
                logger.exception("the feed %s failed", feed.topic)
                self._hub.keep(
                    feed.topic, {"error": f"{type(error).__name__}: {error}", "fix": "see the console's log"}
                )
                pause = min(max(pause, AGAIN_SECONDS), AGAIN_SECONDS_MAX)
            await asyncio.sleep(pause)

    def _links(self) -> dict[str, Any]:
        found = {}
        for name, link in Network.of(self._run).links().items():
            faults = [str(Fault.from_json(fields)) for set_ in link["faults"].values() for fields in set_]
            numbers = {key: link[key] for key in ("open", "failed", "cut", "bytes_up", "bytes_down")}
            found[name] = {"faults": list(dict.fromkeys(faults)), "outages": sorted(link["faults"]), **numbers}
        return found

    def _parts(self) -> dict[str, Any]:
        state = look(self._run)
        parts = [
            {"name": one.name, "says": one.says, "state": one.state, "memory_bytes": one.memory_bytes}
            for one in state.parts
        ]
        return {"parts": parts, "ingests": state.ingests, "services": self.ask("GET", "/status")}

    async def _wiring(self) -> Any:
        record = self._run.read()
        files = {
            cloud: self._run.root / "tfstate" / wanted.ENVIRONMENT / "platform" / f"{cloud}.tfstate"
            for cloud in record.outputs
        }
        seen = [record.applied, *(_mark(file) for file in files.values())]
        if seen == self._wiring_seen:
            return None
        if record.remote_state:
            states = await self._children.send("states")
        else:
            found = {
                cloud: await asyncio.to_thread(state_file.read, file) for cloud, file in files.items() if file.exists()
            }
            states = {cloud: state or {} for cloud, state in found.items()}
        self._wiring_seen = seen
        return {**asdict(wiring(states)), "environment": wanted.ENVIRONMENT}

    async def _dns(self) -> Any:
        status = await asyncio.to_thread(self.ask, "GET", "/dns/status")
        made = await asyncio.to_thread(wanted.read, self._run)
        ports = self._run.read().ports
        for cloud, one in status["authorities"].items():
            one["answer"] = await self._answer(ports.get(f"control.dns.{cloud}", 0), one["records"])
            for end in one["endpoints"]:
                for checker in end["checkers"]:
                    checker.pop("probes", None)
            one.pop("asked"), one.pop("given")
        clouds = {address: cloud for cloud, found in made.addresses.items() for address in found} if made else {}
        return {**status, "clouds": clouds, "weights": dict(made.weights) if made else {}}

    async def _answer(self, port: int, records: list[dict[str, Any]]) -> Any:
        names = [one["name"] for one in records if one["type"] == "A"]
        if not (port and names):
            return None
        from isthmus.local.dns.resolvers import ask

        answer = await ask(port, names[0])
        return {"name": names[0], **answer.__dict__} if answer else {"name": names[0], "silent": True}

    def _traces(self) -> Any:
        file = self._run.traces / "spans.ndjson"
        seen = _mark(file)
        if seen == self._traces_seen:
            return None
        self._traces_seen = seen
        return [
            {
                "id": one.trace_id,
                "name": one.name,
                "start_ms": one.start_ns // 1_000_000,
                "milliseconds": one.milliseconds,
                "spans": len(one.spans),
                "errors": one.errors,
                "parts": one.parts,
            }
            for one in traces.recent(self._run)[:TRACES_SHOWN]
        ]


def waterfall(run: RunDirectory, trace_id: str) -> dict[str, Any]:
    """A trace with each span's place in the whole.

    Raises:
        ConfigurationError: There is none of that id.
    """
    trace = traces.get(run, trace_id)
    return {
        "id": trace.trace_id,
        "name": trace.name,
        "milliseconds": trace.milliseconds,
        "start_ms": trace.start_ns // 1_000_000,
        "spans": [
            {
                "depth": depth,
                "name": span.name,
                "part": traces.part_of(span),
                "after_ms": round((span.start_ns - trace.start_ns) / 1e6, 2),
                "milliseconds": round((span.end_ns - span.start_ns) / 1e6, 2),
                "error": span.error,
                "links": len(span.links) + span.dropped_links,
                "attributes": span.attributes,
            }
            for depth, span in trace.tree()
        ],
    }


def _threaded(read: Callable[[], Any]) -> Callable[[], Awaitable[Any]]:
    async def asked() -> Any:
        return await asyncio.to_thread(read)

    return asked


def _mark(file: Any) -> tuple[int, int]:
    with contextlib.suppress(OSError):
        found = file.stat()
        return (found.st_mtime_ns, found.st_size)
    return (0, 0)
