"""From configuration and prior state to planned values, as the providers' plug-in SDKs do it.

Most types are built on the older SDK, which can't tell an empty value from an absent one: a set or map that is
configured empty is planned as null where nothing was before, inside a set an absent text or list is planned as an empty
one, and a list, set or map of which one element is unknown is unknown as a whole. Such a type has an `id` that is
optional and computed; those of the newer framework have one that is only computed, and keep what is configured.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from isthmus.rehearsal.convert.compare import equal
from isthmus.rehearsal.convert.schema import Attribute, Block, Nested
from isthmus.rehearsal.convert.types import Type
from isthmus.rehearsal.convert.values import UNKNOWN, has_unknown
from isthmus.rehearsal.resources import json_text
from isthmus.rehearsal.resources.facts import Facts

Values = dict[str, Any]
_EMPTY: tuple[Any, ...] = ("", 0, False)
_EMPTY_IN_SET: dict[str, Any] = {"string": "", "list": [], "set": []}


def plan_block(block: Block, config: Values, prior: Values | None, facts: Facts) -> Values:
    """The planned values of a resource.

    What the configuration says wins; then comes what was there before (computed values are kept), a default, and last
    "known after apply" for what the provider computes.
    """
    identity = block.attributes.get("id")
    legacy = identity is not None and identity.optional and identity.computed
    return _block(block, config, prior, _Place(facts, legacy))


@dataclass(frozen=True)
class _Place:
    """Where in a resource the planning is.

    Attributes:
        facts: The type's facts.
        legacy: Whether the type is built on the older SDK.
        in_set: Whether this is inside a set of blocks.
        path: The dotted path so far, ending in a dot.
    """

    facts: Facts
    legacy: bool
    in_set: bool = False
    path: str = ""

    def inside(self, nested: Nested) -> _Place:
        return _Place(self.facts, self.legacy, self.in_set or nested.mode == "set", f"{self.path}{nested.name}.")

    def fact(self, name: str) -> Mapping[str, Any]:
        return self.facts.of(self.path + name)


def _block(block: Block, config: Values, prior: Values | None, place: _Place) -> Values:
    planned = {
        name: _attribute(attribute, config.get(name), prior, place) for name, attribute in block.attributes.items()
    }
    for name, nested in block.blocks.items():
        planned[name] = _nested(nested, config.get(name), prior, place)
    return planned


def _attribute(attribute: Attribute, config: Any, prior: Values | None, place: _Place) -> Any:
    if attribute.write_only:
        return None
    fact = place.fact(attribute.name)
    old = prior.get(attribute.name) if prior is not None else None
    if place.legacy and not place.in_set and config in ("", [], {}) and config is not UNKNOWN:
        config = _legacy_empty(attribute, config, old, prior is None)
    wanted = fact.get("default") if config is None else config
    if "empty_as" in fact and wanted == fact["empty_as"] and old in (None, "", wanted):
        return old
    if config is not None:
        if fact.get("upper") and isinstance(config, str):
            config = config.upper()
        if place.legacy and has_unknown(config):
            return UNKNOWN
        return _configured(attribute.type, config, old, fact.get("json"))
    if attribute.computed:
        if prior is not None:
            return old
        return fact.get("default", UNKNOWN)
    if "default" in fact and not (place.legacy and fact["default"] == ""):
        return fact["default"]
    if place.legacy and place.in_set:
        return _EMPTY_IN_SET.get(attribute.type.kind)
    # What an import or a read left there is no difference to an absent value.
    return old if old in _EMPTY or old in ([], {}) else None


def _legacy_empty(attribute: Attribute, config: Any, old: Any, new: bool) -> Any:
    """What the older SDK makes of an empty text, list, set or map in the configuration."""
    if attribute.computed and new:
        return UNKNOWN
    if attribute.type.kind in ("list", "string") or old not in (None, "", [], {}):
        return config
    return old


def _configured(type_: Type, config: Any, old: Any, json_kind: str | None) -> Any:
    if json_kind and isinstance(config, str) and config:
        if isinstance(old, str) and equivalent_json(config, old, json_kind):
            return old
        return json_text.compact(config) if json_text.is_json(config) else config
    if old is not None and equal(config, old, type_):
        return old
    return config


def equivalent_json(one: str, other: str, kind: str) -> bool:
    """Whether two JSON texts mean the same; `kind` is `plain` or `policy`."""
    return json_text.same_policy(one, other) if kind == "policy" else json_text.same(one, other)


def _nested(nested: Nested, config: Any, prior: Values | None, place: _Place) -> Any:
    old = prior.get(nested.name) if prior is not None else None
    if config is UNKNOWN:
        return UNKNOWN
    if nested.mode == "single":
        return _block(nested.block, config, old, place.inside(nested)) if config is not None else None
    if not config:
        if place.fact(nested.name).get("computed_block"):
            return old if prior is not None else UNKNOWN
        return {} if nested.mode == "map" else []
    if nested.mode == "map":
        before = old or {}
        inside = place.inside(nested)
        return {key: _block(nested.block, item, before.get(key), inside) for key, item in config.items()}
    matched = _matched(nested, config, old or [])
    return [
        UNKNOWN if item is UNKNOWN else _block(nested.block, item, before, place.inside(nested))
        for item, before in zip(config, matched, strict=True)
    ]


def _matched(nested: Nested, config: list[Any], old: list[Any]) -> list[Values | None]:
    """For each configured element the one before it that computed values are kept from."""
    if nested.mode == "list":
        return [old[number] if number < len(old) else None for number in range(len(config))]
    left = list(old)
    matched: list[Values | None] = []
    for item in config:
        found = next((before for before in left if _covers(nested.block, before, item)), None)
        if found is not None:
            left.remove(found)
        matched.append(found)
    return matched


def _covers(block: Block, before: Values, config: Any) -> bool:
    if config is UNKNOWN:
        return False
    for name, attribute in block.attributes.items():
        wanted = config.get(name)
        if wanted is not None and not equal(wanted, before.get(name), attribute.type):
            return False
    return True
