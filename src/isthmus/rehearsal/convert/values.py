"""Plain values of the rehearsal: what Terraform's msgpack decodes to.

Strings, numbers (int where exact, else float), booleans, lists, dicts, None for null, and `UNKNOWN`.
"""

from __future__ import annotations

from typing import Any, Final


class Unknown:
    """The one value that is "known after apply"."""

    _instance: Unknown | None = None

    def __new__(cls) -> Unknown:
        """Returns the single instance, so that `value is UNKNOWN` works."""
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        return False

    def __copy__(self) -> Unknown:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Unknown:
        return self


UNKNOWN: Final = Unknown()


def has_unknown(value: Any) -> bool:
    """Whether the value is, or holds somewhere inside, something unknown."""
    if value is UNKNOWN:
        return True
    if isinstance(value, dict):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list):
        return any(has_unknown(item) for item in value)
    return False
