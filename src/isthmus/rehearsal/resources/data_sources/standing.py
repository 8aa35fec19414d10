"""What stands in every account without anybody's doing: the clouds' own images, policies and keys, default networks.

The real data sources find these wherever they are asked, so that not to answer would be an error where they have none.
What can't be known without asking (an image's id) is made up, of the right shape and always the same, and said to be.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from isthmus.rehearsal.session import Session

Values = dict[str, Any]


@dataclass(frozen=True)
class Standing:
    """Something of the cloud's own.

    Attributes:
        values: Its attributes.
        made_up: Which of them are not the cloud's, in words; empty when all are.
    """

    values: Values
    made_up: str = ""


Finder = Callable[[Values, Session], Standing | None]
"""Takes the configuration and the session; None when what is looked for is not the cloud's own."""


def made_up(prefix: str, *seed: object) -> str:
    """An identifier of 17 hexadecimal digits, as AWS gives them; the same for the same seed."""
    return f"{prefix}-{hashlib.sha256(repr(seed).encode()).hexdigest()[:17]}"


def filters(config: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """The values of the `filter` blocks by name."""
    return {block["name"]: list(block["values"]) for block in config.get("filter") or [] if block.get("values")}
