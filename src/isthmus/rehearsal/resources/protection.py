"""What keeps a resource from being destroyed: the providers and the clouds refuse it at apply, not at plan."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isthmus.rehearsal.resources.rules import Problem

_SWITCHES = ("deletion_protection", "deletion_protection_enabled", "enable_deletion_protection")
_SNAPSHOTS = frozenset(
    ["aws_db_instance", "aws_docdb_cluster", "aws_neptune_cluster", "aws_rds_cluster", "aws_redshift_cluster"]
)
"""Types whose provider asks for the name of a last snapshot. AWS provider documentation, `skip_final_snapshot`."""


def refusal(type_name: str, prior: Mapping[str, Any]) -> Problem | None:
    """Why a resource can't be destroyed as it is; None when it can."""
    for name in _SWITCHES:
        if prior.get(name) is True:
            detail = f"Set {name} to false and apply that before it is destroyed or replaced."
            return Problem(f"{type_name} can't be destroyed: {name} is true", detail)
    if prior.get("deletion_policy") == "PREVENT":
        detail = "Set deletion_policy to another value and apply that before it is destroyed or replaced."
        return Problem(f'{type_name} can\'t be destroyed: deletion_policy is "PREVENT"', detail)
    if type_name in _SNAPSHOTS and not (prior.get("skip_final_snapshot") or prior.get("final_snapshot_identifier")):
        detail = "Name the snapshot, or set skip_final_snapshot to true; apply that before it is destroyed or replaced."
        return Problem("final_snapshot_identifier is required when skip_final_snapshot is false", detail)
    return None
