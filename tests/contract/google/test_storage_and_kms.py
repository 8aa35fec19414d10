"""Cloud Storage and Cloud KMS, spoken to by Google's clients alone."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from google.api_core.exceptions import Conflict, FailedPrecondition, NotFound, PreconditionFailed

sys.path.insert(0, str(Path(__file__).parent))

from server import Clients

from isthmus.local.google import GoogleServer


@pytest.fixture(scope="module")
def clients(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clients]:
    """Clients of one server for all tests of this file."""
    with GoogleServer(tmp_path_factory.mktemp("google")) as running:
        yield Clients(running)


def test_of_two_writers_with_the_same_precondition_one_wins(clients: Clients) -> None:
    """What the archive stands on: the first write stays, the others are told."""
    bucket = clients.storage.create_bucket("one-winner")

    def write(number: int) -> bool:
        try:
            bucket.blob("key").upload_from_string(str(number).encode(), if_generation_match=0)
        except PreconditionFailed:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        won = list(pool.map(write, range(16)))
    assert won.count(True) == 1
    assert bucket.blob("key").download_as_bytes() == str(won.index(True)).encode()


def test_an_object_has_its_checksum_and_a_new_generation_each_time(clients: Clients) -> None:
    """The client verifies what it downloads; the listing tells the checksum."""
    bucket = clients.storage.create_bucket("generations")
    blob = bucket.blob("a/b c")
    blob.upload_from_string(b"123456789", checksum="crc32c")
    first = blob.generation
    assert blob.crc32c == "4waSgw=="
    blob.upload_from_string(b"again")
    assert blob.generation > first
    assert [(b.name, b.size) for b in clients.storage.list_blobs("generations", prefix="a/")] == [("a/b c", 5)]
    blob.delete()
    with pytest.raises(NotFound):
        blob.reload()


def test_a_large_object_is_uploaded_in_pieces(clients: Clients) -> None:
    """Resumable: a piece at a time, whole in the end."""
    bucket = clients.storage.create_bucket("pieces")
    data = bytes(range(256)) * 4096
    bucket.blob("big", chunk_size=256 * 1024).upload_from_string(data)
    assert bucket.blob("big").download_as_bytes() == data
    assert bucket.blob("big").download_as_bytes(start=256, end=257) == b"\x00\x01"


def test_with_versioning_what_is_overwritten_stays(clients: Clients) -> None:
    """Noncurrent versions are listed when asked for, and keep a bucket from being deleted."""
    bucket = clients.storage.create_bucket("versions")
    bucket.versioning_enabled = True
    bucket.patch()
    for text in (b"1", b"2"):
        bucket.blob("key").upload_from_string(text)
    bucket.blob("key").delete()
    assert not list(clients.storage.list_blobs("versions"))
    assert len(list(clients.storage.list_blobs("versions", versions=True))) == 2
    with pytest.raises(Conflict):
        bucket.delete()


def test_pages_of_a_listing_leave_nothing_out(clients: Clients) -> None:
    """And give nothing twice."""
    bucket = clients.storage.create_bucket("pages")
    names = [f"p/{number:03d}" for number in range(25)]
    for name in names:
        bucket.blob(name).upload_from_string(b"x")
    assert [blob.name for blob in clients.storage.list_blobs("pages", page_size=7)] == names


def test_a_policy_made_from_an_older_one_is_refused(clients: Clients) -> None:
    """So that two members added at once are both there in the end."""
    bucket = clients.storage.create_bucket("policies")
    first, second = bucket.get_iam_policy(), bucket.get_iam_policy()
    first.bindings.append({"role": "roles/storage.objectViewer", "members": {"user:a@example.com"}})
    bucket.set_iam_policy(first)
    with pytest.raises(PreconditionFailed):
        bucket.set_iam_policy(second)


def test_a_key_encrypts_until_its_version_is_destroyed(clients: Clients) -> None:
    """Then neither encrypting nor decrypting is possible."""
    parent = f"projects/{clients.project}/locations/global"
    ring = clients.kms.create_key_ring(parent=parent, key_ring_id="ring", key_ring={}).name
    key = clients.kms.create_crypto_key(parent=ring, crypto_key_id="key", crypto_key={"purpose": "ENCRYPT_DECRYPT"})
    sealed = clients.kms.encrypt(name=key.name, plaintext=b"secret").ciphertext
    assert clients.kms.decrypt(name=key.name, ciphertext=sealed).plaintext == b"secret"
    clients.kms.destroy_crypto_key_version(name=key.primary.name)
    with pytest.raises(FailedPrecondition):
        clients.kms.decrypt(name=key.name, ciphertext=sealed)
    with pytest.raises(FailedPrecondition):
        clients.kms.encrypt(name=key.name, plaintext=b"x")
