"""Google's retry scenarios for Cloud Storage, on its own client: what is asked again, and what never may be.

The scenarios are those of googleapis/conformance-tests (storage/v1, scenarios 1, 2, 3 and 6), told anew: calls that are
always idempotent, calls that are so under a precondition, the same without one, and errors that no repetition mends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import requests
from google.api_core import exceptions
from google.auth.exceptions import GoogleAuthError
from google.cloud import storage
from google.cloud.storage.retry import DEFAULT_RETRY

TRANSIENT = (
    ("return-503", "return-503"),
    ("return-reset-connection", "return-reset-connection"),
    ("return-reset-connection", "return-503"),
)
FINAL = (("return-400", "return-400"), ("return-401", "return-401"))
Call = Callable[["Material"], object]


@dataclass
class Material:
    """What a call works on."""

    client: storage.Client
    bucket: storage.Bucket
    blob: storage.Blob
    hmac: storage.HMACKeyMetadata
    notification: Any

    def fresh(self) -> storage.Blob:
        """The object with what is known of it now."""
        blob = self.bucket.blob("object")
        blob.reload(retry=None)
        return blob


ALWAYS: dict[str, Call] = {
    "storage.bucket_acl.list": lambda m: m.bucket.acl.reload(),
    "storage.buckets.delete": lambda m: m.client.bucket(m.bucket.name + "-empty").delete(),
    "storage.buckets.get": lambda m: m.bucket.reload(),
    "storage.buckets.getIamPolicy": lambda m: m.bucket.get_iam_policy(),
    "storage.buckets.insert": lambda m: m.client.create_bucket(m.bucket.name + "-new"),
    "storage.buckets.list": lambda m: list(m.client.list_buckets()),
    "storage.buckets.lockRetentionPolicy": lambda m: m.bucket.lock_retention_policy(),
    "storage.buckets.testIamPermissions": lambda m: m.bucket.test_iam_permissions(["storage.objects.get"]),
    "storage.default_object_acl.list": lambda m: m.bucket.default_object_acl.reload(),
    "storage.hmacKey.get": lambda m: m.hmac.reload(),
    "storage.hmacKey.list": lambda m: list(m.client.list_hmac_keys()),
    "storage.hmacKey.delete": lambda m: m.hmac.delete(),
    "storage.notification.delete": lambda m: m.notification.delete(),
    "storage.notification.get": lambda m: m.notification.reload(),
    "storage.notification.list": lambda m: list(m.bucket.list_notifications()),
    "storage.object_acl.list": lambda m: m.blob.acl.reload(),
    "storage.objects.get": lambda m: m.blob.download_as_bytes(),
    "storage.objects.list": lambda m: list(m.bucket.list_blobs()),
    "storage.serviceaccount.get": lambda m: m.client.get_service_account_email(),
}


def labelled(m: Material) -> storage.Bucket:
    m.bucket.labels = {"a": "b"}
    return m.bucket


def described(m: Material) -> storage.Blob:
    m.blob.metadata = {"a": "b"}
    return m.blob


def policy(m: Material) -> Any:
    found = m.bucket.get_iam_policy(retry=None)
    found.bindings.append({"role": "roles/storage.objectViewer", "members": {"user:a@example.com"}})
    return found


def without_etag(m: Material) -> Any:
    found = policy(m)
    found.etag = None
    return found


GUARDED: dict[str, Call] = {
    "storage.buckets.patch": lambda m: labelled(m).patch(if_metageneration_match=m.bucket.metageneration),
    "storage.buckets.update": lambda m: labelled(m).update(if_metageneration_match=m.bucket.metageneration),
    "storage.buckets.setIamPolicy": lambda m: m.bucket.set_iam_policy(policy(m)),
    "storage.objects.compose": lambda m: m.bucket.blob("composed").compose([m.blob], if_generation_match=0),
    "storage.objects.copy": lambda m: m.bucket.copy_blob(m.blob, m.bucket, "copied", if_generation_match=0),
    "storage.objects.delete": lambda m: m.blob.delete(if_generation_match=m.fresh().generation),
    "storage.objects.insert": lambda m: m.bucket.blob("new").upload_from_string("x", if_generation_match=0),
    "storage.objects.patch": lambda m: described(m).patch(if_metageneration_match=1),
    "storage.objects.rewrite": lambda m: m.bucket.blob("rewritten").rewrite(m.blob, if_generation_match=0),
    "storage.objects.update": lambda m: described(m).update(if_metageneration_match=1),
}
# The client repeats a delete and a patch of an object by itself since its version 3: they aren't here.
UNGUARDED: dict[str, Call] = {
    "storage.buckets.patch": lambda m: labelled(m).patch(),
    "storage.buckets.update": lambda m: labelled(m).update(),
    "storage.buckets.setIamPolicy": lambda m: m.bucket.set_iam_policy(without_etag(m)),
    "storage.objects.compose": lambda m: m.bucket.blob("composed").compose([m.blob]),
    "storage.objects.copy": lambda m: m.bucket.copy_blob(m.blob, m.bucket, "copied"),
    "storage.hmacKey.update": lambda m: m.hmac.update(),
    "storage.objects.rewrite": lambda m: m.bucket.blob("rewritten").rewrite(m.blob),
    "storage.objects.update": lambda m: described(m).update(),
}


@pytest.fixture
def material(cloud: Any) -> Iterator[Material]:
    """A bucket and what the calls need, all of it new."""
    bucket = cloud.bucket()
    cloud.storage.bucket(bucket.name + "-empty").create()
    bucket.retention_period = 1
    bucket.patch()
    blob = bucket.blob("object")
    blob.upload_from_string("content")
    blob.temporary_hold = None
    hmac, _ = cloud.storage.create_hmac_key("a@isthmus-dev.iam.gserviceaccount.com")
    hmac.state = "INACTIVE"
    hmac.update()
    notification = bucket.notification(cloud.topic().rpartition("/")[2])
    notification.create()
    cloud.server.advance(2)
    bucket.reload()
    yield Material(cloud.storage, bucket, bucket.blob("object"), hmac, notification)


@pytest.fixture
def failing(cloud: Any) -> Iterator[Callable[..., Callable[[], bool]]]:
    """Asks for failures; what it gives says whether all of them were met."""
    headers = cloud.storage._http.headers

    def fail(method: str, instructions: tuple[str, ...]) -> Callable[[], bool]:
        url = f"{cloud.server.http}/retry_test"
        number = requests.post(url, json={"instructions": {method: list(instructions)}}, timeout=5).json()["id"]
        headers["x-retry-test-id"] = number
        return lambda: bool(requests.get(f"{url}/{number}", timeout=5).json()["completed"])

    yield fail
    headers.pop("x-retry-test-id", None)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The pauses between attempts are short: which calls are asked again is what counts."""
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.mark.parametrize("instructions", TRANSIENT)
@pytest.mark.parametrize("method", ALWAYS)
def test_what_is_idempotent_is_asked_again(
    method: str, instructions: tuple[str, ...], material: Material, failing: Any
) -> None:
    """Until it succeeds."""
    all_met = failing(method, instructions)
    ALWAYS[method](material)
    assert all_met()


