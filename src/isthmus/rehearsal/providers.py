"""The servers of one run: the providers of both clouds, and those that need none."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from isthmus.rehearsal.realize import state_only
from isthmus.rehearsal.realize.base import Context, Realizer
from isthmus.rehearsal.resources.data_sources.world import Values, World
from isthmus.rehearsal.server.provider import Provider, Used
from isthmus.rehearsal.server.service import serve
from isthmus.rehearsal.session import Session
from isthmus.rehearsal.wire.plugin import PluginServer, reattach

NAMES = ("aws", "google", "google-beta", "random", "null", "time")
"""The providers of `hashicorp` that are served; google-beta is Google's with what is in beta."""
_ADDRESS = "registry.terraform.io/hashicorp/{}"


@dataclass
class Running:
    """The servers of a run.

    Attributes:
        providers: The stand-ins by provider address.
        ports: Loopback port by provider address.
        world: What exists, for data sources that look something up.
    """

    providers: Mapping[str, Provider]
    ports: Mapping[str, int]
    world: World

    @property
    def reattach(self) -> str:
        """The value of TF_REATTACH_PROVIDERS, for the child alone."""
        return reattach(self.ports)

    def use(
        self, resources: frozenset[str], data_sources: frozenset[str], asked: frozenset[tuple[str, str]] = frozenset()
    ) -> None:
        """Says which types there must be schemas for, and which versions are asked for; Terraform asks in each run.

        Args:
            resources: Resource types.
            data_sources: Data source types.
            asked: Constraints, as (`hashicorp/aws`, `~> 5.0`).
        """
        for provider in self.providers.values():
            wanted = sorted(constraint for source, constraint in asked if source == f"hashicorp/{provider.name}")
            used = Used(_of(provider.family, resources), _of(provider.family, data_sources), tuple(wanted))
            provider.used = used


@contextlib.contextmanager
def serving(
    *,
    live: bool,
    context: Context,
    existing: Mapping[str, list[Values]] | None = None,
    assumed: Mapping[str, list[Values]] | None = None,
) -> Iterator[Running]:
    """Serves the stand-ins until the block ends.

    Args:
        live: Whether to make resources on the local clouds.
        context: The local clouds, account, project and regions.
        existing: What the user says is there, by data source type.
        assumed: What there would be of types that are recorded only, where nothing else is found.
    """
    world = World(existing or {}, assumed or {})
    # One for each address: instances are told apart by their connection to a server.
    providers = {_ADDRESS.format(name): _provider(name, world, live=live, context=context) for name in NAMES}
    servers: dict[str, PluginServer] = {}
    try:
        for address, provider in providers.items():
            servers[address] = serve(provider)
            servers[address].start()
        yield Running(providers, {address: server.port for address, server in servers.items()}, world)
    finally:
        for server in servers.values():
            server.stop()


def _provider(name: str, world: World, *, live: bool, context: Context) -> Provider:
    family = name.partition("-")[0]
    session = Session(
        provider=family,
        context=context if live else Context(),
        account_id=context.account_id,
        number=context.project_number,
    )
    return Provider(name, Used(), session, _realizers(family, session.context), world)


def _of(family: str, types: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in types if name.startswith(f"{family}_"))


def _realizers(family: str, context: Context) -> Mapping[str, Realizer]:
    endpoints = {"aws": context.aws_endpoint, "google": context.google_http_endpoint}
    if family not in endpoints:
        return state_only.REALIZERS[family]
    if not endpoints[family]:
        return {}
    module = importlib.import_module(f"isthmus.rehearsal.realize.{family}")
    found: Mapping[str, Realizer] = getattr(module, "REALIZERS", {})
    return found
