"""What a new resource needs beyond its schema: the real providers or the clouds ask for it at apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from isthmus.rehearsal.resources.rules import Problem

Values = Mapping[str, Any]


@dataclass(frozen=True)
class Need:
    """Something that has to be given on creation.

    Attributes:
        one_of: Attributes or blocks of which one has to be given.
        unless: What makes it unnecessary.
        source: Where this is said.
    """

    one_of: tuple[str, ...]
    unless: tuple[str, ...]
    source: str


_COPIES = ("replicate_source_db", "restore_to_point_in_time", "s3_import", "snapshot_identifier")
_RDS = "https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"
_PASSWORDS = ("manage_master_user_password", "password", "password_wo")
_GKE = "https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters"
_NEEDS: dict[str, tuple[Need, ...]] = {
    "aws_db_instance": tuple(
        Need(names, _COPIES, _RDS) for names in (("engine",), ("username",), ("allocated_storage",), _PASSWORDS)
    ),
    "google_container_cluster": (Need(("initial_node_count", "node_pool"), ("enable_autopilot",), _GKE),),
}


def problems(type_name: str, config: Values, prior: Values | None) -> list[Problem]:
    """Warnings of what a new resource lacks; what is given, even if not known yet, is there."""
    if prior is not None:
        return []
    return [_lacking(type_name, need) for need in _NEEDS.get(type_name, ()) if not _given(config, need)]


def _given(config: Values, need: Need) -> bool:
    return any(config.get(name) not in (None, "", 0, False, []) for name in (*need.one_of, *need.unless))


def _lacking(type_name: str, need: Need) -> Problem:
    detail = (
        f"Without {' or '.join(need.unless)} it has to be given. The plan is accepted without it, and the creation "
        f"would be refused at apply. Source: {need.source}"
    )
    return Problem(f"{type_name} lacks {' or '.join(need.one_of)}", detail, warning=True)