@pytest.mark.parametrize("instructions", TRANSIENT)
@pytest.mark.parametrize("method", GUARDED)
def test_what_a_precondition_guards_is_asked_again(
    method: str, instructions: tuple[str, ...], material: Material, failing: Any
) -> None:
    """It can't be done twice."""
    all_met = failing(method, instructions)
    GUARDED[method](material)
    assert all_met()


@pytest.mark.parametrize("instructions", TRANSIENT)
@pytest.mark.parametrize("method", UNGUARDED)
def test_what_nothing_guards_is_asked_once(
    method: str, instructions: tuple[str, ...], material: Material, failing: Any
) -> None:
    """The error comes to the caller, and the second failure was never met."""
    all_met = failing(method, instructions)
    with pytest.raises((exceptions.ServiceUnavailable, requests.ConnectionError)):
        UNGUARDED[method](material)
    assert not all_met()


@pytest.mark.parametrize("instructions", FINAL)
@pytest.mark.parametrize("method", [*ALWAYS, *GUARDED])
def test_what_no_repetition_mends_is_asked_once(
    method: str, instructions: tuple[str, ...], material: Material, failing: Any
) -> None:
    """Whatever the call."""
    all_met = failing(method, instructions)
    # A client without credentials meets 401 by asking for new ones, which it can't get.
    with pytest.raises((exceptions.BadRequest, exceptions.Unauthorized, GoogleAuthError)):
        {**ALWAYS, **GUARDED}[method](material)
    assert not all_met()


def test_a_resumable_upload_goes_on_where_it_broke(cloud: Any, material: Material, failing: Any) -> None:
    """Nothing is sent twice that has arrived, and the content is whole."""
    data = bytes(range(256)) * 4096
    for instruction in ("return-503-after-256K", "return-reset-connection-after-512K"):
        all_met = failing("storage.objects.insert", (instruction,))
        blob = material.bucket.blob(f"resumed-{instruction}", chunk_size=512 * 1024)
        blob.upload_from_string(data, if_generation_match=0, retry=DEFAULT_RETRY)
        assert all_met()
        assert material.bucket.blob(blob.name).download_as_bytes() == data


def test_a_download_that_breaks_off_goes_on(cloud: Any, material: Material, failing: Any) -> None:
    """From the byte where it broke."""
    data = bytes(range(256)) * 4096
    material.bucket.blob("large").upload_from_string(data)
    all_met = failing("storage.objects.get", ("return-broken-stream-after-256K",))
    assert material.bucket.blob("large").download_as_bytes() == data
    assert all_met()


def test_an_instruction_that_is_not_known_is_refused(cloud: Any) -> None:
    """As is a test that nobody made."""
    wanted = {"instructions": {"storage.buckets.list": ["explode"]}}
    assert requests.post(f"{cloud.server.http}/retry_test", json=wanted, timeout=5).status_code == 400
    url = f"{cloud.server.http}/storage/v1/b?project=isthmus-dev"
    assert requests.get(url, headers={"x-retry-test-id": "none"}, timeout=5).status_code == 404
