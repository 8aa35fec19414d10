"""Usage files: how much is used a month, in Infracost's format (version 0.1), with ours under `isthmus:`.

Keys of Infracost's that this estimator doesn't price are left alone and told. Ours are checked strictly.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from isthmus.core.errors import ConfigurationError
from isthmus.cost.resources import KINDS
from isthmus.cost.shape import Shape

VERSION = "0.1"
MOST_NAMES = 100_000
"""Aliases of aliases make a small file a huge one; no usage file has so many names."""
SHOWN = 60
"""Characters of a wrong value that are shown."""
EVENT_KEYS = ("monthly", "per_frame", "payload_bytes", "per_request", "request_bytes")
EGRESS_KEYS = ("aws_to_gcp_gb", "gcp_to_aws_gb")

_DEFAULTS, _BY_ADDRESS, _OWN = "resource_type_default_usage", "resource_usage", "isthmus"
_INDEX = re.compile(r"\[[^\]]*\]")
_ANY = re.escape("[*]")


@dataclass(frozen=True)
class Usage:
    """What is used a month.

    Attributes:
        name: The file's name; empty for none.
        events: Events that the figures are for: how many a month, in a frame and a request, and their bytes.
        egress: Traffic between the clouds by key, GB for AWS and GiB for Google Cloud.
        defaults: Usage by key, by type.
        by_address: Usage by key, by address; `[*]` in an address stands for any index.
        ignored: Keys that are not priced here, each with its line.
    """

    name: str = ""
    events: Mapping[str, float] = field(default_factory=dict)
    egress: Mapping[str, float] = field(default_factory=dict)
    defaults: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    by_address: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    ignored: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape | None:
        """How big the events are; None when the file doesn't say all of it."""
        per_frame, payload, per_request, request = (self.events.get(key, 0.0) for key in EVENT_KEYS[1:])
        return Shape(per_frame, payload, per_request, request) if per_frame and payload and per_request else None

    def of(self, type_: str, address: str) -> dict[str, float]:
        """The usage of a resource: its type's, then what a wildcard says, then what its own address says."""
        found = dict(self.defaults.get(type_, {}))
        wild = [values for pattern, values in self.by_address.items() if "[*]" in pattern and _fits(pattern, address)]
        for values in (*wild, self.by_address.get(address, {})):
            found.update(values)
        return found

    def unmatched(self, addresses: Iterable[str]) -> list[str]:
        """Addresses of the file that no resource has."""
        there = list(addresses)
        return [pattern for pattern in self.by_address if not any(_fits(pattern, address) for address in there)]


def _fits(pattern: str, address: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(_ANY, r"\[[^\]]*\]"), address) is not None


