"""Subscription filters: the whole grammar of Pub/Sub's filtering language.

    expression = term {("AND" | "OR") term}      (AND and OR are not mixed without parentheses)
    term       = {"NOT" | "-"} factor
    factor     = "(" expression ")" | "attributes" ":" name | "attributes" "." name ("=" | "!=") text
               | "hasPrefix" "(" "attributes" "." name "," text ")"

Source: Pub/Sub documentation, "Filter messages from a subscription", 2026-11. At most 256 bytes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

MAX_FILTER_BYTES = 256
Attributes = Mapping[str, str]
Matcher = Callable[[Attributes], bool]
_TOKEN = re.compile(r'\s*(?:(?P<text>"(?:[^"\\]|\\.)*")|(?P<word>[A-Za-z0-9_][A-Za-z0-9_-]*)|(?P<mark>!=|[().,:=-]))')


_ESCAPE = re.compile(r"\\([xX][0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|[0-3][0-7]{2}|.)", re.DOTALL)
_CONTROLS = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_OCTAL_DIGITS = 3


class FilterError(ValueError):
    """The filter can't be read; the message says where."""


def compile_filter(text: str) -> Matcher:
    """Compiles a filter; the empty one matches everything.

    Raises:
        FilterError: when it is not in the grammar or too long.
    """
    if len(text.encode()) > MAX_FILTER_BYTES:
        raise FilterError(f"the filter has {len(text.encode())} bytes; {MAX_FILTER_BYTES} are allowed")
    if not text.strip():
        return lambda attributes: True
    parser = _Parser(_tokens(text))
    matcher = parser.expression()
    parser.end()
    return matcher


def _tokens(text: str) -> list[tuple[str, str]]:
    found, position, text = [], 0, text.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match or match.end() == position:
            raise FilterError(f"the filter can't be read at character {position}: {text[position : position + 20]!r}")
        kind = match.lastgroup or ""
        found.append((kind, match[kind]))
        position = match.end()
    return found


class _Parser:
    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self._next = 0

    def expression(self) -> Matcher:
        parts = [self._term()]
        operator = ""
        while self._peek() in ("AND", "OR"):
            word = self._take()
            if operator and word != operator:
                raise FilterError("AND and OR are mixed; use parentheses")
            operator = word
            parts.append(self._term())
        if len(parts) == 1:
            return parts[0]
        combine = all if operator == "AND" else any
        return lambda attributes: combine(part(attributes) for part in parts)

    def end(self) -> None:
        if self._next < len(self._tokens):
            raise FilterError(f"the filter goes on after its end with {self._peek()!r}")

    def _term(self) -> Matcher:
        if self._peek() in ("NOT", "-"):
            self._take()
            negated = self._term()
            return lambda attributes: not negated(attributes)
        return self._factor()

    def _factor(self) -> Matcher:
        word = self._take()
        if word == "(":
            inner = self.expression()
            self._expect(")")
            return inner
        if word == "hasPrefix":
            return self._has_prefix()
        if word == "attributes":
            return self._attribute()
        raise FilterError(f"{word!r} is not attributes, hasPrefix, NOT or a parenthesis")

    def _has_prefix(self) -> Matcher:
        self._expect("(")
        self._expect("attributes")
        self._expect(".")
        name = self._name()
        self._expect(",")
        prefix = self._text()
        self._expect(")")
        return lambda attributes: attributes.get(name, "").startswith(prefix) and name in attributes

    def _attribute(self) -> Matcher:
        separator = self._take()
        name = self._name()
        if separator == ":":
            return lambda attributes: name in attributes
        if separator != ".":
            raise FilterError(f"attributes is followed by {separator!r}, not : or .")
        operator = self._take()
        if operator not in ("=", "!="):
            raise FilterError(f"{operator!r} is not = or !=")
        value = self._text()
        if operator == "=":
            return lambda attributes: attributes.get(name) == value
        return lambda attributes: attributes.get(name) != value

    def _name(self) -> str:
        kind, word = self._pair()
        if kind == "text":
            return _unquoted(word)
        if kind != "word":
            raise FilterError(f"{word!r} is not the name of an attribute")
        return word

    def _text(self) -> str:
        kind, word = self._pair()
        if kind != "text":
            raise FilterError(f"{word!r} is not a text in double quotes")
        return _unquoted(word)

    def _expect(self, mark: str) -> None:
        word = self._take()
        if word != mark:
            raise FilterError(f"{mark!r} is missing before {word!r}")

    def _peek(self) -> str:
        return self._tokens[self._next][1] if self._next < len(self._tokens) else ""

    def _take(self) -> str:
        return self._pair()[1]

    def _pair(self) -> tuple[str, str]:
        if self._next >= len(self._tokens):
            raise FilterError("the filter ends too early")
        self._next += 1
        return self._tokens[self._next - 1]


def _unquoted(text: str) -> str:
    """The text between the quotes, with its escapes read: \\n, octal, \\x, \\u and \\U, and any other mark itself."""
    return _ESCAPE.sub(_escaped, text[1:-1])


def _escaped(match: re.Match[str]) -> str:
    mark = match[1]
    if mark[0] in "xXuU" and len(mark) > 1:
        return _character(int(mark[1:], 16))
    if mark.isdigit() and len(mark) == _OCTAL_DIGITS:
        return _character(int(mark, 8))
    return _CONTROLS.get(mark, mark)


def _character(number: int) -> str:
    try:
        return chr(number)
    except ValueError:
        raise FilterError(f"{number:#x} is not a character") from None
