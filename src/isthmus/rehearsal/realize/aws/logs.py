"""Log groups."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.realize.aws.resource import AwsResource, change_tags, tags_of, whole
from isthmus.rehearsal.realize.base import Context, State
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import changed, is_set, own_name, text


class LogGroup(AwsResource):
    """aws_cloudwatch_log_group."""

    service = "logs"
    label = "CloudWatch Logs Log Group"
    named_by = "name"

    def make(self, planned: State, ctx: Context) -> Found:
        """Replaces a group that a cut-off apply left, or a function made: its last line may come after a destroy."""
        client, name = self.client(planned, ctx), own_name(planned)
        try:
            _create(client, name, planned)
        except client.exceptions.ResourceAlreadyExistsException:
            there = self.find({**planned, "id": name}, ctx)
            if there is None or there["tags_all"] not in ({}, tags_of(planned)):
                raise
            client.delete_log_group(logGroupName=name)
            _create(client, name, planned)
        return {"id": name}

    def find(self, state: State, ctx: Context) -> Found | None:
        """There is no call for one group by its name, only by a prefix."""
        client, name = self.client(state, ctx), text(state, "id") or text(state, "name")
        groups = client.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        group = next((group for group in groups if group["logGroupName"] == name), None)
        if group is None:
            return None
        arn = group["arn"].removesuffix(":*")
        return {
            "arn": arn,
            "deletion_protection_enabled": group.get("deletionProtectionEnabled", False),
            "id": name,
            "kms_key_id": group.get("kmsKeyId", ""),
            "log_group_class": group.get("logGroupClass", "STANDARD"),
            "name": name,
            "name_prefix": "",
            "region": arn.split(":")[3],
            "retention_in_days": group.get("retentionInDays", 0),
            "tags_all": client.list_tags_for_resource(resourceArn=arn).get("tags", {}),
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Retention, key and tags."""
        client, name = self.client(prior, ctx), prior["id"]
        if changed(prior, planned, "kms_key_id"):
            # ministack 1.5.33 has no AssociateKmsKey. A group that is made anew has the key, and lost its old lines.
            client.delete_log_group(logGroupName=name)
            _create(client, name, planned)
            return
        if changed(prior, planned, "retention_in_days"):
            _set_retention(client, name, planned.get("retention_in_days"))
        change_tags(
            prior,
            planned,
            lambda tags: client.tag_resource(resourceArn=prior["arn"], tags=tags),
            lambda names: client.untag_resource(resourceArn=prior["arn"], tagKeys=names),
        )

    def remove(self, state: State, ctx: Context) -> None:
        """Unless it is to be kept."""
        if not state.get("skip_destroy"):
            self.client(state, ctx).delete_log_group(logGroupName=state["id"])


def _create(client: Any, name: str, planned: State) -> None:
    given = {"kmsKeyId": "kms_key_id", "logGroupClass": "log_group_class"}
    arguments = {theirs: planned[ours] for theirs, ours in given.items() if is_set(planned, ours)}
    client.create_log_group(logGroupName=name, tags=tags_of(planned), **arguments)
    if planned.get("retention_in_days"):
        _set_retention(client, name, planned["retention_in_days"])


def _set_retention(client: Any, name: str, days: float | None) -> None:
    if days:
        client.put_retention_policy(logGroupName=name, retentionInDays=whole(days))
    else:
        client.delete_retention_policy(logGroupName=name)


REALIZERS = {"aws_cloudwatch_log_group": LogGroup()}
