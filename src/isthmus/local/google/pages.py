"""Pages of a listing: the names in order, and the token that goes on behind the last one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

_MOST = 1000


def page(names: Iterable[str], request: Any) -> tuple[list[str], str]:
    """Returns the names that a list request asks for, and the token of the next page or an empty one."""
    found = sorted(name for name in names if name > request.page_token)
    size = min(request.page_size or _MOST, _MOST)
    return found[:size], found[size - 1] if len(found) > size else ""
