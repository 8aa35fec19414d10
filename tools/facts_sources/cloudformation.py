"""CloudFormation's resource schemas, as the package cfn-lint carries them."""

from __future__ import annotations

import importlib.resources
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from facts_sources.walk import Fact, normalized


@dataclass(frozen=True)
class CfnNode:
    """A place in a resource schema."""

    document: Mapping[str, Any]
    schema: Mapping[str, Any]
    path: str = "/properties"

    def children(self) -> Mapping[str, CfnNode]:
        """The properties of an object, or of the objects in an array."""
        schema, path = self._object()
        read_only = {*self.document.get("readOnlyProperties", ())}
        return {
            normalized(name): CfnNode(self.document, child, f"{path}/{name}")
            for name, child in schema.get("properties", {}).items()
            if f"{path}/{name}" not in read_only
        }

    def fact(self) -> Fact:
        """Enum, range, length and pattern of the value, and whether it can't change."""
        schema = _resolved(self.document, self.schema)
        if schema.get("type") == "array":
            schema = _resolved(self.document, schema.get("items", {}))
        fact: Fact = {}
        if all(isinstance(value, str) for value in schema.get("enum", [0])):
            fact["enum"] = schema["enum"]
        if "minimum" in schema or "maximum" in schema:
            fact["range"] = [schema.get("minimum"), schema.get("maximum")]
        if "maxLength" in schema:
            fact["length"] = [schema.get("minLength", 0), schema["maxLength"]]
        if "pattern" in schema:
            fact["pattern"] = schema["pattern"]
        if self.path in self.document.get("createOnlyProperties", ()):
            fact["create_only"] = True
        return fact

    def _object(self) -> tuple[Mapping[str, Any], str]:
        schema, path = _resolved(self.document, self.schema), self.path
        if schema.get("type") == "array":
            schema, path = _resolved(self.document, schema.get("items", {})), f"{path}/*"
        return schema, path


def _resolved(document: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = schema.get("$ref", "")
    if not reference.startswith("#/definitions/"):
        return schema
    resolved: Mapping[str, Any] = document["definitions"][reference.removeprefix("#/definitions/")]
    return resolved


def models() -> Iterator[tuple[str, CfnNode]]:
    """Every resource: its CloudFormation name, and its schema."""
    folder = importlib.resources.files("cfnlint") / "data" / "schemas" / "resources"
    for file in folder.iterdir():
        if file.name.endswith(".json"):
            document = json.loads(file.read_text())
            yield document["typeName"], CfnNode(document, {"properties": document["properties"]})
