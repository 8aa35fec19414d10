"""Value types: the compact text that the schema files use, and Terraform's JSON form of it.

s string   n number   b bool   * any   L… list   S… set   M… map   {name=…,name=…} object
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Type:
    """A value's type.

    Attributes:
        kind: `string`, `number`, `bool`, `dynamic`, `list`, `set`, `map` or `object`.
        element: Of a list, set or map.
        fields: Of an object.
    """

    kind: str
    element: Type | None = None
    fields: Mapping[str, Type] | None = None

    def to_json(self) -> Any:
        """Terraform's form, as `["map", "string"]`."""
        if self.kind == "object":
            return ["object", {name: field.to_json() for name, field in (self.fields or {}).items()}]
        if self.element is not None:
            return [self.kind, self.element.to_json()]
        return self.kind

    @functools.cached_property
    def wire(self) -> bytes:
        """`to_json` as the protocol carries it."""
        return json.dumps(self.to_json(), separators=(",", ":")).encode()


STRING = Type("string")
NUMBER = Type("number")
BOOL = Type("bool")
DYNAMIC = Type("dynamic")
_SCALARS = {"s": STRING, "n": NUMBER, "b": BOOL, "*": DYNAMIC}
_COLLECTIONS = {"L": "list", "S": "set", "M": "map"}


@functools.lru_cache(maxsize=4096)
def parse(text: str) -> Type:
    """The type that a compact text stands for."""
    found, rest = _parse(text)
    if rest:
        raise ValueError(f"not a type: {text!r}")
    return found


def _parse(text: str) -> tuple[Type, str]:
    head, rest = text[:1], text[1:]
    if head in _SCALARS:
        return _SCALARS[head], rest
    if head in _COLLECTIONS:
        element, rest = _parse(rest)
        return Type(_COLLECTIONS[head], element=element), rest
    if head == "{":
        return _parse_object(rest)
    raise ValueError(f"not a type: {text!r}")


def _parse_object(text: str) -> tuple[Type, str]:
    fields: dict[str, Type] = {}
    while not text.startswith("}"):
        name, _, text = text.partition("=")
        fields[name], text = _parse(text)
        text = text.removeprefix(",")
    return Type("object", fields=fields), text[1:]
