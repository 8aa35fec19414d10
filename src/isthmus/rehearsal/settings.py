"""Settings that no variable has: in a file of variables, or in a variable's own value.

Terraform drops an attribute that an object's type does not have, without a word, and only warns of a variable that is
none. A sender's misspelled `sources` would let it send anything, a misspelled `billing_account` make no budget.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.rehearsal.stack import Stack

_TOKEN = re.compile(
    r"(?P<skip>\s+|#[^\n]*|//[^\n]*|/\*.*?\*/)"
    r"|<<-?(?P<end>\w+)\n.*?\n[ \t]*(?P=end)\b"
    r'|"(?:\\.|[^"\\])*"|[A-Za-z_][\w-]*|-?\d[\w.+-]*|[^\s]',
    re.S,
)
_VARIABLE = re.compile(r'^variable[ \t]+"(\w+)"[ \t]*\{(?:([^\n]*)\}[ \t]*$|(.*?)^\})', re.M | re.S)
"""A block, on one line or on several."""
_TYPE = re.compile(r"^[ \t]*type[ \t]*=[ \t]*(.*)", re.M | re.S)
_EACH = ""
"""The name that a type has for every element of a collection; no attribute has it."""


@dataclass(frozen=True)
class Unknown:
    """A setting that no variable has.

    Attributes:
        what: What is wrong and what there is.
        file: The file of variables; None for a value that was given otherwise.
        line: Its line there; 0 without a file.
    """

    what: str
    file: Path | None = None
    line: int = 0


class _Name(str):
    """A name as it was written, and where."""

    line: int = 0


def refuse_unknown(stack: Stack) -> None:
    """Raises for the settings that Terraform would drop.

    Raises:
        ConfigurationError: There are some; it names all of them.
    """
    found = unknown(stack.directory, stack.variable_file, stack.variables)
    if found:
        raise ConfigurationError(
            "; ".join(f"line {each.line}: {each.what}" if each.line else each.what for each in found),
            where=str(stack.variable_file or stack.name),
            fix="Terraform would drop it without a word: mend the name or delete it",
        )


def unknown(directory: Path, file: Path | None, values: Mapping[str, str]) -> list[Unknown]:
    """The settings that no variable of a root module has, nor any part of one's type.

    Args:
        directory: The root module.
        file: The file of variables; None for none.
        values: Variables that are given by name, in Terraform's or JSON syntax. One that is not declared is another's.
    """
    types = _declared(directory)
    given = _read("{" + file.read_text("utf-8", "replace") + "\n}") if file else None
    found = [Unknown(text, file, name.line) for name, text in _unknown(given, types, "")]
    for variable, text in values.items():
        if types.get(variable):
            found += [Unknown(said) for _, said in _unknown(_read(text), types[variable], variable)]
    return found


def _unknown(value: Any, known: Any, path: str) -> Iterator[tuple[_Name, str]]:
    if isinstance(known, dict) and isinstance(value, list):
        for element in value:
            yield from _unknown(element, known.get(_EACH), path)
    elif isinstance(known, dict) and isinstance(value, dict):
        for name, inner in value.items():
            if _EACH not in known and name not in known:
                yield name, _said(name, path, known)
            else:
                yield from _unknown(inner, known.get(_EACH, known.get(name)), f"{path}.{name}" if path else name)


def _said(name: str, path: str, known: Mapping[str, Any]) -> str:
    return f"{path or 'variables'}: there is no {name}; there are {', '.join(sorted(known))}"


def _declared(directory: Path) -> dict[str, Any]:
    """The type of each variable of a module; None for one without names of its own."""
    types: dict[str, Any] = {}
    for path in sorted(directory.glob("*.tf")):
        for name, line, body in _VARIABLE.findall(path.read_text("utf-8", "replace")):
            written = _TYPE.search(line or body)
            types[name] = _type(_Tokens(written[1])) if written else None
    return types


def _type(tokens: _Tokens) -> Any:
    kind = tokens.take()
    if tokens.peek() != "(":
        return None
    tokens.take()
    if kind == "object":
        return _attributes(tokens)
    inner = _type(tokens)
    tokens.close()
    return {_EACH: inner} if kind in ("list", "map", "set") and inner else inner if kind == "optional" else None


def _attributes(tokens: _Tokens) -> dict[str, Any]:
    tokens.take()
    found: dict[str, Any] = {}
    while (name := tokens.take()) != "}":
        if name != ",":
            tokens.take()
            found[name] = _type(tokens)
    tokens.close()
    return found


def _read(text: str) -> Any:
    """A value: objects as dictionaries, lists as lists, all else None. None too for what can't be read."""
    try:
        return _value(_Tokens(text))
    except IndexError:
        return None  # Terraform says what is wrong with it


def _value(tokens: _Tokens) -> Any:
    first = tokens.take()
    if first == "{":
        return dict(_entries(tokens))
    if first == "[":
        return list(_elements(tokens))
    return None


def _entries(tokens: _Tokens) -> Iterator[tuple[_Name, Any]]:
    while (name := tokens.take()) != "}":
        if name != ",":
            tokens.take()
            yield name, _value(tokens)


def _elements(tokens: _Tokens) -> Iterator[Any]:
    while tokens.peek() != "]":
        if tokens.peek() == ",":
            tokens.take()
        else:
            yield _value(tokens)
    tokens.take()


class _Tokens:
    """The words of a text, one after the other."""

    def __init__(self, text: str) -> None:
        self._words = [_name(found, text) for found in _TOKEN.finditer(text) if found["skip"] is None]
        self._next = 0

    def peek(self) -> _Name:
        return self._words[self._next] if self._next < len(self._words) else _Name()

    def take(self) -> _Name:
        self._next += 1
        return self._words[self._next - 1]

    def close(self) -> None:
        """Goes past the bracket that closes what is open."""
        depth = 1
        while depth:
            word = self.take()
            depth += (word in ("(", "{", "[")) - (word in (")", "}", "]"))


def _name(found: re.Match[str], text: str) -> _Name:
    name = _Name(found[0].strip('"'))
    name.line = text.count("\n", 0, found.start()) + 1
    return name
