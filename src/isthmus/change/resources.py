"""What a plan does to each resource, as people approve it: what is lost comes first."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from isthmus.change.facts import LOUD, QUIET, Touched

_ACTIONS = {
    ("create",): "create",
    ("update",): "update",
    ("delete",): "destroy",
    ("delete", "create"): "replace",
    ("create", "delete"): "replace",
    ("forget",): "forget",
    ("create", "forget"): "replace",
}
_ORDER = (*LOUD, *QUIET)


def touched(document: bytes) -> tuple[Touched, ...]:
    """Every resource that a plan changes, by what happens to it and by address."""
    changes = json.loads(document).get("resource_changes", ())
    return tuple(sorted(_touched(changes), key=lambda one: (_ORDER.index(one.action), one.address)))


def _touched(changes: Sequence[Mapping[str, Any]]) -> Iterator[Touched]:
    for entry in changes:
        change, before = entry["change"], entry.get("previous_address", "")
        if entry.get("mode", "managed") != "managed":
            continue
        action = _ACTIONS.get(tuple(change["actions"]), "")
        if change.get("importing") and action not in LOUD:
            yield Touched(entry["address"], "import", f"as {change['importing'].get('id', 'known after apply')}")
        elif action == "replace":
            yield Touched(entry["address"], action, _because(change))
        elif action:
            yield Touched(entry["address"], action, f"was {before}" if before else "")
        elif before:
            yield Touched(entry["address"], "move", f"was {before}")


def _because(change: Mapping[str, Any]) -> str:
    paths = (".".join(map(str, path)) for path in change.get("replace_paths", ()))
    return ", ".join(sorted(set(paths)))
