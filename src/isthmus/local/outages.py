"""Outages by schedule: what game days break and heal on a run."""

from __future__ import annotations

from isthmus.local.freeze import freeze, thaw
from isthmus.local.links import links_of
from isthmus.local.network import Network
from isthmus.local.proxy.faults import Fault
from isthmus.local.rundir import RunDirectory


class Outages:
    """Breaks a run's links and freezes its clouds; each fault has a label, so that overlapping ones heal apart."""

    def __init__(self, run: RunDirectory) -> None:
        self._run = run
        self._proxy = Network.of(run).proxy

    def break_links(self, cloud: str, how: str, label: str) -> None:
        """Sets a fault, as `isthmus break --how` takes it, on a cloud's links."""
        self._proxy.set(links_of(cloud), [Fault.parse(how)], label=label)

    def heal_links(self, label: str) -> None:
        """Clears what was set under a label."""
        self._proxy.clear(label)

    def freeze(self, cloud: str) -> None:
        """Stops the inside of a cloud where it stands."""
        freeze(self._run, cloud)

    def thaw(self, cloud: str) -> None:
        """Lets the inside of a cloud go on."""
        thaw(self._run, cloud)
