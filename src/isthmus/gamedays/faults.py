"""The kinds of faults that game days and the soak carry out, each with its undoing.

A fault is a value: what it is and what it is done to. It is checked when it is made, so that nothing is touched by a
scenario that names a part that is not there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, ClassVar

from isthmus.core.errors import ConfigurationError
from isthmus.gamedays import hands
from isthmus.gamedays.site import Site
from isthmus.local.dns.authority import OUTAGES, PROVIDERS
from isthmus.local.dns.views import Dns
from isthmus.local.freeze import freeze, thaw
from isthmus.local.links import AWS_TO_GCP, AWS_TO_GCP_HTTP, GCP_TO_AWS, LINKS, links_of
from isthmus.local.parts import CLOUDS
from isthmus.local.proxy.faults import Fault as LinkFault

CONSUMERS = ("archive", "bridge")
ROLES = ("ingest", "archive", "bridge")
POISON_MAX = 1000
SKEW_SECONDS_MAX = 7 * 86400.0


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong. `begin` and `end` may be repeated; `end` also undoes half a `begin`.

    Attributes:
        kind: Its name in files.
        by_label: Whether each label breaks and heals apart; else equal faults are one, which ends with the last.
        through: The cloud whose own calls break and heal it, so that it must answer; "" for none.
    """

    kind: ClassVar[str]
    by_label: ClassVar[bool] = False

    @property
    def through(self) -> str:
        """See the attributes."""
        return ""

    def needs(self, site: Site) -> str:
        """What the site lacks to carry it out; "" for nothing."""
        return ""

    def remember(self, site: Site) -> dict[str, Any]:
        """What `end` needs to know of the time before; asked for, and written down, before `begin`."""
        return {}

    def begin(self, site: Site, label: str) -> None:
        """Breaks it."""
        raise NotImplementedError

    def end(self, site: Site, label: str, before: Mapping[str, Any]) -> None:
        """Heals it."""
        raise NotImplementedError

    def to_json(self) -> dict[str, Any]:
        """The fault as JSON values."""
        return {"kind": self.kind, **asdict(self)}


@dataclass(frozen=True)
class OnLinks(Fault):
    """A fault of links, set at their proxies."""

    by_label: ClassVar[bool] = True

    @property
    def links(self) -> list[str]:
        """The links that it breaks."""
        raise NotImplementedError

    @property
    def on_link(self) -> LinkFault:
        """What it does to each."""
        raise NotImplementedError

    def begin(self, site: Site, label: str) -> None:
        """Sets it under the label."""
        site.proxy.set(self.links, [self.on_link], label=label)

    def end(self, site: Site, label: str, before: Mapping[str, Any]) -> None:
        """Clears the label."""
        site.proxy.clear(label)


@dataclass(frozen=True)
class Outage(OnLinks):
    """A cloud can't be reached from outside, or only badly.

    Attributes:
        cloud: Which.
        how: A fault as `isthmus break --how` takes it.
    """

    kind: ClassVar[str] = "outage"
    cloud: str
    how: str = "refuse"

    def __post_init__(self) -> None:
        one_of("cloud", self.cloud, CLOUDS)
        LinkFault.parse(self.how)

    @property
    def links(self) -> list[str]:
        """All links of the cloud."""
        return links_of(self.cloud)

    @property
    def on_link(self) -> LinkFault:
        """As `how` says."""
        return LinkFault.parse(self.how)

    def __str__(self) -> str:
        return f"{self.cloud} {self.how}"


@dataclass(frozen=True)
class BadLink(OnLinks):
    """One link is bad, inside a cloud or between the two.

    Attributes:
        link: Its name.
        how: A fault as `isthmus break --how` takes it.
    """

    kind: ClassVar[str] = "link"
    link: str
    how: str

    def __post_init__(self) -> None:
        one_of("link", self.link, LINKS)
        LinkFault.parse(self.how)

    @property
    def links(self) -> list[str]:
        """The one."""
        return [self.link]

    @property
    def on_link(self) -> LinkFault:
        """As `how` says."""
        return LinkFault.parse(self.how)

    def __str__(self) -> str:
        return f"{self.link} {self.how}"


