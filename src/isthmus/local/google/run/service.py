"""Cloud Run's services: each one a local process that listens on a port of its own."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Container, Mapping
from functools import partial
from pathlib import Path

from starlette.routing import BaseRoute

from isthmus.local.google.run import resource
from isthmus.local.google.run.admin import AdminApi
from isthmus.local.google.run.command import Launch, inherited
from isthmus.local.google.run.errors import Refusal
from isthmus.local.google.run.operations import Operations
from isthmus.local.google.run.probe import Probe
from isthmus.local.google.run.process import Keeper, NotReady, reap
from isthmus.local.google.run.store import Record, Store
from isthmus.local.ports import bind_loopback

DEFAULT_COMMAND: tuple[str, ...] = (sys.executable, "-m", "isthmus.functions.gcp")
"""What every service runs, whatever its image is called: the program that the image holds."""


class CloudRun:
    """The services of a project, and the admin API over them.

    Args:
        data_dir: Where `run.sqlite3` is kept, and in `secrets/` a file for each secret that a template names.
        log_dir: Where `run-SERVICE.log` files are appended to.
        project: The project id.
        command: What a service runs, in place of its image.
        environment: What every service gets besides the server's own environment and its template's.
        projects: The projects that there are; None for any.
    """

    def __init__(
        self,
        data_dir: Path,
        log_dir: Path,
        project: str,
        command: tuple[str, ...] = DEFAULT_COMMAND,
        environment: Mapping[str, str] | None = None,
        projects: Container[str] | None = None,
    ) -> None:
        self._log_dir = log_dir
        self._secrets = data_dir / "secrets"
        self._command = tuple(command)
        self._environment = dict(environment or {})
        log_dir.mkdir(parents=True, exist_ok=True)
        self._store = Store(data_dir / "run.sqlite3")
        self._operations = Operations(self._store, self._settle)
        self._admin = AdminApi(self._store, self._operations, project, projects)
        self._keepers: dict[str, Keeper] = {}

    def routes(self) -> list[BaseRoute]:
        """The admin API's routes, all below `/v2/`."""
        return self._admin.routes()

    async def start(self) -> None:
        """Starts again the services that ran before; returns when they answer or have had time to."""
        for pid, started in self._store.left:
            await asyncio.to_thread(reap, pid, started)
        await self._store.forget_left()
        records = list(self._store.services.values())
        await self._operations.resume()
        await asyncio.gather(*(self._resume(record) for record in records if record.serving and not record.pending))

    async def stop(self) -> None:
        """Ends all services and keeps what is known of them."""
        await self._operations.stop()
        await asyncio.gather(*(self._stop(name) for name in list(self._keepers)))
        self._store.close()

    async def _settle(self, record: Record) -> None:
        """Makes the processes be what a changed record says."""
        if "deleteTime" in record.body:
            await self._stop(record.name)
        elif record.serving != record.body["template"] or record.name not in self._keepers:
            await self._deploy(record)
        else:
            resource.ready(record.body, record.port)

    async def _deploy(self, record: Record) -> None:
        revision = resource.short(record.body["latestCreatedRevision"])
        await self._stop(record.name)
        self._place(record)
        launch = self._launch(record, revision)
        keeper = Keeper(launch, partial(self._store.process, record.name))
        try:
            await keeper.start()
        except NotReady as error:
            reason = f"Revision '{revision}' is not ready and cannot serve traffic. {error.what}"
            resource.failed(record.body, reason)
            lines = launch.last_lines()
            if record.serving:
                await self._resume(record)
            raise Refusal("FAILED_PRECONDITION", f"{reason} The last lines of {launch.log}:\n{lines}") from None
        self._keepers[record.name] = keeper
        record.serving, record.serving_revision = record.body["template"], revision
        resource.ready(record.body, record.port)

    async def _resume(self, record: Record) -> None:
        """Starts the revision that was ready last."""
        before = record.port
        self._place(record)
        if record.port != before:
            resource.moved(record.body, record.port)
            await self._store.save(record)
        launch = self._launch(record, record.serving_revision, record.serving)
        keeper = Keeper(launch, partial(self._store.process, record.name))
        self._keepers[record.name] = keeper
        await keeper.resume()

    async def _stop(self, name: str) -> None:
        keeper = self._keepers.pop(name, None)
        if keeper is not None:
            await keeper.stop()

    def _place(self, record: Record) -> None:
        """Gives a record a port that is free: its own from before where possible, and no other service's."""
        others = {other.port for other in self._store.services.values() if other is not record}
        port = record.port
        while True:
            with bind_loopback(port) as sock:
                port = sock.getsockname()[1]
            if port not in others:
                break
            port = 0
        record.port = port

    def _launch(self, record: Record, revision: str, template: resource.Json | None = None) -> Launch:
        container = (template or record.body["template"])["containers"][0]
        service = resource.short(record.name)
        log = self._log_dir / f"run-{service}.log"
        given = {item["name"]: self._value(item, log) for item in container.get("env", ())}
        own = {"PORT": str(record.port), "K_SERVICE": service, "K_REVISION": revision, "K_CONFIGURATION": service}
        return Launch(
            command=self._command,
            environment={**inherited(), **self._environment, **given, **own},
            port=record.port,
            log=log,
            probe=Probe.of(container),
        )

    def _value(self, item: resource.Json, log: Path) -> str:
        """An environment variable's value; a secret's from its file, since there is no Secret Manager here."""
        reference = item.get("valueSource", {}).get("secretKeyRef")
        if reference is None:
            return str(item.get("value", ""))
        file = self._secrets / str(reference["secret"]).rpartition("/")[2]
        if file.is_file():
            return file.read_text("utf-8").strip()
        with log.open("a", encoding="utf-8") as lines:
            lines.write(f"Secret {reference['secret']} was not found; put its value into {file}\n")
        return ""
