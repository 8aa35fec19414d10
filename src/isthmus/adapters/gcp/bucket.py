"""The bucket on Google Cloud: Cloud Storage with generation preconditions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import requests.exceptions
from google.api_core.exceptions import GoogleAPIError, NotFound, PreconditionFailed
from google.auth.exceptions import GoogleAuthError

from isthmus.adapters.calls import Calls
from isthmus.core.errors import Unavailable
from isthmus.core.frames import Cloud
from isthmus.core.ledger import Entry

TIMEOUT_SECONDS = (1.0, 5.0)
_FAULTS = (GoogleAPIError, GoogleAuthError, requests.exceptions.RequestException)


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

    def put_new(self, key: str, data: bytes) -> bool:
        """Writes an object unless the key is taken; the checksum is sent along and verified by the service."""
        self._calls.add("storage.objects.insert")
        try:
            self._bucket.blob(key).upload_from_string(
                data,
                content_type="application/x-ndjson",
                if_generation_match=0,
                checksum="crc32c",
                retry=None,
                timeout=TIMEOUT_SECONDS,
            )
        except PreconditionFailed:
            return False
        except _FAULTS as error:
            raise self._unavailable("did not take", key, error) from error
        return True

    def get(self, key: str) -> bytes:
        """Returns an object's bytes as they are stored; KeyError when there is none."""
        self._calls.add("storage.objects.get")
        try:
            data: bytes = self._bucket.blob(key).download_as_bytes(
                raw_download=True, retry=None, timeout=TIMEOUT_SECONDS
            )
        except NotFound:
            raise KeyError(key) from None
        except _FAULTS as error:
            raise self._unavailable("did not give", key, error) from error
        return data

    def list(self, prefix: str = "") -> Iterator[Entry]:
        """Yields the objects below a prefix with their checksums."""
        fields = "items(name,crc32c,size,timeCreated),nextPageToken"
        try:
            listing = self._client.list_blobs(
                self._name, prefix=prefix or None, fields=fields, retry=None, timeout=TIMEOUT_SECONDS
            )
            for page in listing.pages:
                self._calls.add("storage.objects.list")
                for blob in page:
                    yield Entry(blob.name, blob.crc32c, blob.size, int(blob.time_created.timestamp() * 1000))
        except _FAULTS as error:
            raise self._unavailable("did not list", prefix, error) from error

    def _unavailable(self, what: str, key: str, error: Exception) -> Unavailable:
        return Unavailable(f"Cloud Storage {what} the object: {error}", where=f"gs://{self._name}/{key}")
