"""The bucket on AWS: S3 with conditional writes."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import google_crc32c
from botocore.exceptions import ClientError

from isthmus.adapters.aws.faults import FAULTS
from isthmus.adapters.calls import Calls
from isthmus.adapters.causes import cause
from isthmus.adapters.metadata import EVENTS, count
from isthmus.adapters.traces.messaging import storing
from isthmus.core.errors import Unavailable
from isthmus.core.frames import Cloud
from isthmus.core.ledger import Entry
from isthmus.core.ports import Stored

_LINES = "application/x-ndjson"
_PARQUET = "application/vnd.apache.parquet"
_TAKEN = {"PreconditionFailed", "412"}
_MISSING = {"NoSuchKey", "NotFound", "404"}


class S3Bucket:
    """Objects that are written once, by `If-None-Match: *`.

    Args:
        s3: A boto3 S3 client.
        name: The bucket.
        calls: Where the calls are counted.
    """

    def __init__(self, s3: Any, name: str, calls: Calls) -> None:
        self._s3 = s3
        self._name = name
        self._calls = calls

    @property
    def cloud(self) -> Cloud:
        """`aws`."""
        return "aws"

    @property
    def name(self) -> str:
        """The bucket's name."""
        return self._name

    def put_new(self, key: str, data: bytes, *, events: int = 0) -> bool:
        """Writes an object unless the key is taken.

        S3 answers 409 when two conditional writes of a key race; which one won is known only after asking again, so it
        is reported as a passing fault (S3 user guide, conditional writes, 2026-11).
        """
        self._calls.add("s3.PutObject")
        with storing("S3/PutObject", {"aws.s3.bucket": self._name, "aws.s3.key": key}) as span:
            noted = {EVENTS: str(events)} if events else {}
            written = self._put(key, data, IfNoneMatch="*", ContentType=_LINES, Metadata=noted)
            span.set(isthmus__written=written)
        return written

    def swap(self, key: str, data: bytes, version: str = "") -> bool:
        """Replaces an object whose ETag is still this one, by `If-Match`."""
        self._calls.add("s3.PutObject")
        condition = {"IfMatch": version} if version else {"IfNoneMatch": "*"}
        return self._put(key, data, ContentType=_PARQUET, **condition)

    def _put(self, key: str, data: bytes, **options: Any) -> bool:
        checksum = base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode("ascii")
        try:
            answer = self._s3.put_object(
                Bucket=self._name,
                Key=key,
                Body=data,
                ChecksumCRC32C=checksum,
                **options,
            )
        except ClientError as error:
            # What If-Match names may be gone: then S3 says that there is no such key.
            if error.response["Error"]["Code"] in (_TAKEN | _MISSING if "IfMatch" in options else _TAKEN):
                return False
            raise self._unavailable("did not take the object", key, error) from error
        except FAULTS as error:
            raise self._unavailable("did not take the object", key, error) from error
        if "ETag" not in answer:
            raise self._unavailable("did not say that it took the object", key, "the answer is cut off")
        return True

    def get(self, key: str) -> bytes:
        """Returns an object's bytes; KeyError when there is none."""
        self._calls.add("s3.GetObject")
        try:
            answer = self._s3.get_object(Bucket=self._name, Key=key)
            body: bytes = answer["Body"].read()
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                raise KeyError(key) from None
            raise self._unavailable("did not give the object", key, error) from error
        except FAULTS as error:
            raise self._unavailable("did not give the object", key, error) from error
        if answer.get("ContentLength") != len(body):
            raise self._unavailable("did not give the whole object", key, "the answer is cut off")
        return body

    def look(self, key: str) -> Entry:
        """Returns what can be told of an object, its checksum and number of events too; KeyError when there is none."""
        self._calls.add("s3.HeadObject")
        try:
            head = self._s3.head_object(Bucket=self._name, Key=key, ChecksumMode="ENABLED")
            created_ms = int(head["LastModified"].timestamp() * 1000)
            # A checksum over parts is not the object's own (S3 user guide, checking object integrity, 2026-11).
            checksum = head.get("ChecksumCRC32C", "") if head.get("ChecksumType") != "COMPOSITE" else ""
            return Entry(key, checksum, head["ContentLength"], created_ms, count(head.get("Metadata")))
        except ClientError as error:
            if error.response["Error"]["Code"] in _MISSING:
                raise KeyError(key) from None
            raise self._unavailable("did not tell of the object", key, error) from error
        except FAULTS as error:
            raise self._unavailable("did not tell of the object", key, error) from error

    def list(self, prefix: str = "", after: str = "") -> Iterator[Entry]:
        """Yields the objects below a prefix, beginning behind the key `after`.

        S3 lists neither checksum nor metadata, so an entry has its size alone.
        """
        for item in self._items(prefix, {"StartAfter": after} if after else {}):
            yield Entry(item["Key"], "", item["Size"], int(item["LastModified"].timestamp() * 1000))

    def versions(self, prefix: str) -> Iterator[Stored]:
        """Yields the objects below a prefix with their ETags."""
        for item in self._items(prefix, {}):
            yield Stored(item["Key"], item["ETag"], item["Size"])

    def _items(self, prefix: str, options: dict[str, str]) -> Iterator[dict[str, Any]]:
        try:
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._name, Prefix=prefix, **options):
                self._calls.add("s3.ListObjectsV2")
                if "Name" not in page:
                    raise self._unavailable("did not list its objects", prefix, "the answer is no listing")
                yield from page.get("Contents", ())
        except FAULTS as error:
            raise self._unavailable("did not list its objects", prefix, error) from error

    def _unavailable(self, what: str, key: str, why: BaseException | str) -> Unavailable:
        reason = why if isinstance(why, str) else cause(why)
        return Unavailable(f"S3 {what}: {reason}", where=f"s3://{self._name}/{key}")
