"""What exists in a rehearsal: what it has made or recorded itself, and what the user says is there already.

Data sources that look something up are answered from here, where the data source has the name of a resource type or
the user's file has an entry for it.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.rehearsal.convert.schema import Block

Values = Mapping[str, Any]


@dataclass
class World:
    """Everything there is, by type.

    Attributes:
        existing: What the user says is there; only the attributes that matter are given.
    """

    existing: Mapping[str, list[Values]] = field(default_factory=dict)
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
        for values in self.existing.get(type_name, []):
            if _agrees(values, {name: value for name, value in _given(block, config) if name in values}):
                return values
        wanted = dict(_given(block, config))
        if not wanted or any(config.get(name) for name in block.blocks if name != "timeouts"):
            return None
        return next((values for values in made if _agrees(values, wanted)), None)


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
