"""The values that a resource gets when it is only recorded: what the real provider would read back, or its likes."""

from __future__ import annotations

import base64
import hashlib
import re
import string
import uuid
from dataclasses import dataclass
from typing import Any

from isthmus.rehearsal.convert.schema import Block, Nested
from isthmus.rehearsal.convert.types import Type
from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.resources.facts import Facts
from isthmus.rehearsal.session import Session

Values = dict[str, Any]


class _Names(dict[str, Any]):
    """Names for templates: one that is absent or null is empty text."""

    def __missing__(self, key: str) -> str:
        return ""


def render(template: str, values: Values, session: Session, seed: str = "") -> str:
    """Fills a template of the facts."""
    names = _Names({key: value for key, value in values.items() if value is not None and value is not UNKNOWN})
    names.update(places(values, session))
    names.update(_made_up(seed))
    names["_apex"] = str(names["domain_name"]).removeprefix("*.")
    names["_host"] = str(names["url"]).removeprefix("https://")
    return template.format_map(names)


def places(values: Values, session: Session) -> dict[str, Any]:
    """The names of a session, its region and project taken from the resource where that has its own."""
    own = {f"_{name}": values.get(name) for name in ("region", "project")}
    return {**session.names, **{name: value for name, value in own.items() if value not in (None, UNKNOWN)}}


def _made_up(seed: str) -> dict[str, str]:
    """Identifiers of the shapes that clouds give: stable for a resource, different between resources."""
    digest = hashlib.sha256(seed.encode()).hexdigest()
    return {
        "_unique": digest[:17],
        "_hex": digest[:32],
        "_digits": str(int(digest[:20], 16)).zfill(21)[:21],
        "_uuid": str(uuid.UUID(digest[:32])),
        "_capitals": base64.b32encode(bytes.fromhex(digest)).decode()[:17],
        "_api": base64.b32encode(bytes.fromhex(digest)).decode().lower()[:10],
    }


def record(block: Block, planned: Values, facts: Facts, session: Session, seed: str) -> Values:
    """The planned values with every unknown one filled.

    Args:
        seed: Makes ids that are stable for the same resource and differ between resources.
    """
    state = dict(planned)
    if state.get("name") is UNKNOWN and "name" not in facts.computed:
        state["name"] = (state.get("name_prefix") or "terraform-") + hashlib.sha256(seed.encode()).hexdigest()[:26]
    types = block.type.fields or {}
    for path, given in facts.computed.items():
        template = _chosen(given, state)
        if template is not None:
            name, *steps = path.split(".")
            rendering = _Rendering(template, session, seed)
            state[name] = _put(types[name], state.get(name), steps, rendering, state)
    if session.provider == "google" and state.get("deletion_policy") is UNKNOWN:
        state["deletion_policy"] = "DELETE"
    if state.get("id") is UNKNOWN:
        state["id"] = _identity(state, seed)
    return complete(block, state)


def _chosen(given: str | list[list[str]], state: Values) -> str | None:
    """The template, or of several the first whose condition (`engine=mysql.*`; empty for any) the resource meets."""
    if isinstance(given, str):
        return given
    return next((template for condition, template in given if _met(condition, state)), None)


def _met(condition: str, state: Values) -> bool:
    name, _, pattern = condition.partition("=")
    value = state.get(name)
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return not condition or (value not in (None, UNKNOWN) and bool(re.fullmatch(pattern, text)))


@dataclass(frozen=True)
class _Rendering:
    """A template and what it is filled from beside the resource's values."""

    template: str
    session: Session
    seed: str

    def of(self, values: Values) -> str:
        return render(self.template, values, self.session, self.seed)


def _put(type_: Type, value: Any, steps: list[str], rendering: _Rendering, names: Values) -> Any:
    """The value with what is unknown at the end of the path filled; a list on the way there gets one element."""
    if type_.kind in ("list", "set") and steps and type_.element:
        items = [UNKNOWN] if value is UNKNOWN else value or []
        return [_put(type_.element, item, steps, rendering, names) for item in items]
    if steps and type_.kind == "object":
        fields = type_.fields or {}
        item = dict.fromkeys(fields, UNKNOWN) if value is UNKNOWN or value is None else value
        known = {name: inner for name, inner in item.items() if inner is not UNKNOWN}
        inner = _put(fields[steps[0]], item.get(steps[0]), steps[1:], rendering, {**names, **known})
        return {**item, steps[0]: inner}
    return _typed(rendering.of(names), type_) if value is UNKNOWN else value


def _typed(text: str, type_: Type) -> Any:
    if type_.kind == "number":
        return int(text)
    if type_.kind in ("list", "set"):
        return text.split(",")
    return text == "true" if type_.kind == "bool" else text


def complete(block: Block, values: Values) -> Values:
    """The values with what is still unknown made empty, by type."""
    state = {name: _filled(values.get(name), attribute.type) for name, attribute in block.attributes.items()}
    for name, nested in block.blocks.items():
        state[name] = _complete_nested(nested, values.get(name))
    return state


def _complete_nested(nested: Nested, value: Any) -> Any:
    if nested.mode == "single":
        return None if value is None or value is UNKNOWN else complete(nested.block, value)
    if value is UNKNOWN or value is None:
        return {} if nested.mode == "map" else []
    if nested.mode == "map":
        return {key: complete(nested.block, item) for key, item in value.items()}
    return [complete(nested.block, item) for item in value if item is not UNKNOWN]


def _filled(value: Any, type_: Type) -> Any:
    if value is UNKNOWN:
        return _empty(type_)
    if isinstance(value, dict):
        fields = type_.fields or {}
        inner = {key: fields.get(key) or type_.element for key in value}
        return {key: _filled(item, inner[key]) if inner[key] else item for key, item in value.items()}  # type: ignore[arg-type]
    if isinstance(value, list) and type_.element:
        return [_filled(item, type_.element) for item in value]
    return value


def _empty(type_: Type) -> Any:
    empties = {"string": "", "number": 0, "bool": False, "list": [], "set": [], "map": {}}
    if type_.kind == "object":
        return {name: _empty(field) for name, field in (type_.fields or {}).items()}
    return empties.get(type_.kind)


def _identity(values: Values, seed: str) -> str:
    for name in ("name", "bucket", "arn"):
        if isinstance(values.get(name), str) and values[name]:
            return str(values[name])
    return hashlib.sha256(seed.encode()).hexdigest()[:20]


def fields(template: str) -> set[str]:
    """The names that a template uses."""
    return {name for _, name, _, _ in string.Formatter().parse(template) if name}
