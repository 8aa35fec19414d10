"""Outages from outside: cuts a cloud off by its links, and heals it."""

from __future__ import annotations

from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.local import process
from isthmus.local.errors import NotUp
from isthmus.local.links import LINKS, links_of
from isthmus.local.parts import CLOUDS
from isthmus.local.proxy.client import ProxyClient
from isthmus.local.proxy.faults import Fault
from isthmus.local.rundir import RunDirectory


class Network:
    """The proxied network of a run."""

    def __init__(self, proxy: ProxyClient) -> None:
        self.proxy = proxy

    @classmethod
    def of(cls, run: RunDirectory) -> Network:
        """The network of a run that is up.

        Raises:
            NotUp: Its proxy process doesn't run.
        """
        record = run.read()
        part = record.parts.get("proxy")
        if part is None or not process.alive(part):
            raise NotUp("the fault proxies do not run")
        return cls(ProxyClient(record.ports["proxy.control"], record.proxy_token))

    def break_cloud(self, cloud: str, *faults: Fault) -> None:
        """Sets faults on every link of a cloud, in place of those set for it before."""
        self.proxy.set(links_of(_known(cloud)), faults, label=cloud)

    def break_link(self, link: str, *faults: Fault) -> None:
        """Sets faults on one link, beside those that an outage of its cloud sets."""
        self.proxy.set([link], faults, label=link)

    def heal(self, target: str | None = None) -> None:
        """Heals what was broken for a cloud or a link, or everything; what another outage broke too stays broken."""
        if target is not None and target not in LINKS:
            _known(target)
        self.proxy.clear(target)

    def links(self) -> dict[str, dict[str, Any]]:
        """Each link's port, target, faults and counters."""
        return self.proxy.list()


def _known(cloud: str) -> str:
    if cloud not in CLOUDS:
        names = ", ".join([*CLOUDS, *LINKS])
        raise ConfigurationError(f"“{cloud}” is neither a cloud nor a link", fix=f"name one of: {names}")
    return cloud
