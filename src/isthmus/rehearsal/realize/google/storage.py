"""Buckets, and who may use them."""

from __future__ import annotations

from typing import Any

from google.api_core.exceptions import Conflict

from isthmus.rehearsal.realize.base import Context, Realizer, State
from isthmus.rehearsal.realize.google.resource import Bindings, Edit, GoogleResource, Member
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import block, blocks, is_set, text

_CONDITIONS = {
    "age": "age",
    "created_before": "createdBefore",
    "days_since_noncurrent_time": "daysSinceNoncurrentTime",
    "matches_prefix": "matchesPrefix",
    "matches_storage_class": "matchesStorageClass",
    "matches_suffix": "matchesSuffix",
    "num_newer_versions": "numNewerVersions",
}


class Bucket(GoogleResource):
    """google_storage_bucket."""

    label = "Bucket"
    named_by = "name"

    def make(self, planned: State, ctx: Context) -> Found:
        """buckets.insert."""
        client = ctx.storage()
        body = {"name": planned["name"], "location": planned["location"], **_settings(planned)}
        client._post_resource("/b", body, query_params={"project": self.project(planned, ctx)})
        return {"id": planned["name"]}

    def find(self, state: State, ctx: Context) -> Found | None:
        """buckets.get."""
        body = ctx.storage()._get_resource(f"/b/{state['name']}")
        access = body.get("iamConfiguration", {})
        uniform = access.get("uniformBucketLevelAccess", {}).get("enabled", False)
        return {
            "effective_labels": body.get("labels", {}),
            "encryption": _named(body.get("encryption"), "defaultKmsKeyName", "default_kms_key_name"),
            "id": body["name"],
            # Storage answers in capitals; the state keeps to what the configuration says.
            "location": state["location"] if text(state, "location").upper() == body["location"] else body["location"],
            "name": body["name"],
            "project": self.project(state, ctx),
            "project_number": int(body["projectNumber"]),
            "public_access_prevention": access.get("publicAccessPrevention", "inherited"),
            "self_link": f"https://www.googleapis.com/storage/v1/b/{body['name']}",
            "soft_delete_policy": _soft_delete(body),
            "storage_class": body["storageClass"],
            "time_created": body["timeCreated"],
            "uniform_bucket_level_access": uniform,
            "updated": body["updated"],
            "url": f"gs://{body['name']}",
            "versioning": [{"enabled": body.get("versioning", {}).get("enabled", False)}],
        }

    volatile = ("updated",)

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """buckets.patch."""
        ctx.storage()._patch_resource(f"/b/{prior['name']}", _settings({**prior, **planned}))

    def remove(self, state: State, ctx: Context) -> None:
        """buckets.delete; with `force_destroy` its objects go first."""
        client = ctx.storage()
        if state.get("force_destroy"):
            for blob in client.list_blobs(state["name"], versions=True):
                blob.delete()
        try:
            client._delete_resource(f"/b/{state['name']}")
        except Conflict as error:
            error.message = f"{error.message} Set force_destroy to delete its objects with it."
            raise


def _settings(values: State) -> dict[str, Any]:
    body: dict[str, Any] = {
        "storageClass": text(values, "storage_class") or "STANDARD",
        "iamConfiguration": {
            "publicAccessPrevention": text(values, "public_access_prevention") or "inherited",
            "uniformBucketLevelAccess": {"enabled": values.get("uniform_bucket_level_access") is True},
        },
        "lifecycle": {"rule": [_rule(rule) for rule in blocks(values, "lifecycle_rule")]},
    }
    labels = values.get("effective_labels")
    body["labels"] = labels if isinstance(labels, dict) else {}
    if encryption := block(values, "encryption"):
        body["encryption"] = {"defaultKmsKeyName": encryption["default_kms_key_name"]}
    if versioning := block(values, "versioning"):
        body["versioning"] = {"enabled": versioning.get("enabled", False)}
    soft_delete = block(values, "soft_delete_policy")
    if is_set(soft_delete, "retention_duration_seconds"):
        body["softDeletePolicy"] = {"retentionDurationSeconds": str(int(soft_delete["retention_duration_seconds"]))}
    return body


def _rule(rule: dict[str, Any]) -> dict[str, Any]:
    action, condition = block(rule, "action"), block(rule, "condition")
    wanted = {theirs: condition[ours] for ours, theirs in _CONDITIONS.items() if condition.get(ours)}
    if condition.get("with_state") in ("LIVE", "ARCHIVED"):
        wanted["isLive"] = condition["with_state"] == "LIVE"
    made = {"type": action["type"]} | ({"storageClass": action["storage_class"]} if action.get("storage_class") else {})
    return {"action": made, "condition": wanted}


def _named(body: dict[str, Any] | None, theirs: str, ours: str) -> list[dict[str, Any]]:
    return [{ours: body[theirs]}] if body and theirs in body else []


def _soft_delete(body: dict[str, Any]) -> list[dict[str, Any]]:
    policy = body.get("softDeletePolicy")
    if not policy:
        return []
    found = {"retention_duration_seconds": int(policy["retentionDurationSeconds"])}
    return [found | {"effective_time": policy.get("effectiveTime", body["timeCreated"])}]


def _edit(state: State, ctx: Context, edit: Edit) -> Bindings:
    path = f"/b/{_bucket_name(state)}/iam"
    client = ctx.storage()
    policy = client._get_resource(path)
    roles = {binding["role"]: set(binding["members"]) for binding in policy.get("bindings", [])}
    if edit is not None:
        edit(roles)
        bindings = [{"role": role, "members": sorted(members)} for role, members in sorted(roles.items()) if members]
        policy = client._put_resource(path, {"bindings": bindings, "etag": policy.get("etag", "")})
    return roles, str(policy.get("etag", ""))


def _bucket_name(state: State) -> str:
    return str(state["bucket"]).removeprefix("b/")


REALIZERS: dict[str, Realizer] = {
    "google_storage_bucket": Bucket(),
    "google_storage_bucket_iam_member": Member("bucket IAM member", _edit, lambda s, _: f"b/{_bucket_name(s)}"),
}
