"""What can be done from the page."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

from isthmus.console.children import Children
from isthmus.console.hub import Hub
from isthmus.core.errors import ConfigurationError, IsthmusError
from isthmus.local.network import Network
from isthmus.local.proxy.faults import Fault
from isthmus.local.rundir import RunDirectory

NOTE = "faults.json"
"""What a game day has broken; `isthmus.gamedays.breaker` writes it."""
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_FRAME = re.compile(r"[A-Za-z0-9-]{0,64}")
_RESULTS = ("letters", "ledger", "edge", "redrive")


class Deeds:
    """Breaks, heals, sends, redrives and holds game days; what takes long is told in the hub."""

    def __init__(self, run: RunDirectory, hub: Hub, children: Children) -> None:
        self._run = run
        self._hub = hub
        self._children = children
        self._tasks: set[asyncio.Task[None]] = set()

    async def break_cloud(self, cloud: str, how: str) -> dict[str, Any]:
        """Cuts a cloud off, or makes its links bad."""
        faults = [Fault.parse(one) for one in how.split()]
        await asyncio.to_thread(lambda: Network.of(self._run).break_cloud(cloud, *faults))
        return {"broken": cloud, "faults": [str(fault) for fault in faults]}

    async def heal(self, cloud: str | None) -> dict[str, Any]:
        """Heals a cloud, or everything."""
        await asyncio.to_thread(lambda: Network.of(self._run).heal(cloud))
        if cloud is None and (self._run.root / NOTE).is_file() and not self._children.is_open("gameday"):
            await self._children.send("heal")
        return {"healed": cloud or "everything"}

    async def start_producer(self, events_per_second: float) -> dict[str, Any]:
        """Lets flights be sent."""
        self._refuse_twice("producer")
        self._hub.begin("producer", {"state": "starting", "pace": events_per_second})
        self._go("producer", f"{events_per_second:g}", said=lambda told: {"state": "sending", **told})
        return {"state": "starting"}

    async def start_gameday(self, name: str) -> dict[str, Any]:
        """Holds a game day."""
        if not _NAME.fullmatch(name):
            raise ConfigurationError(f"there is no scenario “{name}”", fix="choose one that the page lists")
        self._refuse_twice("gameday")
        self._hub.begin("gameday", {"state": "starting", "name": name})
        self._go("gameday", name, said=lambda told: {"state": "running", **told})
        return {"state": "starting"}

    def stop(self, name: str) -> dict[str, Any]:
        """Stops the producer or the game day, which heals."""
        return {"stopping": self._children.interrupt(name)}

    async def ask(self, name: str, queue: str = "", frame: str = "") -> Any:
        """Runs an errand whose result is shown, and waits for it."""
        if name not in _RESULTS:
            raise ConfigurationError(f"“{name}” can't be done", fix=f"one of: {', '.join(_RESULTS)}")
        arguments = (queue, frame) if name == "redrive" else ()
        if name == "redrive" and not _FRAME.fullmatch(frame):
            raise ConfigurationError(f"“{frame}” is not the id of a frame")
        self._hub.keep(name, {"busy": True, "value": self._shown(name)})
        try:
            found = await self._children.send(name, *arguments)
        except IsthmusError as error:
            self._hub.keep(name, {"error": error.what, "fix": error.fix, "value": self._shown(name)})
            raise
        self._hub.keep(name, {"value": found})
        return found

    def _shown(self, name: str) -> Any:
        return (self._hub.newest(name) or {}).get("value")

    def _refuse_twice(self, name: str) -> None:
        if self._children.is_open(name):
            raise ConfigurationError(f"a {name} is running already", fix="stop it first, or wait for its end")

    def _go(self, name: str, *arguments: str, said: Callable[[Any], Any]) -> None:
        task = asyncio.create_task(self._follow(name, arguments, said))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _follow(self, name: str, arguments: tuple[str, ...], said: Callable[[Any], Any]) -> None:
        try:
            result = await self._children.send(name, *arguments, say=lambda told: self._hub.add(name, said(told)))
        except IsthmusError as error:
            self._hub.add(name, {"state": "failed", "error": error.what, "fix": error.fix})
        else:
            self._hub.add(name, {"state": "ended", "result": result})
