"""What an API takes where the real provider says nothing: named at plan as a warning, with the rule's source.

The provider would let such a value through, and the cloud refuse it at apply. A limit is the `api` of an attribute's
facts, or holds for all types of a cloud (`EVERYWHERE`):

    enum, range, length, pattern    as in facts; of every element where the value is a list
    seconds                         least and most seconds of a duration, as "600s"
    keys, values                    patterns of a map's keys and of its values
    most                            the most elements of a list, set or map
    says                            the rule in words; made from the limit where absent
    source                          where the rule is written
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from isthmus.rehearsal.convert.values import UNKNOWN

Limit = Mapping[str, Any]

_LABELS: Limit = {
    "keys": r"^(?!.*[A-Z])(?![\d_-])[\w-]{1,63}$",
    "values": r"^(?!.*[A-Z])[\w-]{0,63}$",
    "most": 64,
    "says": "at most 64 labels; keys of 1 to 63 small letters, digits, _ and -, a letter first; values of up to 63",
    "source": "https://cloud.google.com/resource-manager/docs/labels-overview",
}
_TAGS: Limit = {
    "keys": r"^(?!aws:)[\s\S]{1,128}$",
    "values": r"^[\s\S]{0,256}$",
    "most": 50,
    "says": "at most 50 tags; keys have 1 to 128 characters and don't begin with aws:, values up to 256",
    "source": "https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html",
}
EVERYWHERE: Mapping[str, Mapping[str, Limit]] = {"aws": {"tags": _TAGS}, "google": {"labels": _LABELS}}
"""Limits of top-level attributes of all types of a cloud."""


def broken(value: Any, limit: Limit) -> str:
    """How a value breaks a limit, in words that follow "the API takes"; empty when it doesn't, or isn't known."""
    if value is None or value is UNKNOWN or value == "":
        return ""
    says = next((words for key, check in _CHECKS.items() if key in limit and (words := check(value, limit[key]))), "")
    return limit.get("says", says) if says else ""


def _elements(value: Any) -> Iterator[Any]:
    for item in value if isinstance(value, list) else (value,):
        if item is not UNKNOWN and item is not None:
            yield item


def _enum(value: Any, options: list[Any]) -> str:
    wrong = any(item not in options for item in _elements(value))
    return f"one of {', '.join(map(str, options))}" if wrong else ""


def _range(value: Any, bounds: list[Any]) -> str:
    wrong = any(isinstance(item, (int, float)) and not _within(item, bounds) for item in _elements(value))
    return _between(bounds) if wrong else ""


def _length(value: Any, bounds: list[Any]) -> str:
    wrong = any(isinstance(item, str) and not _within(len(item), bounds) for item in _elements(value))
    return f"{_between(bounds)} characters" if wrong else ""


def _pattern(value: Any, pattern: str) -> str:
    wrong = any(isinstance(item, str) and not re.search(pattern, item) for item in _elements(value))
    return f"what matches {pattern}" if wrong else ""


def _seconds(value: Any, bounds: list[Any]) -> str:
    found = re.fullmatch(r"([0-9.]+)s", value) if isinstance(value, str) else None
    return f"a duration, {_between(bounds)} seconds" if found is None or not _within(float(found[1]), bounds) else ""


def _keys(value: Any, pattern: str) -> str:
    wrong = isinstance(value, dict) and any(not re.search(pattern, key) for key in value)
    return f"keys that match {pattern}" if wrong else ""


def _values(value: Any, pattern: str) -> str:
    texts = (item for item in value.values() if isinstance(item, str)) if isinstance(value, dict) else ()
    return f"values that match {pattern}" if any(not re.search(pattern, text) for text in texts) else ""


def _most(value: Any, most: int) -> str:
    return f"at most {most}" if isinstance(value, (list, dict)) and len(value) > most else ""


def _within(number: float, bounds: list[Any]) -> bool:
    least, most = bounds
    return (least is None or number >= least) and (most is None or number <= most)


def _between(bounds: list[Any]) -> str:
    least, most = bounds
    if most is None:
        return f"at least {least}"
    return f"at most {most}" if least is None else f"{least} to {most}"


_CHECKS: dict[str, Callable[[Any, Any], str]] = {
    "enum": _enum,
    "range": _range,
    "length": _length,
    "pattern": _pattern,
    "seconds": _seconds,
    "keys": _keys,
    "values": _values,
    "most": _most,
}
