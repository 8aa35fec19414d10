"""Project, place and labels, which the Google provider adds to most types."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.convert.schema import Block
from isthmus.rehearsal.convert.values import UNKNOWN, has_unknown
from isthmus.rehearsal.session import Session

Values = dict[str, Any]
ATTRIBUTION = "goog-terraform-provisioned"


def adjust(block: Block, config: Values, prior: Values | None, planned: Values, session: Session) -> None:
    """Fills what the provider instance decides: project, region, zone and the labels in force."""
    for name, value in (("project", session.project), ("region", session.region), ("zone", session.zone)):
        if planned.get(name) is UNKNOWN and config.get(name) is None and value:
            planned[name] = value
    policy = block.attributes.get("deletion_policy")
    if policy is not None and policy.computed and planned["deletion_policy"] in (UNKNOWN, None):
        # What nearly all types do where neither the resource nor the provider's block says.
        planned["deletion_policy"] = "DELETE"
    if block.has("effective_labels") and block.has("terraform_labels"):
        _plan_labels(prior, planned, session)
    if block.has("effective_annotations"):
        planned["effective_annotations"] = _effective(planned.get("annotations"), prior, "annotations")


def _plan_labels(prior: Values | None, planned: Values, session: Session) -> None:
    labels = planned.get("labels" if "labels" in planned else "resource_labels")
    if labels is UNKNOWN or has_unknown(labels):
        planned["terraform_labels"] = planned["effective_labels"] = UNKNOWN
        return
    wanted = {**session.default_labels, **(labels or {})}
    # The provider's default is to say so on creation only.
    if session.attribution and (prior is None or ATTRIBUTION in (prior.get("terraform_labels") or {})):
        wanted[ATTRIBUTION] = "true"
    planned["terraform_labels"] = wanted or _nothing(prior, "terraform_labels")
    planned["effective_labels"] = _effective(wanted, prior, "terraform_labels") or _nothing(prior, "effective_labels")


def _effective(wanted: Any, prior: Values | None, owned: str) -> Any:
    """What the resource has once changed: what others put there stays, what was ours and is no more goes."""
    if wanted is UNKNOWN or has_unknown(wanted):
        return UNKNOWN
    if prior is None:
        return dict(wanted or {}) or UNKNOWN
    kind = "effective_labels" if owned == "terraform_labels" else "effective_annotations"
    others = {key: value for key, value in (prior.get(kind) or {}).items() if key not in (prior.get(owned) or {})}
    return {**others, **(wanted or {})}


def _nothing(prior: Values | None, name: str) -> Any:
    # The SDK can't plan an empty map for a new resource: it shows "known after apply".
    return UNKNOWN if prior is None else {}
