"""States in S3 (with its lock object and table) and in Cloud Storage."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from isthmus.change.states import Lock, StateStore, Version, digest, lock_of, version_of
from isthmus.core.errors import Refused
from isthmus.rehearsal.backends import GcsBackend, S3Backend
from isthmus.rehearsal.realize.base import Context


def store_of(backend: S3Backend | GcsBackend, context: Context) -> StateStore:
    """What looks after the state of a backend on the local clouds."""
    if isinstance(backend, GcsBackend):
        return GcsStates(context.storage(), backend.bucket, backend.prefix)
    s3, dynamodb = context.aws("s3", backend.region), context.aws("dynamodb", backend.region)
    return S3States(s3, dynamodb, backend.bucket, backend.key, backend.dynamodb_table)


@dataclass(frozen=True)
class S3States:
    """A state in S3.

    Attributes:
        s3: A boto3 client of S3.
        dynamodb: A boto3 client of DynamoDB.
        bucket: The bucket.
        key: The object.
        table: The lock table; empty for none.
    """

    s3: Any
    dynamodb: Any
    bucket: str
    key: str
    table: str = ""

    def versions(self) -> list[Version]:
        """Every version that is kept, newest first."""
        pages = self.s3.get_paginator("list_object_versions").paginate(Bucket=self.bucket, Prefix=self.key)
        entries = [entry for page in pages for entry in page.get("Versions", []) if entry["Key"] == self.key]
        entries.sort(key=lambda entry: (entry["IsLatest"], entry["LastModified"]), reverse=True)
        return [
            version_of(
                self.read(entry["VersionId"]), entry["VersionId"], entry["LastModified"].isoformat(), entry["IsLatest"]
            )
            for entry in entries
        ]

    def locks(self) -> list[Lock]:
        """The lock object's, and the table's."""
        found = []
        if (text := self._lock_object()) is not None:
            found.append(lock_of(json.loads(text), "object"))
        if self.table:
            item = self.dynamodb.get_item(TableName=self.table, Key=self._lock_id(), ConsistentRead=True).get("Item")
            if item and "Info" in item:
                found.append(lock_of(json.loads(item["Info"]["S"]), "table"))
        return found

    def unlock(self, lock: Lock) -> None:
        """Takes a lock off; refused when another took it meanwhile."""
        if lock.where == "table":
            self.dynamodb.delete_item(
                TableName=self.table,
                Key=self._lock_id(),
                ConditionExpression="contains(Info, :id)",
                ExpressionAttributeValues={":id": {"S": lock.id}},
            )
            return
        text = self._lock_object()
        if text is None or json.loads(text).get("ID") != lock.id:
            raise Refused("another run took the lock meanwhile", where=self.key, fix="look again")
        self.s3.delete_object(Bucket=self.bucket, Key=f"{self.key}.tflock")

    def read(self, version: str) -> bytes:
        """A version's content."""
        content: bytes = self.s3.get_object(Bucket=self.bucket, Key=self.key, VersionId=version)["Body"].read()
        return content

    def write(self, content: bytes) -> None:
        """Writes the state, under the bucket's key, and its digest into the table, which Terraform compares."""
        self.s3.put_object(Bucket=self.bucket, Key=self.key, Body=content, ContentType="application/json")
        if self.table:
            item = {"LockID": {"S": f"{self.bucket}/{self.key}-md5"}, "Digest": {"S": digest(content)}}
            self.dynamodb.put_item(TableName=self.table, Item=item)

    def _lock_id(self) -> dict[str, dict[str, str]]:
        return {"LockID": {"S": f"{self.bucket}/{self.key}"}}

    def _lock_object(self) -> bytes | None:
        try:
            found: bytes = self.s3.get_object(Bucket=self.bucket, Key=f"{self.key}.tflock")["Body"].read()
        except self.s3.exceptions.NoSuchKey:
            return None
        return found


@dataclass(frozen=True)
class GcsStates:
    """A state in Cloud Storage.

    Attributes:
        storage: A `google.cloud.storage.Client`.
        bucket: The bucket.
        prefix: The folder; Terraform names the object `default.tfstate`.
    """

    storage: Any
    bucket: str
    prefix: str

    def versions(self) -> list[Version]:
        """Every generation that is kept, newest first."""
        blobs = [blob for blob in self._bucket.list_blobs(prefix=self._name, versions=True) if blob.name == self._name]
        blobs.sort(key=lambda blob: int(blob.generation), reverse=True)
        return [
            version_of(
                self.read(str(blob.generation)),
                str(blob.generation),
                blob.time_created.isoformat() if blob.time_created else "",
                blob.time_deleted is None,
            )
            for blob in blobs
        ]

    def locks(self) -> list[Lock]:
        """The lock object's. Its generation is the id that Terraform asks for."""
        blob = self._bucket.get_blob(f"{self.prefix}/default.tflock")
        if blob is None:
            return []
        info = json.loads(blob.download_as_bytes())
        return [lock_of({**info, "ID": str(blob.generation)}, "object")]

    def unlock(self, lock: Lock) -> None:
        """Deletes the lock object if it is still that generation."""
        self._bucket.blob(f"{self.prefix}/default.tflock").delete(if_generation_match=int(lock.id))

    def read(self, version: str) -> bytes:
        """A generation's content."""
        content: bytes = self._bucket.blob(self._name, generation=int(version)).download_as_bytes()
        return content

    def write(self, content: bytes) -> None:
        """Writes the state."""
        self._bucket.blob(self._name).upload_from_string(content, content_type="application/json")

    @property
    def _bucket(self) -> Any:
        return self.storage.bucket(self.bucket)

    @property
    def _name(self) -> str:
        return f"{self.prefix}/default.tfstate"