@dataclass(frozen=True)
class Partition(OnLinks):
    """The clouds can't reach each other; producers reach both.

    Attributes:
        how: A fault as `isthmus break --how` takes it.
    """

    kind: ClassVar[str] = "partition"
    how: str = "refuse"

    def __post_init__(self) -> None:
        LinkFault.parse(self.how)

    @property
    def links(self) -> list[str]:
        """Both ways between the clouds."""
        return [AWS_TO_GCP, AWS_TO_GCP_HTTP, GCP_TO_AWS]

    @property
    def on_link(self) -> LinkFault:
        """As `how` says."""
        return LinkFault.parse(self.how)

    def __str__(self) -> str:
        return f"partition {self.how}"


@dataclass(frozen=True)
class Freeze(Fault):
    """Everything inside a cloud stops where it stands: connections stay open and nothing answers.

    Attributes:
        cloud: Which.
    """

    kind: ClassVar[str] = "freeze"
    cloud: str

    def __post_init__(self) -> None:
        one_of("cloud", self.cloud, CLOUDS)

    def begin(self, site: Site, label: str) -> None:
        """SIGSTOP."""
        freeze(site.run, self.cloud)

    def end(self, site: Site, label: str, before: Mapping[str, Any]) -> None:
        """SIGCONT."""
        thaw(site.run, self.cloud)

    def __str__(self) -> str:
        return f"{self.cloud} freeze"


@dataclass(frozen=True)
class Pause(Fault):
    """A consumer takes nothing from its queue, which fills.

    Attributes:
        cloud: Where.
        consumer: `archive` or `bridge`.
    """

    kind: ClassVar[str] = "pause"
    cloud: str
    consumer: str = "archive"

    def __post_init__(self) -> None:
        one_of("cloud", self.cloud, CLOUDS)
        one_of("consumer", self.consumer, CONSUMERS)

    @property
    def through(self) -> str:
        """Its cloud."""
        return self.cloud

    def remember(self, site: Site) -> dict[str, Any]:
        """Where the subscription pushes to; nothing on AWS."""
        return hands.push_config(site, self.consumer) if self.cloud == "gcp" else {}

    def begin(self, site: Site, label: str) -> None:
        """Disables the event source mapping, or takes the push endpoint away."""
        if self.cloud == "aws":
            hands.enable_mapping(site, self.consumer, False)
        else:
            hands.set_push_config(site, self.consumer, {})

    def end(self, site: Site, label: str, before: Mapping[str, Any]) -> None:
        """Enables it, or gives it back."""
        if self.cloud == "aws":
            hands.enable_mapping(site, self.consumer, True)
        else:
            hands.set_push_config(site, self.consumer, before)

    def __str__(self) -> str:
        return f"{self.cloud} {self.consumer} paused"


@dataclass(frozen=True)
class Poison(Fault):
    """Messages that nobody can read arrive at a broker.

    Attributes:
        cloud: Whose.
        count: How many.
    """

    kind: ClassVar[str] = "poison"
    by_label: ClassVar[bool] = True
    cloud: str
    count: int = 50

    def __post_init__(self) -> None:
        one_of("cloud", self.cloud, CLOUDS)
        between("count", self.count, 1, POISON_MAX)

    @property
    def through(self) -> str:
        """Its cloud."""
        return self.cloud

    def begin(self, site: Site, label: str) -> None:
        """Publishes them past the proxies."""
        hands.publish_poison(site, self.cloud, self.count, label)

    def end(self, site: Site, label: str, before: Mapping[str, Any]) -> None:
        """Discards the dead letters that they became; each consumer of the cloud got them."""
        hands.discard_poison(site, self.cloud, self.count, label)

    def __str__(self) -> str:
        return f"{self.cloud} {self.count} poisoned messages"


@dataclass(frozen=True)
class ExpiredCredentials(Fault):
    """A function's credentials are worth nothing: its role on AWS is denied everything.

    Lambda polls a queue by the role of the function, so the polling stops with it; the local AWS needs to be told.

    Attributes:
        role: `ingest`, `archive` or `bridge`.
    """

    kind: ClassVar[str] = "credentials"
    role: str

    def __post_init__(self) -> None:
        one_of("role", self.role, ROLES)

    @property
    def through(self) -> str:
        """AWS."""
        return "aws"

    def needs(self, site: Site) -> str:
        """A local AWS that asks for permissions."""
        return "" if site.run.read().enforce_iam else "a local AWS that enforces IAM: run `isthmus up --enforce-iam`"

    def begin(self, site: Site, label: str) -> None:
        """Attaches a policy that denies all."""
        if self.role in CONSUMERS:
            hands.enable_mapping(site, self.role, False)
        hands.deny_all(site, self.role)

    def end(self, site: Site, label: str, before: Mapping[str, Any]) -> None:
        """Takes it off."""
        hands.allow_again(site, self.role)
        if self.role in CONSUMERS:
            hands.enable_mapping(site, self.role, True)

    def __str__(self) -> str:
        return f"aws {self.role} credentials expired"


