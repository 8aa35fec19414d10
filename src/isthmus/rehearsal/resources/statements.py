"""AWS WAF's statements, which the generated schemas of a web ACL and of a rule group leave without a type.

The bindings give up where a statement holds statements. The newer type of a single rule has all but that; its statement
is taken, and put into itself as deep as the provider does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

_UNTYPED = ("aws_wafv2_rule_group", "aws_wafv2_web_acl")
_RULE = "aws_wafv2_web_acl_rule"
_HOLDING = ("and_statement", "not_statement", "or_statement")
_DEPTH = 3
"""Levels of statements that the provider takes in blocks; deeper ones are JSON (its documentation, 2026-11)."""

Compact = dict[str, Any]


def typed(type_name: str, block: Compact, read: Callable[[str], Compact]) -> Compact:
    """Returns a type's compact block with its rules' statement typed.

    Args:
        type_name: The type; any other than WAF's comes back as it is.
        block: The compact block of the type.
        read: Reads the compact block of another type.
    """
    if type_name in _UNTYPED:
        rule = block["b"]["rule"]
        rule["a"].pop("statement", None)
        rule["b"]["statement"] = _statement(read(_RULE)["b"]["statement"], _DEPTH) | {"min": 1, "max": 1}
    return block


def _statement(of_rule: Mapping[str, Any], levels: int) -> Compact:
    """The statement as this level has it; the last one holds no others."""
    kinds = {name: _optional(kind) for name, kind in of_rule["b"].items() if name not in _HOLDING}
    if levels > 1:
        inner = _statement(of_rule, levels - 1)
        kinds |= {name: {"n": "list", "a": {}, "b": {"statement": inner}, "max": 1} for name in _HOLDING}
    return {"n": "list", "a": {}, "b": kinds}


def _optional(block: Mapping[str, Any]) -> Compact:
    """A block whose attributes are as written or not there: inside a rule the provider computes nothing."""
    attributes = {name: text.replace("co:", "o:") for name, text in block["a"].items()}
    return {**block, "a": attributes, "b": {name: _optional(inner) for name, inner in block.get("b", {}).items()}}
