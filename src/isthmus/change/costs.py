"""What a plan costs, as the names and figures that an approval covers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from isthmus.change.plans import Target

Price = Callable[[Target, bytes], Mapping[str, str]]
"""US dollars a month by name, as text with two digits, for a plan as `terraform show -json` writes it."""


def unpriced(target: Target, document: bytes) -> Mapping[str, str]:
    """Prices nothing, which an approval shows as nothing."""
    return {}
