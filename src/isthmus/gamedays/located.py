"""YAML that remembers where each value stands, so that an error can name the line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from isthmus.core.errors import ConfigurationError

Path_ = tuple[str | int, ...]


@dataclass(frozen=True)
class Located:
    """A document.

    Attributes:
        where: The file, as errors name it.
        value: What it says.
        lines: The line of each value, by the way to it.
    """

    where: str
    value: Any
    lines: Mapping[Path_, int] = field(repr=False)

    def wrong(self, what: str, at: Path_ = (), fix: str = "") -> ConfigurationError:
        """An error about a place of the document; the nearest one above that has a line."""
        while at not in self.lines and at:
            at = at[:-1]
        return ConfigurationError(what, where=f"{self.where}:{self.lines.get(at, 1)}", fix=fix)

    def mapping(self, at: Path_, value: Any, allowed: Sequence[str], needed: Sequence[str]) -> dict[str, Any]:
        """Returns a mapping that has no other keys than these, and all that are needed.

        Raises:
            ConfigurationError: It isn't one; with the line.
        """
        name = _name(at)
        if not isinstance(value, dict):
            raise self.wrong(f"{name} is not a mapping", at)
        for key in value:
            if key not in allowed:
                raise self.wrong(f"{name} has an unknown key “{key}”", (*at, key), f"use: {', '.join(allowed)}")
        if missing := [key for key in needed if key not in value]:
            raise self.wrong(f"{name} has no {', '.join(missing)}", at)
        return value


def load(path: Path, where: str = "") -> Located:
    """Reads a YAML file.

    Raises:
        ConfigurationError: It can't be read, or has a key twice; with the line.
    """
    name = where or str(path)
    try:
        root = yaml.compose(path.read_text("utf-8"), Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the file can't be read: {error}", where=name) from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        problem = getattr(error, "problem", "") or error
        raise ConfigurationError(f"not YAML: {problem}", where=f"{name}:{mark.line + 1 if mark else 1}") from error
    reader = _Reader(name)
    value = reader.read(root, ()) if root is not None else None
    return Located(name, value, reader.lines)


def _name(at: Path_) -> str:
    """What an error calls a place."""
    if not at:
        return "the file"
    last = at[-1]
    return f"number {last + 1} of {at[-2]}" if isinstance(last, int) else last


class _Reader:
    def __init__(self, where: str) -> None:
        self.where = where
        self.lines: dict[Path_, int] = {}
        self._open: set[int] = set()

    def read(self, node: yaml.Node, at: Path_) -> Any:
        self.lines[at] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return yaml.SafeLoader("").construct_object(node)
        if id(node) in self._open:
            raise ConfigurationError(
                "a value contains itself, by an anchor and an alias", where=f"{self.where}:{self.lines[at]}"
            )
        self._open.add(id(node))
        try:
            return self._list(node, at) if isinstance(node, yaml.SequenceNode) else self._map(node, at)
        finally:
            self._open.discard(id(node))

    def _list(self, node: yaml.Node, at: Path_) -> list[Any]:
        return [self.read(child, (*at, number)) for number, child in enumerate(node.value)]

    def _map(self, node: yaml.Node, at: Path_) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            name = str(key.value)
            if name in found:
                line = key.start_mark.line + 1
                raise ConfigurationError(f"the key “{name}” is there twice", where=f"{self.where}:{line}")
            found[name] = self.read(value, (*at, name))
            self.lines[(*at, name)] = key.start_mark.line + 1
        return found
