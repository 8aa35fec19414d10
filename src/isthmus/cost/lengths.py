"""How long lists are that a plan knows only after apply: counted by what the configuration says they refer to.

A provider plans a list or set as unknown when one of its elements is, so the length is lost with it. What the elements
come from is planned, though: `[for zone in local.zones : aws_subnet.private[zone].id]` has as many as there are such
subnets.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

_INDEX = r'(?:\["(?:[^"\\]|\\.)*"\]|\[\d+\])'
_STEP = re.compile(rf"module\.([\w-]+){_INDEX}?")
_INSTANCE = re.compile(rf"([a-z][a-z0-9_]*\.[\w-]+)({_INDEX})?")
_OUTPUT = re.compile(rf"module\.([\w-]+)({_INDEX})?\.([\w-]+)")
_NO_RESOURCE = ("count.", "data.", "each.", "local.", "module.", "path.", "self.", "terraform.", "var.")

Path = tuple[str, ...]
"""A module's instance, step by step: `('module.network[0]',)`; empty for the root."""


class Lengths:
    """Counts the lists of a plan.

    Args:
        plan: The plan, as `terraform show -json` writes it.
    """

    def __init__(self, plan: Mapping[str, Any]) -> None:
        self._root: Mapping[str, Any] = (plan.get("configuration") or {}).get("root_module") or {}
        self._instances: Counter[tuple[Path, str]] = Counter()
        self._modules: set[Path] = {()}
        for path, found in walk((plan.get("planned_values") or {}).get("root_module") or {}):
            self._modules.add(path)
            self._instances[path, _name(found)] += found.get("mode") == "managed"
        self._unknown = {
            change.get("address"): ((change.get("change") or {}).get("after_unknown") or {})
            for change in plan.get("resource_changes") or ()
        }

    def of(self, path: Path, resource: Mapping[str, Any]) -> dict[str, int | None]:
        """The lengths of a resource's values that are unknown as a whole, by name; None where it can't be counted.

        Args:
            path: The module that it is in.
            resource: The resource, of `planned_values`.
        """
        unknown = self._unknown.get(resource.get("address")) or {}
        names = [name for name, value in unknown.items() if value is True]
        expressions = self._expressions(path, _name(resource)) if names else {}
        return {name: self._count(path, _references(expressions.get(name))) for name in names}

    def _expressions(self, path: Path, name: str) -> Mapping[str, Any]:
        for found in self._module(path).get("resources") or ():
            if _name(found) == name and found.get("mode") == "managed":
                expressions: Mapping[str, Any] = found.get("expressions") or {}
                return expressions
        return {}

    def _module(self, path: Path) -> Mapping[str, Any]:
        module = self._root
        for step in path:
            module = self._call(module, step).get("module") or {}
        return module

    def _call(self, module: Mapping[str, Any], step: str) -> Mapping[str, Any]:
        found = _STEP.fullmatch(step)
        call: Mapping[str, Any] = (module.get("module_calls") or {}).get(found[1] if found else "") or {}
        return call

    def _count(self, path: Path, references: Sequence[str]) -> int | None:
        """Resources first: a variable or local beside them is what they are looked up with."""
        resources = self._resources(path, references)
        if resources is not None:
            return resources
        lists = [one for one in references if one.startswith("var.") or _OUTPUT.fullmatch(one)]
        counts = [self._followed(path, one) for one in dict.fromkeys(lists)]
        return sum(one for one in counts if one is not None) if counts and None not in counts else None

    def _resources(self, path: Path, references: Sequence[str]) -> int | None:
        """The planned instances of the resources that are referred to; those alone that are named by their index."""
        named: dict[str, set[str]] = {}
        for reference in references:
            found = None if reference.startswith(_NO_RESOURCE) else _INSTANCE.match(reference)
            if found:
                named.setdefault(found[1], set()).add(found[2] or "")
        counts = [len(indexes - {""}) or self._instances[path, name] for name, indexes in named.items()]
        return sum(counts) if counts and all(counts) else None

    def _followed(self, path: Path, reference: str) -> int | None:
        """The length of a variable, as the module above gives it, or of a module's output."""
        output = _OUTPUT.fullmatch(reference)
        if not output:
            call = self._call(self._module(path[:-1]), path[-1]) if path else {}
            expression = (call.get("expressions") or {}).get(reference.split(".")[1].split("[")[0])
            return self._count(path[:-1], _references(expression)) if path else None
        step = f"module.{output[1]}{output[2] or ''}"
        child = (*path, step)
        if child not in self._modules:
            return None
        found = (self._module(child).get("outputs") or {}).get(output[3]) or {}
        return self._count(child, _references(found.get("expression")))


def walk(module: Mapping[str, Any], path: Path = ()) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Every resource of a planned module and those within it, with the module that it is in."""
    for found in module.get("resources") or ():
        yield path, found
    for child in module.get("child_modules") or ():
        yield from walk(child, tuple(step[0] for step in _STEP.finditer(str(child.get("address", "")))))


def _name(resource: Mapping[str, Any]) -> str:
    return f"{resource.get('type')}.{resource.get('name')}"


def _references(expression: Any) -> list[str]:
    """What an expression refers to; nothing for a block, which has expressions of its own."""
    found = expression.get("references") if isinstance(expression, dict) else None
    return [one for one in found or () if isinstance(one, str)]
