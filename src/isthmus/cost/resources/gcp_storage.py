"""Buckets, keys, BigQuery and copies on Google Cloud."""

from __future__ import annotations

from isthmus.cost.resources.bill import Bill, Kind

_CLASSES = {"STANDARD": "gcs", "NEARLINE": "gcs_nearline", "COLDLINE": "gcs_coldline", "ARCHIVE": "gcs_archive"}


def _bucket(bill: Bill) -> None:
    storage_class = str(bill.resource.values.get("storage_class") or "STANDARD")
    prefix = _CLASSES.get(storage_class)
    if prefix is None:
        bill.unknown(f"storage class {storage_class} is not in the price book")
        return
    bill.used(f"gcp.{prefix}.storage", "storage_gb")
    bill.used(f"gcp.{prefix}.write", "monthly_class_a_operations")
    bill.used(f"gcp.{prefix}.read", "monthly_class_b_operations")


def _key(bill: Bill) -> None:
    """One version, or as many as are given: each rotation leaves another that is billed until it is destroyed."""
    level = bill.resource.block("version_template").get("protection_level") or "SOFTWARE"
    if level != "SOFTWARE":
        bill.unknown(f"keys of protection level {level} are not in the price book")
        return
    bill.fixed("gcp.kms.version", max(1.0, bill.usage.get("key_versions", 1.0)))
    bill.used("gcp.kms.operation", "monthly_key_operations")


def _dataset(bill: Bill) -> None:
    bill.used("gcp.bigquery.scan", "monthly_queries_tb")


def _table(bill: Bill) -> None:
    if not bill.resource.values.get("external_data_configuration"):
        bill.used("gcp.bigquery.storage", "monthly_active_storage_gb")


def _images(bill: Bill) -> None:
    bill.used("gcp.artifactregistry.storage", "storage_gb")


def _copies(bill: Bill) -> None:
    bill.used("gcp.transfer.agentless", "monthly_data_copied_gb")


KINDS = {
    "google_artifact_registry_repository": Kind(_images, ("storage_gb",)),
    "google_storage_bucket": Kind(_bucket, ("storage_gb", "monthly_class_a_operations", "monthly_class_b_operations")),
    "google_kms_crypto_key": Kind(_key, ("key_versions", "monthly_key_operations")),
    "google_bigquery_dataset": Kind(_dataset, ("monthly_queries_tb",)),
    "google_bigquery_table": Kind(_table, ("monthly_active_storage_gb",)),
    "google_storage_transfer_job": Kind(_copies, own=("monthly_data_copied_gb",)),
}

_POLICY = "a policy"
FREE = {
    "google_artifact_registry_repository_iam_member": _POLICY,
    "google_bigquery_data_transfer_config": "scheduled queries are paid as the dataset's queries",
    "google_bigquery_dataset_iam_member": _POLICY,
    "google_kms_crypto_key_iam_member": _POLICY,
    "google_kms_key_ring": "only its keys are billed",
    "google_storage_bucket_iam_member": _POLICY,
    "google_storage_bucket_object": "in the bucket's usage",
    "google_storage_hmac_key": "an identity",
}

NOT_PRICED: dict[str, str] = {}
