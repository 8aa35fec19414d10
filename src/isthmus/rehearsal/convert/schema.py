"""Schemas as the stand-in works with them: blocks of attributes and nested blocks."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from isthmus.rehearsal.convert.types import Type, parse


@dataclass(frozen=True)
class Attribute:
    """One attribute of a block."""

    name: str
    type: Type
    required: bool = False
    optional: bool = False
    computed: bool = False
    write_only: bool = False


@dataclass(frozen=True)
class Nested:
    """A nested block; `mode` is `list`, `set`, `map` or `single`, and `max_items` 0 means any number."""

    name: str
    mode: str
    block: Block
    min_items: int = 0
    max_items: int = 0


@dataclass(frozen=True)
class Block:
    """A block's content."""

    attributes: Mapping[str, Attribute]
    blocks: Mapping[str, Nested]

    @functools.cached_property
    def type(self) -> Type:
        """The object type of the block's values."""
        fields = {name: attribute.type for name, attribute in self.attributes.items()}
        for name, nested in self.blocks.items():
            inner = nested.block.type
            fields[name] = inner if nested.mode == "single" else Type(nested.mode, element=inner)
        return Type("object", fields=fields)

    def has(self, name: str) -> bool:
        """Whether the block has an attribute of this name."""
        return name in self.attributes


def shaped(block: Block, raw: Mapping[str, Any]) -> dict[str, Any]:
    """Values in the form of a block: what it doesn't have is dropped, what isn't given is null."""
    state: dict[str, Any] = {name: raw.get(name) for name in block.attributes}
    for name, nested in block.blocks.items():
        value = raw.get(name)
        if nested.mode == "single":
            state[name] = shaped(nested.block, value) if isinstance(value, dict) else None
        elif nested.mode == "map":
            state[name] = {key: shaped(nested.block, item) for key, item in (value or {}).items()}
        else:
            state[name] = [shaped(nested.block, item) for item in value or []]
    return state


def from_compact(compact: Mapping[str, Any]) -> Block:
    """Reads the form that the schema files have."""
    attributes = {name: _attribute(name, text) for name, text in compact["a"].items()}
    blocks = {name: _nested(name, nested) for name, nested in compact.get("b", {}).items()}
    return Block(attributes, blocks)


def _attribute(name: str, text: str) -> Attribute:
    flags, _, type_text = text.partition(":")
    return Attribute(name, parse(type_text), "r" in flags, "o" in flags, "c" in flags, write_only="w" in flags)


def _nested(name: str, compact: Mapping[str, Any]) -> Nested:
    return Nested(name, compact["n"], from_compact(compact), compact.get("min", 0), compact.get("max", 0))
