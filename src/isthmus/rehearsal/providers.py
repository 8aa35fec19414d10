"""The servers of one run: a provider stand-in for each of the two clouds, for as long as Terraform runs."""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from isthmus.rehearsal.realize.base import Context, Realizer
from isthmus.rehearsal.server.provider import Provider, Used
from isthmus.rehearsal.server.service import serve
from isthmus.rehearsal.session import Session
from isthmus.rehearsal.wire.plugin import PluginServer, reattach

ADDRESSES = {
    "registry.terraform.io/hashicorp/aws": "aws",
    "registry.terraform.io/hashicorp/google": "google",
    "registry.terraform.io/hashicorp/google-beta": "google",
}
"""The providers that are stood in for, and by what."""


@dataclass
class Running:
    """The servers of a run.

    Attributes:
        providers: The stand-ins by provider address.
        ports: Loopback port by provider address.
    """

    providers: Mapping[str, Provider]
    ports: Mapping[str, int]

    @property
    def reattach(self) -> str:
        """The value of TF_REATTACH_PROVIDERS, for the child alone."""
        return reattach(self.ports)

    def use(self, resources: frozenset[str], data_sources: frozenset[str]) -> None:
        """Says which types there must be schemas for; Terraform asks anew in each of its runs."""
        for provider in self.providers.values():
            provider.used = Used(_of(provider.name, resources), _of(provider.name, data_sources))


@contextlib.contextmanager
def serving(*, live: bool, context: Context) -> Iterator[Running]:
    """Serves the stand-ins until the block ends.

    Args:
        live: Whether to make resources on the local clouds.
        context: The local clouds, account, project and regions.
    """
    # One for each address: instances are told apart by their connection to a server.
    providers = {address: _provider(name, live=live, context=context) for address, name in ADDRESSES.items()}
    servers: dict[str, PluginServer] = {}
    try:
        for address, provider in providers.items():
            servers[address] = serve(provider)
            servers[address].start()
        yield Running(providers, {address: server.port for address, server in servers.items()})
    finally:
        for server in servers.values():
            server.stop()


def _provider(name: str, *, live: bool, context: Context) -> Provider:
    session = Session(
        provider=name,
        context=context if live else Context(),
        account_id=context.account_id,
        number=context.project_number,
    )
    return Provider(name, Used(), session, _realizers(name, context) if live else {})


def _of(provider: str, types: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in types if name.startswith(f"{provider}_"))


def _realizers(provider: str, context: Context) -> Mapping[str, Realizer]:
    endpoint = context.aws_endpoint if provider == "aws" else context.google_http_endpoint
    if not endpoint:
        return {}
    module = importlib.import_module(f"isthmus.rehearsal.realize.{provider}")
    found: Mapping[str, Realizer] = getattr(module, "REALIZERS", {})
    return found
