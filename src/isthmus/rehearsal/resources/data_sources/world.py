"""What exists in a rehearsal: what it has made or recorded itself, and what the user says is there already.

Data sources that look something up are answered from here, where the data source has the name of a resource type or
the user's file has an entry for it.
"""

from __future__ import annotations

import fnmatch
import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.rehearsal.convert.schema import Block
from isthmus.rehearsal.resources.data_sources.standing import filters

Values = Mapping[str, Any]
_SHORT = {"group-name": ("name",), "group-id": ("id",), "subnet-id": ("id",), "instance-id": ("id",)}
"""What EC2's filters call otherwise than the provider."""


@dataclass
class World:
    """Everything there is, by type.

    Attributes:
        existing: What the user says is there; only the attributes that matter are given.
        assumed: What the layers below would have made, where nothing else is found.
    """

    existing: Mapping[str, list[Values]] = field(default_factory=dict)
    assumed: Mapping[str, list[Values]] = field(default_factory=dict)
    _made: dict[str, list[Values]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def remember(self, type_name: str, values: Values) -> None:
        """Takes a resource as it is now, in place of what it was before."""
        with self._lock:
            others = [made for made in self._made.get(type_name, []) if made.get("id") != values.get("id")]
            self._made[type_name] = [*others, dict(values)]

    def forget(self, type_name: str, values: Values) -> None:
        """Takes note that a resource is no more."""
        with self._lock:
            others = [made for made in self._made.get(type_name, []) if made.get("id") != values.get("id")]
            self._made[type_name] = others

    def remember_state(self, state: Values) -> None:
        """Takes all resources of a Terraform state."""
        for resource in state.get("resources", []):
            if resource.get("mode") == "managed":
                for instance in resource.get("instances", []):
                    self.remember(resource["type"], instance.get("attributes") or {})

    def find(self, type_name: str, block: Block, config: Values) -> Values | None:
        """The attributes of the one thing that agrees with all that a data source's configuration says."""
        with self._lock:
            made = self._made.get(type_name, [])
        told = self._told(self.existing, type_name, block, config)
        if told is not None:
            return told
        wanted, filtered = dict(_given(block, config)), filters(config)
        others = [name for name in block.blocks if name not in ("timeouts", "filter") and config.get(name)]
        if not (wanted or filtered) or others:
            return None
        return next((values for values in made if _agrees(values, wanted) and passes(values, filtered)), None)

    def assume(self, type_name: str, block: Block, config: Values) -> Values | None:
        """The same among what is assumed."""
        return self._told(self.assumed, type_name, block, config)

    def _told(self, entries: Mapping[str, list[Values]], type_name: str, block: Block, config: Values) -> Values | None:
        """The first entry that disagrees with the configuration in nothing that it has."""
        for values in entries.get(type_name, []):
            if _agrees(values, {name: value for name, value in _given(block, config) if name in values}):
                return values
        return None

    def find_all(self, type_name: str, wanted: Values, filtered: Mapping[str, list[str]]) -> list[Values]:
        """All that there is of a resource type and agrees."""
        with self._lock:
            there = [*self.existing.get(type_name, []), *self._made.get(type_name, [])]
        return [values for values in there if _agrees(values, wanted) and passes(values, filtered)]


def passes(values: Values, filtered: Mapping[str, list[str]]) -> bool:
    """Whether something passes EC2's filters: every one by one of its values, which may have `*` and `?`.

    A filter for what a resource doesn't say of itself (`state`) is passed.
    """
    return all(_passes(values, name, patterns) for name, patterns in filtered.items())


def _passes(values: Values, name: str, patterns: list[str]) -> bool:
    tags = values.get("tags_all") or values.get("tags") or {}
    kind, _, key = name.partition(":")
    if kind in ("tag", "tag-key"):
        there = [tags[key]] if key in tags else [*tags] if kind == "tag-key" else []
    else:
        there = [values[own] for own in (name.replace("-", "_"), *_SHORT.get(name, ())) if own in values][:1]
        if not there:
            return True
    texts = [str(value).lower() if isinstance(value, bool) else str(value) for value in there]
    return any(fnmatch.fnmatchcase(text, pattern) for text in texts for pattern in patterns)


def read_existing(file: Path) -> dict[str, list[Values]]:
    """Reads a file of what exists: JSON, a list of objects by data source type.

    Raises:
        ConfigurationError: It is not of that form.
    """
    fix = 'write it as {"aws_vpc": [{"id": "vpc-1", "cidr_block": "10.0.0.0/16"}]}'
    try:
        found = json.loads(file.read_text())
    except ValueError as error:
        raise ConfigurationError(f"this is no JSON: {error}", where=str(file), fix=fix) from error
    if not isinstance(found, dict) or not all(_is_list_of_objects(entries) for entries in found.values()):
        raise ConfigurationError("this is no list of objects by type", where=str(file), fix=fix)
    return found


def _is_list_of_objects(entries: Any) -> bool:
    return isinstance(entries, list) and all(isinstance(entry, dict) for entry in entries)


def _given(block: Block, config: Values) -> Iterator[tuple[str, Any]]:
    for name in block.attributes:
        if config.get(name) not in (None, {}, []):
            yield name, config[name]


def _agrees(values: Values, wanted: Values) -> bool:
    return all(_same(values.get(name), value) for name, value in wanted.items())


def _same(there: Any, wanted: Any) -> bool:
    """Whether a value is the one wanted; of tags and labels, whether they are among those there."""
    if isinstance(there, dict) and isinstance(wanted, dict):
        return wanted.items() <= there.items()
    if isinstance(there, list) and isinstance(wanted, list):
        return sorted(map(str, there)) == sorted(map(str, wanted))
    return bool(there == wanted)
