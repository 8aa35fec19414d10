"""The actions that a scenario may take. Chaos Toolkit calls them by name; each acts on the session that is open.

Their signatures are the format: a scenario is checked against them before anything is touched.
"""

from __future__ import annotations

from isthmus.gamedays import faults
from isthmus.gamedays.session import current


def start_traffic(
    events_per_second: float = 200.0, types: int = 1, spool_after_seconds: float = 15.0, linger_seconds: float = 0.1
) -> str:
    """Starts a producer that sends to both ingests until `stop_traffic`.

    Args:
        events_per_second: Its pace.
        types: Over how many types its events are spread; each request makes a frame of each.
        spool_after_seconds: How long a batch is tried before it goes to the producer's disk.
        linger_seconds: How long a batch waits for more events.
    """
    return current().start_traffic(events_per_second, types, spool_after_seconds, linger_seconds)


def stop_traffic(flush_seconds: float = 60.0) -> str:
    """Stops the producer when everything that it has sent is acknowledged, or when patience ends."""
    return current().stop_traffic(flush_seconds)


def await_whole(seconds: float = 120.0) -> str:
    """Waits until both archives hold every acknowledged event, and checks each byte."""
    return current().await_whole(seconds)


def wait(seconds: float) -> str:
    """Waits; faults and traffic go on."""
    return current().wait(seconds)


def cut_off(cloud: str, how: str = "refuse") -> str:
    """Cuts a cloud off from outside, or makes its links bad."""
    return current().begin(faults.Outage(cloud, how))


def degrade(link: str, how: str) -> str:
    """Makes one link bad, inside a cloud or between the two."""
    return current().begin(faults.BadLink(link, how))


def part(how: str = "refuse") -> str:
    """Parts the clouds from each other; producers reach both."""
    return current().begin(faults.Partition(how))


def freeze(cloud: str) -> str:
    """Stops everything inside a cloud where it stands."""
    return current().begin(faults.Freeze(cloud))


def pause(cloud: str, consumer: str = "archive") -> str:
    """Stops a consumer; its queue fills."""
    return current().begin(faults.Pause(cloud, consumer))


def poison(cloud: str, count: int = 50) -> str:
    """Publishes messages that nobody can read."""
    return current().begin(faults.Poison(cloud, count))


def expire_credentials(role: str) -> str:
    """Makes the credentials of a function on AWS worth nothing."""
    return current().begin(faults.ExpiredCredentials(role))


def skew_clock(seconds: float) -> str:
    """Sets the producer's clock wrong."""
    return current().begin(faults.Skew(seconds))


def disable_key(key: str = "storage") -> str:
    """Disables the key that Google's archive is encrypted with."""
    return current().begin(faults.DisabledKey(key))


def break_dns(provider: str, how: str = "silent") -> str:
    """Takes the name servers of one DNS provider out."""
    return current().begin(faults.DnsOutage(provider, how))


def start_lookups(every_seconds: float = 0.2) -> str:
    """Starts a resolver that looks the ingest's name up until the traffic stops, at whichever provider answers."""
    return current().start_lookups(every_seconds)


def heal() -> str:
    """Heals everything that the scenario broke; harmless when nothing is broken."""
    return current().heal()


FAULTS: dict[str, type[faults.Fault]] = {
    "cut_off": faults.Outage,
    "degrade": faults.BadLink,
    "part": faults.Partition,
    "freeze": faults.Freeze,
    "pause": faults.Pause,
    "poison": faults.Poison,
    "expire_credentials": faults.ExpiredCredentials,
    "skew_clock": faults.Skew,
    "disable_key": faults.DisabledKey,
    "break_dns": faults.DnsOutage,
}
"""The actions that break something, each with the fault that takes the same arguments."""

NAMES = ("start_traffic", "start_lookups", "stop_traffic", "await_whole", "wait", "heal", *FAULTS)
"""All of them."""
