"""Regions and tags, which the AWS provider adds to nearly every type."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.convert.schema import Block
from isthmus.rehearsal.convert.values import UNKNOWN, has_unknown
from isthmus.rehearsal.session import Session

Values = dict[str, Any]


def adjust(block: Block, config: Values, prior: Values | None, planned: Values, session: Session) -> None:
    """Fills what the provider instance decides: `region` and `tags_all`."""
    if planned.get("region") is UNKNOWN and session.region:
        planned["region"] = session.region
    if block.has("tags_all") and block.has("tags"):
        planned["tags_all"] = _tags_all(planned.get("tags"), prior, session)


def _tags_all(tags: Any, prior: Values | None, session: Session) -> Any:
    if tags is UNKNOWN or has_unknown(tags):
        return UNKNOWN
    merged = {**session.default_tags, **(tags or {})}
    merged = {key: value for key, value in merged.items() if not _ignored(key, session)}
    if merged:
        return merged
    # The SDK can't plan an empty map: a new resource shows "known after apply", an old one keeps what it has.
    return UNKNOWN if prior is None else (prior.get("tags_all") or {}) and {}


def _ignored(key: str, session: Session) -> bool:
    return any(key == entry or (entry.endswith("*") and key.startswith(entry[:-1])) for entry in session.ignored_tags)