def load(path: Path, name: str = "") -> Usage:
    """Reads a usage file; `name` is what errors and reports call it.

    Raises:
        ConfigurationError: with the file and line of what can't be read or can't be.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise _bad(f"the usage file can't be read: {error}", name or str(path)) from error
    return parse(text, name or str(path))


def parse(text: str, where: str) -> Usage:
    """Reads a usage file's text; `where` is its name, for errors.

    Raises:
        ConfigurationError: As `load`.
    """
    try:
        return _Reader(where).read(yaml.compose(text, Loader=yaml.SafeLoader))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise _bad(
            f"not YAML: {getattr(error, 'problem', error)}", f"{where}:{mark.line + 1 if mark else 1}"
        ) from error
    except RecursionError:
        raise _bad("it is too deep, or a value contains itself by an anchor and an alias", f"{where}:1") from None


class _Reader:
    def __init__(self, where: str) -> None:
        self.where = where
        self.ignored: list[str] = []
        self.names = 0

    def read(self, root: yaml.Node | None) -> Usage:
        if root is None:
            raise _bad("the usage file is empty", f"{self.where}:1")
        top = self.pairs(root)
        version = top.pop("version", None)
        if version is None or version.value != VERSION:
            raise _bad(f"version is {version.value if version else 'missing'}, not {VERSION}", self.at(version or root))
        defaults = self.section(top.pop(_DEFAULTS, None), own=False)
        by_address = self.section(top.pop(_BY_ADDRESS, None), own=False)
        ours = self.pairs(top.pop(_OWN, None))
        self.ignored += [f"{self.at(node)} {name}" for name, node in top.items()]
        events = self.known(ours.pop("events", None), EVENT_KEYS)
        egress = self.known(ours.pop("egress", None), EGRESS_KEYS)
        merge(defaults, self.section(ours.pop(_DEFAULTS, None), own=True))
        merge(by_address, self.section(ours.pop(_BY_ADDRESS, None), own=True))
        self.nothing_left(ours, f"events, egress, {_DEFAULTS}, {_BY_ADDRESS}")
        return Usage(self.where, events, egress, defaults, by_address, tuple(self.ignored))

    def known(self, node: yaml.Node | None, keys: tuple[str, ...]) -> dict[str, float]:
        given = self.pairs(node)
        found = {key: self.number(key, given.pop(key)) for key in keys if key in given}
        self.nothing_left(given, ", ".join(keys))
        return found

    def nothing_left(self, given: Mapping[str, yaml.Node], known: str) -> None:
        for name, node in given.items():
            raise _bad(f"isthmus has no key {name}; it has {known}", self.at(node))

    def section(self, node: yaml.Node | None, *, own: bool) -> dict[str, dict[str, float]]:
        return {name: self.resource(name, values, own=own) for name, values in self.pairs(node).items()}

    def resource(self, name: str, node: yaml.Node, *, own: bool) -> dict[str, float]:
        parts = _INDEX.sub("", name).split(".")
        type_ = parts[-2] if len(parts) > 1 else name
        kind = KINDS.get(type_)
        known = () if kind is None else (*kind.keys, *kind.own) if own else kind.keys
        found: dict[str, float] = {}
        for key, value in self.flat(node):
            if key in known:
                found[key] = self.number(f"{name}: {key}", value)
            elif own:
                raise _bad(f"{type_} has no usage {key}; it has {', '.join(known) or 'none'}", self.at(value))
            else:
                self.ignored.append(f"{self.at(value)} {name}: {key}")
        return found

    def flat(self, node: yaml.Node, prefix: str = "") -> Iterable[tuple[str, yaml.Node]]:
        for name, value in self.pairs(node).items():
            if isinstance(value, yaml.MappingNode):
                yield from self.flat(value, f"{prefix}{name}.")
            else:
                yield prefix + name, value

    def pairs(self, node: yaml.Node | None) -> dict[str, yaml.Node]:
        if node is None or (isinstance(node, yaml.ScalarNode) and node.value in ("", "null", "~")):
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise _bad("names with values are expected here", self.at(node))
        self.names += len(node.value)
        if self.names > MOST_NAMES:
            raise _bad(f"it has more than {MOST_NAMES:,} names, aliases followed", self.at(node))
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _bad("a name is expected here", self.at(key))
            if key.value in found:
                raise _bad(f"{key.value} is there twice", self.at(key))
            found[str(key.value)] = value
        return found

    def number(self, name: str, node: yaml.Node) -> float:
        try:
            value = float(node.value.replace("_", "")) if node.tag.endswith((":int", ":float")) else math.nan
        except ValueError:
            value = math.nan
        if not math.isfinite(value):
            given = repr(node.value[:SHOWN]) if isinstance(node, yaml.ScalarNode) else f"a {node.id}"
            raise _bad(f"{name} is {given}, not a number", self.at(node))
        if value < 0:
            raise _bad(f"{name} is {value:g}; a usage is 0 or more", self.at(node))
        return value

    def at(self, node: yaml.Node) -> str:
        return f"{self.where}:{node.start_mark.line + 1}"


def merge(into: dict[str, dict[str, float]], more: Mapping[str, Mapping[str, float]]) -> None:
    """Adds usage by name to usage by name."""
    for name, values in more.items():
        into.setdefault(name, {}).update(values)


def _bad(what: str, where: str) -> ConfigurationError:
    return ConfigurationError(what, where=where, fix="correct the usage file; docs/cost.md lists the keys")
