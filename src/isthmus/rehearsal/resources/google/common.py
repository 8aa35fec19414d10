"""Project, place and labels, which the Google provider adds to most types."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.convert.schema import Block
from isthmus.rehearsal.convert.values import UNKNOWN, has_unknown
from isthmus.rehearsal.session import Session

Values = dict[str, Any]
ATTRIBUTION = "goog-terraform-provisioned"


_UNATTRIBUTED = frozenset(
    {
        "google_compute_forwarding_rule",
        "google_compute_global_forwarding_rule",
        "google_dataplex_datascan",
        "google_dataplex_task",
        "google_dataproc_cluster",
    }
)
"""Types that the provider doesn't label as made by Terraform (hashicorp/terraform-provider-google, 2026-08-21)."""
_POLICY_AT_APPLY = frozenset(
    {
        "google_gke_hub_feature_membership",
        "google_logging_project_bucket_config",
        "google_os_login_ssh_public_key",
        "google_project_access_approval_settings",
        "google_secret_manager_secret_version",
    }
)
"""Types with a project whose policy of deletion the provider fills at apply only (same source)."""
_POLICY_AT_PLAN = frozenset(
    {
        "google_apigee_api",
        "google_apigee_flowhook",
        "google_apigee_keystores_aliases_pkcs12",
        "google_apigee_sharedflow",
        "google_apigee_sharedflow_deployment",
        "google_compute_disk_async_replication",
        "google_compute_firewall_policy",
        "google_compute_firewall_policy_association",
        "google_compute_firewall_policy_rule",
        "google_compute_network_peering",
        "google_data_loss_prevention_stored_info_type",
        "google_dialogflow_cx_environment",
        "google_dialogflow_cx_version",
        "google_logging_billing_account_sink",
        "google_logging_folder_sink",
        "google_logging_organization_sink",
        "google_securityposture_posture",
        "google_service_networking_connection",
        "google_storage_bucket_acl",
        "google_storage_bucket_object",
        "google_storage_default_object_acl",
        "google_storage_object_acl",
        "google_tags_location_tag_binding",
    }
)
"""Types without a project and labels whose policy of deletion the provider fills at plan all the same (same source)."""


def adjust(
    type_name: str, block: Block, config: Values, prior: Values | None, planned: Values, session: Session
) -> None:
    """Fills what the provider instance decides: project, region, zone, the labels in force, how it is deleted."""
    for name, value in (("project", session.project), ("region", session.region), ("zone", session.zone)):
        if planned.get(name) is UNKNOWN and config.get(name) is None and value:
            planned[name] = value
    policy = block.attributes.get("deletion_policy")
    decided = planned.get("deletion_policy") not in (UNKNOWN, None)
    if policy is not None and policy.computed and not decided and _policy_at_plan(type_name, block):
        # What nearly all types do where neither the resource nor the provider's block says.
        planned["deletion_policy"] = "DELETE"
    if block.has("effective_labels") and block.has("terraform_labels"):
        _plan_labels(prior, planned, session, attributed=session.attribution and type_name not in _UNATTRIBUTED)
    if block.has("effective_annotations"):
        planned["effective_annotations"] = _effective(planned.get("annotations"), prior, "annotations")


def _policy_at_plan(type_name: str, block: Block) -> bool:
    """Whether the policy of deletion is known at plan: where the provider looks at a new plan for another reason."""
    if type_name in _POLICY_AT_APPLY:
        return False
    looks = any(block.has(name) for name in ("effective_annotations", "effective_labels", "project"))
    return looks or type_name in _POLICY_AT_PLAN


def _plan_labels(prior: Values | None, planned: Values, session: Session, *, attributed: bool) -> None:
    labels = planned.get("labels" if "labels" in planned else "resource_labels")
    if labels is UNKNOWN or has_unknown(labels):
        planned["terraform_labels"] = planned["effective_labels"] = UNKNOWN
        return
    wanted = {**session.default_labels, **(labels or {})}
    # The provider's default is to say so on creation only.
    if attributed and (prior is None or ATTRIBUTION in (prior.get("terraform_labels") or {})):
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
