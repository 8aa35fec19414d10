"""Builtins of Rego that a rule may use: those on which the engine inside, `opa` and `conftest` are known to agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.policy import engine
from isthmus.policy.bundle import Bundle

AGREED = frozenset(
    {
        "array.concat",
        "array.slice",
        "concat",
        "contains",
        "count",
        "endswith",
        "graph.reachable",
        "is_array",
        "is_number",
        "is_object",
        "is_string",
        "json.is_valid",
        "json.marshal",
        "json.unmarshal",
        "lower",
        "net.cidr_contains",
        "numbers.range",
        "object.get",
        "object.keys",
        "object.remove",
        "object.union",
        "regex.match",
        "regex.replace",
        "replace",
        "sort",
        "split",
        "sprintf",
        "startswith",
        "time.now_ns",
        "time.parse_rfc3339_ns",
        "to_number",
        "trim_prefix",
        "trim_suffix",
        "walk",
    }
)
"""What the rules use, compared with OPA 1.22 on every plan of the rules' tests by tests/unit/policy (2026-11)."""


def check(bundle: Bundle) -> None:
    """Looks at every call of every module.

    Raises:
        ConfigurationError: When a module doesn't compile, or calls a builtin that isn't in `AGREED`: with its place.
    """
    for module in engine.syntax(bundle):
        ast = module["ast"]
        own = {_name(head["Func"]["refr"]) for head in _heads(ast) if "Func" in head}
        imported = {_alias(entry, module["source"]["contents"].encode()) for entry in ast["imports"]}
        for name, line in _calls(ast["rules"]):
            if name not in AGREED | own and name.split(".")[0] not in imported:
                raise ConfigurationError(
                    f"the engines are not known to agree on the builtin {name}",
                    where=f"{module['source']['file']}:{line}",
                    fix="use another one, or compare it with OPA and add it to isthmus.policy.builtins.AGREED",
                )


def _heads(ast: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for rule in ast["rules"]:
        if "Spec" in rule:
            yield rule["Spec"]["head"]


def _alias(entry: Mapping[str, Any], text: bytes) -> str:
    """What an import is called; the syntax has only the place of a name after `as`."""
    place = entry.get("as")
    return text[place["start"] : place["end"]].decode() if place else _name(entry["refr"]).rsplit(".", 1)[-1]


def _calls(node: Any) -> Iterator[tuple[str, int]]:
    """Each call below a node of the syntax, with its line."""
    if isinstance(node, list):
        for part in node:
            yield from _calls(part)
    elif isinstance(node, dict):
        if "fcn" in node:
            yield _name(node["fcn"]), node["span"]["line"]
        for part in node.values():
            yield from _calls(part)


def _name(reference: Mapping[str, Any]) -> str:
    """`object.get` of a reference."""
    if "Var" in reference:
        return str(reference["Var"]["value"])
    return f"{_name(reference['RefDot']['refr'])}.{reference['RefDot']['field'][1]}"
