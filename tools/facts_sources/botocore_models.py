"""The AWS services' own models, as the package botocore carries them: what the calls that make a thing take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import botocore.session

from facts_sources.walk import Fact, normalized

_VERBS = ("Create", "Put", "Register", "Request", "Allocate")


@dataclass(frozen=True)
class BotoNode:
    """A shape of a service's model."""

    shape: Any

    def children(self) -> Mapping[str, BotoNode]:
        """The members of a structure, or of the structures in a list."""
        shape = self._element()
        if shape.type_name != "structure":
            return {}
        return {normalized(name): BotoNode(member) for name, member in shape.members.items()}

    def fact(self) -> Fact:
        """Enum, range, length and pattern of the value."""
        shape = self._element()
        metadata = shape.metadata
        fact: Fact = {}
        if shape.type_name == "string" and shape.enum:
            fact["enum"] = [*shape.enum]
        if shape.type_name in ("integer", "long", "float", "double") and {"min", "max"} & {*metadata}:
            fact["range"] = [metadata.get("min"), metadata.get("max")]
        if shape.type_name == "string" and "max" in metadata:
            fact["length"] = [metadata.get("min", 0), metadata["max"]]
        if "pattern" in metadata:
            fact["pattern"] = metadata["pattern"]
        return fact

    def _element(self) -> Any:
        return self.shape.member if self.shape.type_name == "list" else self.shape


def models() -> Iterator[tuple[str, BotoNode]]:
    """Every call that makes something: `service:Thing`, and its input."""
    session = botocore.session.get_session()
    for service in session.get_available_services():
        model = session.get_service_model(service)
        for operation in model.operation_names:
            verb = next((verb for verb in _VERBS if operation.startswith(verb)), None)
            if verb:
                shape = model.operation_model(operation).input_shape
                if shape is not None:
                    yield f"{service}:{operation.removeprefix(verb)}", BotoNode(shape)
