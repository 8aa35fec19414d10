"""A service of the control process: what it is given, and what it must say of itself."""

from __future__ import annotations

import importlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from starlette.routing import BaseRoute

from isthmus.core.errors import ConfigurationError
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory


@dataclass(frozen=True)
class Context:
    """What a service works on.

    Attributes:
        run: The run that it belongs to.
        clock: Seconds since the epoch; a test gives its own.
    """

    run: RunDirectory
    clock: Callable[[], float] = time.time

    def endpoints(self) -> Endpoints:
        """Where everything answers now.

        Raises:
            NotUp: A part is missing; a service then waits for its next turn.
        """
        return Endpoints.require(self.run, any_cloud=True)


def _no_routes(context: Context) -> Sequence[BaseRoute]:
    return ()


@dataclass(frozen=True)
class Service:
    """One service.

    Attributes:
        name: The first part of its routes' paths.
        says: What it does, for people.
        run: Works until it is cancelled; when it raises, that is told and it is started again.
        routes: What it answers below `/<name>`.
    """

    name: str
    says: str
    run: Callable[[Context], Awaitable[None]]
    routes: Callable[[Context], Sequence[BaseRoute]] = field(default=_no_routes)


def load(modules: Sequence[str]) -> list[Service]:
    """The services of these modules, each its module's `SERVICE`.

    Raises:
        ConfigurationError: A module isn't there or has none.
    """
    found = []
    for name in modules:
        try:
            service = importlib.import_module(name).SERVICE
        except (ImportError, AttributeError) as error:
            raise ConfigurationError(f"this is no service of the control process: {error}", where=name) from error
        found.append(service)
    return found
