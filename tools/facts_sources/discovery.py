"""Google's API discovery documents, as the package google-api-python-client carries them."""

from __future__ import annotations

import importlib.resources
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from facts_sources.walk import Fact, normalized

_STABLE = re.compile(r"^(?P<api>\w+)\.v(?P<number>\d+)\.json$")
# Schemas of the newer APIs carry the API in their name: GoogleCloudRunV2Service.
_PREFIX = re.compile(r"^Google(?:Cloud|Iam|Api|Monitoring|Devtools)\w*?V\d+(?=[A-Z])")


@dataclass(frozen=True)
class DiscoveryNode:
    """A schema of a discovery document."""

    schemas: Mapping[str, Any]
    schema: Mapping[str, Any]

    def children(self) -> Mapping[str, DiscoveryNode]:
        """The properties of an object, or of the objects in an array, that a caller may set."""
        found = {}
        for name, child in self._object(self.schema).get("properties", {}).items():
            if not child.get("readOnly") and not re.match(r"\[?Output[ -]only", child.get("description", ""), re.I):
                found[normalized(name)] = DiscoveryNode(self.schemas, child)
        return found

    def fact(self) -> Fact:
        """Enum, range and pattern of the value, and whether it can't change."""
        fact: Fact = {}
        schema = self.schema["items"] if self.schema.get("type") == "array" else self.schema
        if "enum" in schema:
            fact["enum"] = schema["enum"]
        if "minimum" in schema or "maximum" in schema:
            fact["range"] = [_number(schema.get("minimum")), _number(schema.get("maximum"))]
        if "pattern" in schema:
            fact["pattern"] = f"^(?:{schema['pattern']})$"
        if self.schema.get("description", "").startswith(("Immutable", "Required. Immutable", "Optional. Immutable")):
            fact["create_only"] = True
        return fact

    def _object(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        if schema.get("type") == "array":
            return self._object(schema["items"])
        resolved: Mapping[str, Any] = self.schemas[schema["$ref"]] if "$ref" in schema else schema
        return resolved


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)


def models() -> Iterator[tuple[str, DiscoveryNode]]:
    """Every schema of the newest stable version of every API: `api.version:Schema`."""
    folder = importlib.resources.files("googleapiclient") / "discovery_cache" / "documents"
    newest: dict[str, int] = {}
    for file in folder.iterdir():
        if found := _STABLE.match(file.name):
            newest[found["api"]] = max(newest.get(found["api"], 0), int(found["number"]))
    for api, number in sorted(newest.items()):
        document = json.loads((folder / f"{api}.v{number}.json").read_text())
        schemas = document.get("schemas", {})
        for name, schema in schemas.items():
            yield f"{api}.v{number}:{_PREFIX.sub('', name)}", DiscoveryNode(schemas, schema)
