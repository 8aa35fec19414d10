"""The part of CEL that attribute mappings and conditions here use: literals, claims, has(), + && || ! == != in ?:.

An operator that is not here is an error, never a pass. https://github.com/google/cel-spec
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_TOKEN = re.compile(r"\s*('(?:[^'\\]|\\.)*'|[A-Za-z_][\w.]*|&&|\|\||==|!=|[?:!+()\[\],])")


class CelError(Exception):
    """An expression that this evaluator doesn't know, or that CEL itself would fail on: a claim that is not there."""


def evaluate(expression: str, claims: Mapping[str, Any]) -> Any:
    """Returns an expression's value.

    Args:
        expression: The CEL text.
        claims: By dotted name: `{"assertion": {…}, "attribute": {…}}`.
    """
    reader = _Reader(_tokens(expression), claims)
    value = reader.choice()()
    reader.end()
    return value


def _tokens(text: str) -> list[str]:
    found, place = [], 0
    while text[place:].strip():
        match = _TOKEN.match(text, place)
        if match is None:
            raise CelError(f"this evaluator does not know {text[place:]!r}")
        found.append(match[1])
        place = match.end()
    return found


_Later = Callable[[], Any]


class _Reader:
    """Reads tokens from the left; a method returns its value as a call, so that only the branch taken is evaluated."""

    def __init__(self, tokens: list[str], claims: Mapping[str, Any]) -> None:
        self._tokens, self._claims, self._place = tokens, claims, 0

    def end(self) -> None:
        """Fails when something is left."""
        if self._next:
            raise CelError(f"unexpected {self._next!r}")

    def choice(self) -> _Later:
        """`condition ? value : choice`."""
        test = self._joined("||", lambda: self._joined("&&", self._comparison))
        if self._next != "?":
            return test
        self._take("?")
        yes = self.choice()
        self._take(":")
        no = self.choice()
        return lambda: yes() if _boolean(test()) else no()

    @property
    def _next(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self, wanted: str = "") -> str:
        token = self._next
        if not token or (wanted and token != wanted):
            raise CelError(f"{wanted or 'something'} is missing before {token or 'the end'!r}")
        self._place += 1
        return token

    def _joined(self, operator: str, part: Callable[[], _Later]) -> _Later:
        parts = [part()]
        while self._next == operator:
            self._take()
            parts.append(part())
        if len(parts) == 1:
            return parts[0]
        together = all if operator == "&&" else any
        return lambda: together(_boolean(each()) for each in parts)

    def _comparison(self) -> _Later:
        left = self._sum()
        if self._next not in ("==", "!=", "in"):
            return left
        operator, right = self._take(), self._sum()
        if operator == "in":
            return lambda: left() in right()
        return lambda: (_same(left(), right())) == (operator == "==")

    def _sum(self) -> _Later:
        parts = [self._value()]
        while self._next == "+":
            self._take()
            parts.append(self._value())
        if len(parts) == 1:
            return parts[0]
        return lambda: "".join(_text(each()) for each in parts)

    def _value(self) -> _Later:
        token = self._take()
        if token == "!":
            value = self._value()
            return lambda: not _boolean(value())
        if token == "(":
            inner = self.choice()
            self._take(")")
            return inner
        if token == "[":
            return self._list()
        if token.startswith("'"):
            return lambda: token[1:-1]
        if token == "has":
            self._take("(")
            name = self._take()
            self._take(")")
            return lambda: self._holder(name)[1] in self._holder(name)[0]
        return lambda: self._claim(token)

    def _list(self) -> _Later:
        items = [self.choice()]
        while self._next == ",":
            self._take()
            items.append(self.choice())
        self._take("]")
        return lambda: [item() for item in items]

    def _holder(self, name: str) -> tuple[Mapping[str, Any], str]:
        root, _, rest = name.partition(".")
        if root not in self._claims or not rest or "." in rest:
            raise CelError(f"this evaluator does not know {name}")
        return self._claims[root], rest

    def _claim(self, name: str) -> Any:
        holder, key = self._holder(name)
        if key not in holder:
            raise CelError(f"no such key: {name}")
        return holder[key]


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise CelError(f"{value!r} is no bool")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise CelError(f"{value!r} is no string")
    return value


def _same(left: Any, right: Any) -> bool:
    if type(left) is not type(right):
        raise CelError(f"{left!r} and {right!r} are of different types")
    return bool(left == right)
