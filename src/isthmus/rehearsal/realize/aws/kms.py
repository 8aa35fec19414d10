"""Keys, aliases, key policies."""

from __future__ import annotations

import json
from typing import Any

from isthmus.rehearsal.realize.aws.resource import AwsResource, change_tags, tags_of, whole
from isthmus.rehearsal.realize.base import Context, State
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import changed, is_set, own_name, text

_ARGUMENTS = {
    "customer_master_key_spec": "KeySpec",
    "description": "Description",
    "key_usage": "KeyUsage",
    "multi_region": "MultiRegion",
    "policy": "Policy",
}
_LONGEST_WINDOW_DAYS = 30
"""What KMS takes when nothing is said (API reference of ScheduleKeyDeletion, 2026-11)."""


class _Kms(AwsResource):
    service = "kms"

    def gone(self, error: Exception) -> bool:
        """A key that waits for its deletion is gone, too."""
        return super().gone(error) or "is pending deletion" in str(error)


class Key(_Kms):
    """aws_kms_key."""

    label = "KMS Key"
    fresh = ("rotation_period_in_days",)

    def make(self, planned: State, ctx: Context) -> Found:
        """A key has no name: one that a cut-off apply left behind can't be recognized, and is unused."""
        client = self.client(planned, ctx)
        arguments = {theirs: planned[ours] for ours, theirs in _ARGUMENTS.items() if is_set(planned, ours)}
        key = client.create_key(**arguments, Tags=_tags(tags_of(planned)))["KeyMetadata"]["KeyId"]
        self._set_rotation(client, key, planned)
        if planned.get("is_enabled") is False:
            client.disable_key(KeyId=key)
        return {"id": key}

    def find(self, state: State, ctx: Context) -> Found | None:
        """Metadata, policy, rotation, tags."""
        client = self.client(state, ctx)
        key = client.describe_key(KeyId=state["id"])["KeyMetadata"]
        if key["KeyState"] == "PendingDeletion":
            return None
        rotation = client.get_key_rotation_status(KeyId=key["KeyId"])
        tags = client.list_resource_tags(KeyId=key["KeyId"])["Tags"]
        return {
            "arn": key["Arn"],
            "customer_master_key_spec": key["KeySpec"],
            "description": key.get("Description", ""),
            "enable_key_rotation": rotation["KeyRotationEnabled"],
            "id": key["KeyId"],
            "is_enabled": key["Enabled"],
            "key_id": key["KeyId"],
            "key_usage": key["KeyUsage"],
            "multi_region": key.get("MultiRegion", False),
            "policy": client.get_key_policy(KeyId=key["KeyId"], PolicyName="default")["Policy"],
            "region": key["Arn"].split(":")[3],
            "rotation_period_in_days": rotation.get("RotationPeriodInDays") if rotation["KeyRotationEnabled"] else None,
            "tags_all": {tag["TagKey"]: tag["TagValue"] for tag in tags},
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """A disabled key is enabled first: KMS refuses the rest on it."""
        client, key = self.client(prior, ctx), prior["id"]
        was_enabled, enabled = (of.get("is_enabled") is not False for of in (prior, planned))
        if enabled and not was_enabled:
            client.enable_key(KeyId=key)
        if changed(prior, planned, "enable_key_rotation") or changed(prior, planned, "rotation_period_in_days"):
            self._set_rotation(client, key, planned)
        if changed(prior, planned, "description"):
            client.update_key_description(KeyId=key, Description=text(planned, "description"))
        if changed(prior, planned, "policy"):
            client.put_key_policy(KeyId=key, PolicyName="default", Policy=planned["policy"])
        change_tags(
            prior,
            planned,
            lambda tags: client.tag_resource(KeyId=key, Tags=_tags(tags)),
            lambda names: client.untag_resource(KeyId=key, TagKeys=names),
        )
        if was_enabled and not enabled:
            client.disable_key(KeyId=key)

    def remove(self, state: State, ctx: Context) -> None:
        """KMS only schedules it."""
        days = state.get("deletion_window_in_days") or _LONGEST_WINDOW_DAYS
        self.client(state, ctx).schedule_key_deletion(KeyId=state["id"], PendingWindowInDays=whole(days))

    def _set_rotation(self, client: Any, key: str, planned: State) -> None:
        if not planned.get("enable_key_rotation"):
            client.disable_key_rotation(KeyId=key)
            return
        days = planned.get("rotation_period_in_days")
        period = {"RotationPeriodInDays": whole(days)} if is_set(planned, "rotation_period_in_days") else {}
        client.enable_key_rotation(KeyId=key, **period)


class Alias(_Kms):
    """aws_kms_alias."""

    label = "KMS Alias"
    named_by = "name"
    fresh = ("target_key_arn",)

    def make(self, planned: State, ctx: Context) -> Found:
        """An alias left behind points at a key that was left behind with it; then it moves to the key of this apply."""
        client = self.client(planned, ctx)
        name = own_name(planned) if is_set(planned, "name") else _prefixed(planned)
        try:
            client.create_alias(AliasName=name, TargetKeyId=planned["target_key_id"])
        except client.exceptions.AlreadyExistsException:
            if not self._is_left_behind(client, name, planned["target_key_id"]):
                raise
            client.update_alias(AliasName=name, TargetKeyId=planned["target_key_id"])
        return {"id": name, "name": name}

    def find(self, state: State, ctx: Context) -> Found | None:
        """By the key that it stands for."""
        name = text(state, "id") or text(state, "name")
        key = self.client(state, ctx).describe_key(KeyId=name)["KeyMetadata"]
        ours = text(state, "target_key_id")
        return {
            "arn": f"{key['Arn'].rsplit(':', 1)[0]}:{name}",
            "id": name,
            "name": name,
            "name_prefix": "",
            "region": key["Arn"].split(":")[3],
            "target_key_arn": key["Arn"],
            # Given as ARN or as id: the state keeps to what the configuration says.
            "target_key_id": key["Arn"] if ours.startswith("arn:") else key["KeyId"],
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Moves it to another key."""
        if changed(prior, planned, "target_key_id"):
            self.client(prior, ctx).update_alias(AliasName=prior["id"], TargetKeyId=planned["target_key_id"])

    def remove(self, state: State, ctx: Context) -> None:
        """The key stays."""
        self.client(state, ctx).delete_alias(AliasName=state["id"])

    def _is_left_behind(self, client: Any, name: str, key: str) -> bool:
        ours, theirs = (client.describe_key(KeyId=id_)["KeyMetadata"] for id_ in (key, name))
        if theirs["KeyState"] == "PendingDeletion":
            return True
        tags = [client.list_resource_tags(KeyId=of["KeyId"])["Tags"] for of in (ours, theirs)]
        return bool(ours.get("Description") == theirs.get("Description") and tags[0] == tags[1])


class KeyPolicy(_Kms):
    """aws_kms_key_policy."""

    label = "KMS Key Policy"
    named_by = "key_id"

    def make(self, planned: State, ctx: Context) -> Found:
        """Puts it."""
        self._put(planned["key_id"], planned["policy"], planned, ctx)
        return {"id": planned["key_id"]}

    def find(self, state: State, ctx: Context) -> Found | None:
        """None when the key waits for its deletion."""
        client, key = self.client(state, ctx), text(state, "id") or text(state, "key_id")
        metadata = client.describe_key(KeyId=key)["KeyMetadata"]
        if metadata["KeyState"] == "PendingDeletion":
            return None
        policy = client.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
        return {"id": key, "key_id": key, "policy": policy, "region": metadata["Arn"].split(":")[3]}

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Puts it again."""
        self._put(prior["id"], planned["policy"], prior, ctx)

    def remove(self, state: State, ctx: Context) -> None:
        """Back to the policy that every new key has: the account decides."""
        key = self.client(state, ctx).describe_key(KeyId=state["id"])["KeyMetadata"]
        root = {"AWS": f"arn:aws:iam::{key['Arn'].split(':')[4]}:root"}
        statement = {
            "Sid": "Enable IAM User Permissions",
            "Effect": "Allow",
            "Principal": root,
            "Action": "kms:*",
            "Resource": "*",
        }
        policy = {"Version": "2012-10-17", "Id": "key-default-1", "Statement": [statement]}
        self._put(state["id"], json.dumps(policy), state, ctx)

    def _put(self, key: str, policy: str, values: State, ctx: Context) -> None:
        self.client(values, ctx).put_key_policy(KeyId=key, PolicyName="default", Policy=policy)


def _prefixed(planned: State) -> str:
    name = own_name(planned)
    return name if name.startswith("alias/") else f"alias/{name}"


def _tags(tags: dict[str, str]) -> list[dict[str, str]]:
    return [{"TagKey": name, "TagValue": value} for name, value in tags.items()]


REALIZERS = {"aws_kms_alias": Alias(), "aws_kms_key": Key(), "aws_kms_key_policy": KeyPolicy()}
