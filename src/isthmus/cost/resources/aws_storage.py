"""S3 buckets, keys, tables, queries and copies on AWS."""

from __future__ import annotations

from isthmus.cost.resources.bill import Bill, Kind

_CLASSES = {
    "standard": "s3",
    "standard_infrequent_access": "s3_ia",
    "glacier_flexible_retrieval": "s3_glacier",
    "glacier_deep_archive": "s3_deep",
}
_CLASS_LINES = {
    "storage_gb": "storage",
    "monthly_tier_1_requests": "write",
    "monthly_tier_2_requests": "read",
    "monthly_data_retrieval_gb": "retrieval",
    "monthly_lifecycle_transition_requests": "transition",
}
_ALWAYS = ("storage_gb", "monthly_tier_1_requests", "monthly_tier_2_requests")


def _bucket(bill: Bill) -> None:
    for usage_class, prefix in _CLASSES.items():
        for key, line in _CLASS_LINES.items():
            full = f"{usage_class}.{key}"
            if full in bill.usage or (usage_class == "standard" and key in _ALWAYS):
                bill.used(f"aws.{prefix}.{line}", full)


def _key(bill: Bill) -> None:
    spec = bill.resource.values.get("customer_master_key_spec") or "SYMMETRIC_DEFAULT"
    bill.fixed("aws.kms.key")
    if spec != "SYMMETRIC_DEFAULT":
        bill.unknown(f"requests to a key of {spec} are not in the price book")
        return
    bill.used("aws.kms.request", "monthly_requests")


def _table(bill: Bill) -> None:
    values = bill.resource.values
    if values.get("billing_mode") != "PAY_PER_REQUEST":
        bill.unknown("provisioned capacity is not in the price book")
    else:
        bill.used("aws.dynamodb.write", "monthly_write_request_units")
        bill.used("aws.dynamodb.read", "monthly_read_request_units")
    bill.used("aws.dynamodb.storage", "storage_gb")
    if bill.resource.block("point_in_time_recovery").get("enabled"):
        bill.used("aws.dynamodb.pitr", "pitr_backup_storage_gb")


def _queries(bill: Bill) -> None:
    bill.used("aws.athena.scan", "monthly_scanned_tb")


def _copies(bill: Bill) -> None:
    if bill.resource.values.get("task_mode") == "ENHANCED":
        bill.used("aws.datasync.enhanced", "monthly_data_copied_gb")
        bill.used("aws.datasync.execution", "monthly_executions")
    else:
        bill.used("aws.datasync.basic", "monthly_data_copied_gb")


KINDS = {
    "aws_s3_bucket": Kind(_bucket, tuple(f"{name}.{key}" for name in _CLASSES for key in _CLASS_LINES)),
    "aws_kms_key": Kind(_key, own=("monthly_requests",)),
    "aws_dynamodb_table": Kind(
        _table, ("monthly_write_request_units", "monthly_read_request_units", "storage_gb", "pitr_backup_storage_gb")
    ),
    "aws_athena_workgroup": Kind(_queries, own=("monthly_scanned_tb",)),
    "aws_datasync_task": Kind(_copies, own=("monthly_data_copied_gb", "monthly_executions")),
}

_OF_A_BUCKET = "part of a bucket"
FREE = {
    "aws_datasync_location_s3": "part of a task",
    "aws_glue_catalog_database": "the first million objects of a catalog are free",
    "aws_glue_catalog_table": "the first million objects of a catalog are free",
    "aws_kms_alias": "a name",
    "aws_s3_bucket_lifecycle_configuration": "its transitions are in the bucket's usage",
    "aws_s3_bucket_ownership_controls": _OF_A_BUCKET,
    "aws_s3_bucket_policy": "a policy",
    "aws_s3_bucket_public_access_block": _OF_A_BUCKET,
    "aws_s3_bucket_server_side_encryption_configuration": _OF_A_BUCKET,
    "aws_s3_bucket_versioning": "old versions are in the bucket's usage",
    "aws_s3_object": "in the bucket's usage",
}

NOT_PRICED: dict[str, str] = {}
