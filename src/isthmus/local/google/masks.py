"""Update masks: the fields of one protobuf message that an update takes from another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from isthmus.local.google.rpc import invalid


def masked(current: Any, wanted: Any, paths: Sequence[str], fixed: Collection[str]) -> Any:
    """Returns a copy of `current` with the fields of the mask as `wanted` has them.

    Args:
        current: The message as it is; it stays as it is.
        wanted: The message that holds the new values.
        paths: The mask: fields, or fields of fields (`push_config.push_endpoint`).
        fixed: Fields that can't be changed.

    Raises:
        RpcError: INVALID_ARGUMENT for an empty mask, an unknown field, or one that can't be changed.
    """
    if not paths:
        raise invalid("The update_mask in the request must be set, and must contain a non-empty paths list.")
    changed = type(current)()
    changed.CopyFrom(current)
    for path in paths:
        field = path.split(".")[0]
        if field in fixed and getattr(wanted, field, None) != getattr(current, field, None):
            raise invalid(f"Invalid update_mask provided in the request: the field {field} can't be updated.")
        _take(changed, wanted, path.split("."), path)
    return changed


def _take(target: Any, source: Any, parts: list[str], path: str) -> None:
    field = target.DESCRIPTOR.fields_by_name.get(parts[0])
    if field is None:
        raise invalid(f"Invalid update_mask provided in the request: '{path}' is not a field of the resource.")
    if len(parts) > 1 and field.message_type is not None and not field.is_repeated:
        if not source.HasField(parts[0]) and not target.HasField(parts[0]):
            return
        _take(getattr(target, parts[0]), getattr(source, parts[0]), parts[1:], path)
        return
    target.ClearField(parts[0])
    only = type(source)()
    only.CopyFrom(source)
    for other in source.DESCRIPTOR.fields_by_name:
        if other != parts[0]:
            only.ClearField(other)
    target.MergeFrom(only)