@dataclass(frozen=True)
class Skew(Fault):
    """The producer's clock is wrong.

    Attributes:
        seconds: By how much; below 0 it is behind.
    """

    kind: ClassVar[str] = "skew"
    by_label: ClassVar[bool] = True
    seconds: float

    def __post_init__(self) -> None:
        between("seconds", self.seconds, -SKEW_SECONDS_MAX, SKEW_SECONDS_MAX)

    def begin(self, site: Site, label: str) -> None:
        """Sets the clock of the producers that this process runs."""
        site.clock.skews[label] = self.seconds

    def end(self, site: Site, label: str, before: Mapping[str, Any]) -> None:
        """Sets it right."""
        site.clock.skews.pop(label, None)

    def __str__(self) -> str:
        return f"producer's clock {self.seconds:+g} s"


@dataclass(frozen=True)
class DisabledKey(Fault):
    """The key of Google's archive is disabled. The local AWS encrypts nothing, so it has no such fault.

    Attributes:
        key: The key's domain.
    """

    kind: ClassVar[str] = "key"
    key: str = "storage"

    def __post_init__(self) -> None:
        one_of("key", self.key, ("storage",))

    @property
    def through(self) -> str:
        """Google."""
        return "gcp"

    def begin(self, site: Site, label: str) -> None:
        """Disables its primary version."""
        hands.set_key_state(site, self.key, "DISABLED")

    def end(self, site: Site, label: str, before: Mapping[str, Any]) -> None:
        """Enables it."""
        hands.set_key_state(site, self.key, "ENABLED")

    def __str__(self) -> str:
        return f"gcp {self.key} key disabled"


@dataclass(frozen=True)
class DnsOutage(Fault):
    """One provider's name servers are out; the other's have the same zone.

    Attributes:
        provider: `aws` for Route 53, `gcp` for Cloud DNS.
        how: `silent` or `servfail`.
    """

    kind: ClassVar[str] = "dns"
    provider: str
    how: str = "silent"

    def __post_init__(self) -> None:
        one_of("provider", self.provider, CLOUDS)
        one_of("how", self.how, OUTAGES)

    def begin(self, site: Site, label: str) -> None:
        """Silences them."""
        Dns(site.run).outage(self.provider, self.how)

    def end(self, site: Site, label: str, before: Mapping[str, Any]) -> None:
        """Lets them answer."""
        Dns(site.run).outage(self.provider, "")

    def __str__(self) -> str:
        return f"{PROVIDERS[self.provider]} {self.how}"


KINDS: dict[str, type[Fault]] = {
    kind.kind: kind
    for kind in (Outage, BadLink, Partition, Freeze, Pause, Poison, ExpiredCredentials, Skew, DisabledKey, DnsOutage)
}


def from_json(fields: Mapping[str, Any]) -> Fault:
    """Reads what `to_json` wrote.

    Raises:
        ConfigurationError: It is no fault.
    """
    values = dict(fields)
    kind = one_of("kind", str(values.pop("kind", "")), KINDS)
    try:
        return KINDS[kind](**values)
    except TypeError as error:
        raise ConfigurationError(f"a fault of the kind {kind} can't have that: {error}") from None


def one_of(name: str, value: str, allowed: Any) -> str:
    """Returns a value that is allowed.

    Raises:
        ConfigurationError: It isn't; with what is.
    """
    if value not in allowed:
        raise ConfigurationError(f"there is no {name} “{value}”", fix=f"use one of: {', '.join(allowed)}")
    return value


def between(name: str, value: float, low: float, high: float) -> None:
    """Checks a number.

    Raises:
        ConfigurationError: It is out of the range.
    """
    if not low <= value <= high:
        raise ConfigurationError(f"{name} is {value:g}", fix=f"use a number from {low:g} to {high:g}")
