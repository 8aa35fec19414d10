"""Tables."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.realize.aws.resource import AwsResource, change_tags, pairs, tags_of
from isthmus.rehearsal.realize.base import Context, RealizeError, State
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import block, changed, text

_NOT_HERE = ("global_secondary_index", "local_secondary_index", "replica", "import_table", "on_demand_throughput")


class Table(AwsResource):
    """aws_dynamodb_table: keys, billing, encryption, protection and point-in-time recovery; no indexes or replicas."""

    service = "dynamodb"
    label = "DynamoDB Table"
    named_by = "name"

    def make(self, planned: State, ctx: Context) -> Found:
        """The local table takes calls at once; there is no ACTIVE to wait for."""
        for name in _NOT_HERE:
            if isinstance(planned.get(name), list) and planned[name]:
                raise RealizeError(f"{name} of a table is not made here", "leave it out of what is applied locally")
        client = self.client(planned, ctx)
        client.create_table(
            TableName=planned["name"],
            AttributeDefinitions=[
                {"AttributeName": entry["name"], "AttributeType": entry["type"]} for entry in planned["attribute"]
            ],
            KeySchema=_keys(planned),
            BillingMode=planned.get("billing_mode") or "PROVISIONED",
            DeletionProtectionEnabled=bool(planned.get("deletion_protection_enabled")),
            Tags=pairs(tags_of(planned)),
            **_encryption(planned),
            **_capacity(planned),
        )
        _recover(client, planned)
        return {"id": planned["name"]}

    def find(self, state: State, ctx: Context) -> Found | None:
        """What DescribeTable says; blocks that were not given stay away."""
        client, name = self.client(state, ctx), text(state, "id") or text(state, "name")
        there = client.describe_table(TableName=name)["Table"]
        tags = client.list_tags_of_resource(ResourceArn=there["TableArn"]).get("Tags", [])
        return {
            "arn": there["TableArn"],
            "billing_mode": there.get("BillingModeSummary", {}).get("BillingMode", "PROVISIONED"),
            "deletion_protection_enabled": there.get("DeletionProtectionEnabled", False),
            "hash_key": next(key["AttributeName"] for key in there["KeySchema"] if key["KeyType"] == "HASH"),
            "id": name,
            "name": name,
            "tags_all": {tag["Key"]: tag["Value"] for tag in tags},
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Protection, recovery and tags; the rest replaces the table, or is not made here."""
        client, name = self.client(prior, ctx), prior["id"]
        if changed(prior, planned, "deletion_protection_enabled"):
            client.update_table(
                TableName=name, DeletionProtectionEnabled=bool(planned.get("deletion_protection_enabled"))
            )
        if changed(prior, planned, "point_in_time_recovery"):
            _recover(client, planned)
        change_tags(
            prior,
            planned,
            lambda tags: client.tag_resource(ResourceArn=prior["arn"], Tags=pairs(tags)),
            lambda names: client.untag_resource(ResourceArn=prior["arn"], TagKeys=names),
        )

    def remove(self, state: State, ctx: Context) -> None:
        """Refused by the service while it is protected."""
        self.client(state, ctx).delete_table(TableName=state["id"])


def _keys(planned: State) -> list[dict[str, str]]:
    keys = [{"AttributeName": planned["hash_key"], "KeyType": "HASH"}]
    if planned.get("range_key"):
        keys.append({"AttributeName": planned["range_key"], "KeyType": "RANGE"})
    return keys


def _encryption(planned: State) -> dict[str, Any]:
    given = block(planned, "server_side_encryption")
    if not given.get("enabled"):
        return {}
    key = {"KMSMasterKeyId": given["kms_key_arn"]} if given.get("kms_key_arn") else {}
    return {"SSESpecification": {"Enabled": True, "SSEType": "KMS", **key}}


def _capacity(planned: State) -> dict[str, Any]:
    if planned.get("billing_mode") == "PAY_PER_REQUEST":
        return {}
    units = {"ReadCapacityUnits": "read_capacity", "WriteCapacityUnits": "write_capacity"}
    return {"ProvisionedThroughput": {theirs: int(planned.get(ours) or 1) for theirs, ours in units.items()}}


def _recover(client: Any, planned: State) -> None:
    given = block(planned, "point_in_time_recovery")
    if given:
        client.update_continuous_backups(
            TableName=planned["name"],
            PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": bool(given.get("enabled"))},
        )


REALIZERS = {"aws_dynamodb_table": Table()}
