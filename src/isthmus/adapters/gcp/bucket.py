"""The bucket on Google Cloud: Cloud Storage with generation preconditions."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import google_crc32c
import requests.exceptions
import urllib3.exceptions
from google.api_core.exceptions import GoogleAPIError, NotFound, PreconditionFailed
from google.auth.exceptions import GoogleAuthError
from google.cloud.storage.exceptions import DataCorruption, InvalidResponse

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
TIMEOUT_SECONDS = (1.0, 5.0)
_FAULTS = (
    GoogleAPIError,
    GoogleAuthError,
    DataCorruption,
    InvalidResponse,
    requests.exceptions.RequestException,
    # A download reads the connection past requests, and meets what urllib3 says of one that breaks off.
    urllib3.exceptions.HTTPError,
)
_NO_LISTING = (AttributeError, KeyError, TypeError, ValueError)
"""How the client reads an answer that is not the listing it asked for."""


class GcsBucket:
    """Objects that are written once, by `ifGenerationMatch=0`.

    Args:
        client: A google-cloud-storage client.
        name: The bucket.
        calls: Where the calls are counted.
    """

    def __init__(self, client: Any, name: str, calls: Calls) -> None:
        self._client = client
        self._bucket = client.bucket(name)
        self._name = name
        self._calls = calls

    @property
    def cloud(self) -> Cloud:
        """`gcp`."""
        return "gcp"

    @property
    def name(self) -> str:
        """The bucket's name."""
        return self._name

    def put_new(self, key: str, data: bytes, *, events: int = 0) -> bool:
        """Writes an object unless the key is taken; the checksum is sent along and verified by the service."""
        self._calls.add("storage.objects.insert")
        with storing("storage.objects.insert", {"gcp.client.service": "storage", "isthmus.key": key}) as span:
            blob = self._bucket.blob(key)
            blob.metadata = {EVENTS: str(events)} if events else None
            written = self._upload(blob, data, _LINES, 0)
            span.set(isthmus__written=written)
        return written

    def swap(self, key: str, data: bytes, version: str = "") -> bool:
        """Replaces an object whose generation is still this one, by `ifGenerationMatch`."""
        self._calls.add("storage.objects.insert")
        return self._upload(self._bucket.blob(key), data, _PARQUET, int(version or 0))

    def _upload(self, blob: Any, data: bytes, content_type: str, generation: int) -> bool:
        key = blob.name
        try:
            blob.upload_from_string(
                data,
                content_type=content_type,
                if_generation_match=generation,
                checksum="crc32c",
                retry=None,
                timeout=TIMEOUT_SECONDS,
            )
        except PreconditionFailed:
            return False
        except _FAULTS as error:
            raise self._unavailable("did not take the object", key, error) from error
        return True

    def get(self, key: str) -> bytes:
        """Returns an object's bytes as they are stored; KeyError when there is none."""
        self._calls.add("storage.objects.get")
        try:
            blob = self._bucket.blob(key)
            data: bytes = blob.download_as_bytes(raw_download=True, retry=None, timeout=TIMEOUT_SECONDS)
        except NotFound:
            raise KeyError(key) from None
        except _FAULTS as error:
            raise self._unavailable("did not give the object", key, error) from error
        if blob.crc32c != base64.b64encode(google_crc32c.value(data).to_bytes(4, "big")).decode("ascii"):
            raise self._unavailable("did not give the whole object", key, "the answer is cut off")
        return data

    def look(self, key: str) -> Entry:
        """Returns what can be told of an object; KeyError when there is none."""
        self._calls.add("storage.objects.get")
        blob = self._bucket.blob(key)
        try:
            blob.reload(retry=None, timeout=TIMEOUT_SECONDS)
            return _entry(blob)
        except NotFound:
            raise KeyError(key) from None
        except (*_FAULTS, *_NO_LISTING) as error:
            raise self._unavailable("did not tell of the object", key, error) from error

    def list(self, prefix: str = "", after: str = "") -> Iterator[Entry]:
        """Yields the objects below a prefix with checksum and number of events, beginning behind the key `after`."""
        # The offset is in the listing itself.
        found = self._blobs(prefix, "name,crc32c,size,timeCreated,metadata", after)
        yield from (_entry(blob) for blob in found if blob.name != after)

    def versions(self, prefix: str) -> Iterator[Stored]:
        """Yields the objects below a prefix with their generations."""
        for blob in self._blobs(prefix, "name,generation,size"):
            yield Stored(blob.name, str(blob.generation), blob.size)

    def _blobs(self, prefix: str, fields: str, after: str = "") -> Iterator[Any]:
        try:
            listing = self._client.list_blobs(
                self._name,
                prefix=prefix or None,
                start_offset=after or None,
                fields=f"items({fields}),nextPageToken",
                retry=None,
                timeout=TIMEOUT_SECONDS,
            )
            for page in listing.pages:
                self._calls.add("storage.objects.list")
                yield from page
        except (*_FAULTS, *_NO_LISTING) as error:
            raise self._unavailable("did not list its objects", prefix, error) from error

    def _unavailable(self, what: str, key: str, why: BaseException | str) -> Unavailable:
        reason = why if isinstance(why, str) else cause(why)
        return Unavailable(f"Cloud Storage {what}: {reason}", where=f"gs://{self._name}/{key}")


def _entry(blob: Any) -> Entry:
    created_ms = int(blob.time_created.timestamp() * 1000)
    return Entry(blob.name, blob.crc32c, blob.size, created_ms, count(blob.metadata))
