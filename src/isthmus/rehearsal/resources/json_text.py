"""JSON held in string attributes: compared by meaning, and written as Go writes it."""

from __future__ import annotations

import json
from typing import Any

_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
# Elements whose one-item list and bare value mean the same in a policy, and whose order has no meaning.
_POLICY_LISTS = frozenset({"Action", "NotAction", "Resource", "NotResource", "Statement"})
_PRINCIPALS = frozenset({"Principal", "NotPrincipal"})


def compact(text: str) -> str:
    """The text as Go's encoder writes the same document: keys sorted, no spaces, HTML characters escaped."""
    return _escape(json.dumps(json.loads(text), separators=(",", ":"), sort_keys=True, ensure_ascii=False))


def indented(document: Any) -> str:
    """A document as Go's encoder writes it with two spaces of indentation, keys in the order given."""
    text = json.dumps(document, indent=2, ensure_ascii=False)
    return _escape(text)


def is_json(text: Any) -> bool:
    """Whether a value is text that parses as JSON."""
    if not isinstance(text, str):
        return False
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def same(one: str, other: str) -> bool:
    """Whether two texts are the same JSON document."""
    return is_json(one) and is_json(other) and json.loads(one) == json.loads(other)


def same_policy(one: str, other: str) -> bool:
    """Whether two texts are equivalent IAM policies."""
    if not (is_json(one) and is_json(other)):
        return False
    return bool(_policy(json.loads(one)) == _policy(json.loads(other)))


def _policy(document: Any) -> Any:
    if not isinstance(document, dict):
        return document
    statements = document.get("Statement", [])
    statements = statements if isinstance(statements, list) else [statements]
    rest = {key: value for key, value in document.items() if key != "Statement"}
    return rest, sorted((_statement(item) for item in statements), key=repr)


def _statement(statement: Any) -> Any:
    if not isinstance(statement, dict):
        return statement
    result: dict[str, Any] = {}
    for key, value in statement.items():
        if key in _PRINCIPALS and isinstance(value, dict):
            result[key] = {kind: _members(names) for kind, names in sorted(value.items())}
        elif key in _PRINCIPALS:
            result[key] = {"AWS": _members(value)}
        elif key == "Condition" and isinstance(value, dict):
            result[key] = {
                test: {name: _members(values) for name, values in sorted(entries.items())}
                for test, entries in sorted(value.items())
            }
        else:
            result[key] = _members(value) if key in _POLICY_LISTS else value
    return {key: result[key] for key in sorted(result) if result[key] != "" or key != "Sid"}


def _members(value: Any) -> list[str]:
    values = value if isinstance(value, list) else [value]
    return sorted(str(item).lower() if isinstance(item, bool) else str(item) for item in values)


def _escape(text: str) -> str:
    for character, escaped in _ESCAPES.items():
        text = text.replace(character, escaped)
    return text


def minified(document: Any) -> str:
    """A document as Go's encoder writes it without spaces, keys in the order given."""
    return _escape(json.dumps(document, separators=(",", ":"), ensure_ascii=False))
