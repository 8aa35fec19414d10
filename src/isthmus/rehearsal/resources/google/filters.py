"""The grammar of Pub/Sub's subscription filters, as far as saying whether a text is one.

https://cloud.google.com/pubsub/docs/subscription-message-filter#filtering_syntax
"""

from __future__ import annotations

import re

_TOKEN = re.compile(r'\s*(?:("(?:[^"\\]|\\.)*")|(hasPrefix\b)|([A-Za-z_][\w-]*)|(!=|[=:.,()-]))')
_OPERATORS = ("AND", "OR")


class _Fault(Exception):
    """Where a filter stops being one."""


def fault(text: str) -> str:
    """What is wrong with a filter, as a sentence; empty when nothing is."""
    try:
        tokens = _tokens(text)
        _Parser(tokens).whole()
    except _Fault as error:
        return str(error)
    return ""


def _tokens(text: str) -> list[str]:
    tokens, place = [], 0
    while text[place:].strip():
        found = _TOKEN.match(text, place)
        if found is None:
            raise _Fault(f"A filter has no {text[place:].strip()[0]!r} here: {text[:place]}…")
        tokens.append(found[0].strip())
        place = found.end()
    return tokens


class _Parser:
    """Reads tokens from the left; each method takes one part of the grammar."""

    def __init__(self, tokens: list[str]) -> None:
        self._tokens = tokens
        self._place = 0

    def whole(self) -> None:
        """A filter and nothing after it."""
        self._expression()
        if self._next:
            raise _Fault(f"A filter ends before {self._next!r}.")

    @property
    def _next(self) -> str:
        return self._tokens[self._place] if self._place < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        token = self._next
        if token not in wanted:
            raise _Fault(f"A filter has {' or '.join(map(repr, wanted))} where this one has {token or 'its end'!r}.")
        self._place += 1
        return token

    def _expression(self) -> None:
        self._term()
        joined = set()
        while self._next in _OPERATORS:
            joined.add(self._take(*_OPERATORS))
            self._term()
        if len(joined) > 1:
            raise _Fault("AND and OR beside each other need parentheses.")

    def _term(self) -> None:
        if self._next in ("NOT", "-"):
            self._place += 1
        if self._next == "(":
            self._place += 1
            self._expression()
            self._take(")")
        elif self._next == "hasPrefix":
            self._place += 1
            self._take("(")
            self._attribute()
            self._take(",")
            self._text()
            self._take(")")
        else:
            self._comparison()

    def _comparison(self) -> None:
        self._take("attributes")
        if self._take(":", ".") == ":":
            self._key()
        else:
            self._key()
            self._take("=", "!=")
            self._text()

    def _attribute(self) -> None:
        self._take("attributes")
        self._take(".")
        self._key()

    def _key(self) -> None:
        if not re.match(r'["A-Za-z_]', self._next):
            raise _Fault(f"An attribute's name is missing before {self._next or 'the end'!r}.")
        self._place += 1

    def _text(self) -> None:
        if not self._next.startswith('"'):
            raise _Fault(f"A value is text in double quotes, not {self._next or 'nothing'!r}.")
        self._place += 1
