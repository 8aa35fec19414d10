"""Walks a Terraform block beside an API's model of the same thing, by name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from isthmus.rehearsal.convert.schema import Block

Fact = dict[str, Any]


class Node(Protocol):
    """A place in an API's model: a structure, or what an attribute holds."""

    def children(self) -> Mapping[str, Node]:
        """What a structure (or the elements of a list of them) has, by normalized name."""

    def fact(self) -> Fact:
        """What the model says of the values here: `enum`, `range`, `length`, `pattern`, `create_only`."""


@dataclass(frozen=True)
class Found:
    """What one model says of one Terraform type.

    Attributes:
        model: The model's name for it, for sources: `AWS::SQS::Queue`.
        facts: By dotted path of the Terraform attribute.
        share: How many of the model's members the Terraform type has too, from 0 to 1.
    """

    model: str
    facts: Mapping[str, Fact] = field(default_factory=dict)
    share: float = 0.0


def normalized(name: str) -> str:
    """A name without case and separators: `KmsMasterKeyId` and `kms_master_key_id` are the same."""
    return "".join(letter for letter in name.lower() if letter.isalnum())


def find(model: str, block: Block, node: Node, exceptions: Mapping[str, str]) -> Found:
    """What a model says of a type's attributes.

    Args:
        exceptions: The model's name of an attribute where the rule doesn't find it, by dotted path; empty for none.
    """
    children = node.children()
    named = {normalized(exceptions.get(name, name)) for name in (*block.attributes, *block.blocks)}
    met = sum(1 for name in children if named & set(_spellings(name)))
    facts = {path: fact for path, fact in _walk(block, node, exceptions, "") if fact}
    return Found(model, facts, met / len(children) if children else 0.0)


def _walk(block: Block, node: Node, exceptions: Mapping[str, str], prefix: str) -> Iterator[tuple[str, Fact]]:
    children = node.children()
    for name, attribute in block.attributes.items():
        child = _child(children, exceptions.get(prefix + name, name))
        if child is not None and (attribute.required or attribute.optional):
            yield prefix + name, _fitting(child.fact(), attribute.type.kind)
    for name, nested in block.blocks.items():
        child = _child(children, exceptions.get(prefix + name, name))
        if child is not None and prefix.count(".") < 6:
            yield prefix + name, {key: value for key, value in child.fact().items() if key == "create_only"}
            yield from _walk(nested.block, child, exceptions, f"{prefix}{name}.")


def _child(children: Mapping[str, Node], name: str) -> Node | None:
    return next((children[spelling] for spelling in _spellings(normalized(name)) if spelling in children), None)


def _spellings(name: str) -> tuple[str, ...]:
    return (name, f"{name}s", f"{name}es", name.removesuffix("y") + "ies", name.removesuffix("s"))


def _fitting(fact: Fact, kind: str) -> Fact:
    """The part of a fact that a value of this kind can have."""
    wanted = {"string": ("enum", "length", "pattern"), "number": ("range",), "bool": ()}
    keys = (*wanted.get(kind, ("enum",) if kind in ("list", "set") else ()), "create_only")
    return {key: value for key, value in fact.items() if key in keys}
