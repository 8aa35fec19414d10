"""Cloud KMS by Google's own client: encryption that is real, and stops when it should."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from google.api_core import exceptions
from google.cloud.kms_v1 import types

PARENT = "projects/isthmus-dev/locations/us-central1"
_numbers = itertools.count(1)
State = types.CryptoKeyVersion.CryptoKeyVersionState
DAY = 86400


@pytest.fixture
def key(cloud: Any) -> types.CryptoKey:
    """A key in a ring of its own."""
    ring = cloud.kms.create_key_ring(parent=PARENT, key_ring_id=f"own-ring-{next(_numbers)}", key_ring={})
    body = {"purpose": "ENCRYPT_DECRYPT", "labels": {"a": "b"}, "rotation_period": {"seconds": 90 * DAY}}
    return cloud.kms.create_crypto_key(parent=ring.name, crypto_key_id="key", crypto_key=body)


def set_state(cloud: Any, version: str, state: State) -> types.CryptoKeyVersion:
    """Enables or disables a version."""
    wanted = {"name": version, "state": state}
    return cloud.kms.update_crypto_key_version(crypto_key_version=wanted, update_mask={"paths": ["state"]})


def test_what_is_encrypted_can_be_decrypted(cloud: Any, key: types.CryptoKey) -> None:
    """With the same additional data only, and never the same bytes twice."""
    request = {"name": key.name, "plaintext": b"secret", "additional_authenticated_data": b"for"}
    first, second = cloud.kms.encrypt(request=request), cloud.kms.encrypt(request=request)
    assert first.ciphertext != second.ciphertext and b"secret" not in first.ciphertext
    opened = cloud.kms.decrypt(
        request={"name": key.name, "ciphertext": first.ciphertext, "additional_authenticated_data": b"for"}
    )
    assert (opened.plaintext, opened.used_primary) == (b"secret", True)
    for wrong in ({"ciphertext": first.ciphertext}, {"ciphertext": b"nonsense"}):
        with pytest.raises(exceptions.InvalidArgument):
            cloud.kms.decrypt(request={"name": key.name, **wrong})
    with pytest.raises(exceptions.InvalidArgument, match="checksum"):
        cloud.kms.encrypt(request={**request, "plaintext_crc32c": 1})


def test_a_disabled_version_can_do_nothing(cloud: Any, key: types.CryptoKey) -> None:
    """Until it is enabled again."""
    sealed = cloud.kms.encrypt(name=key.name, plaintext=b"x").ciphertext
    set_state(cloud, key.primary.name, State.DISABLED)
    with pytest.raises(exceptions.FailedPrecondition):
        cloud.kms.encrypt(name=key.name, plaintext=b"x")
    with pytest.raises(exceptions.FailedPrecondition):
        cloud.kms.decrypt(name=key.name, ciphertext=sealed)
    set_state(cloud, key.primary.name, State.ENABLED)
    assert cloud.kms.decrypt(name=key.name, ciphertext=sealed).plaintext == b"x"


def test_a_bucket_of_a_disabled_key_takes_and_gives_nothing(cloud: Any, key: types.CryptoKey) -> None:
    """Until it is enabled again; then what was there is there."""
    bucket = cloud.bucket()
    bucket.default_kms_key_name = key.name
    bucket.patch()
    bucket.blob("before").upload_from_string(b"x")
    set_state(cloud, key.primary.name, State.DISABLED)
    with pytest.raises(exceptions.BadRequest, match="is not enabled"):
        bucket.blob("after").upload_from_string(b"y")
    with pytest.raises(exceptions.BadRequest, match="is not enabled"):
        bucket.blob("before").download_as_bytes()
    set_state(cloud, key.primary.name, State.ENABLED)
    assert bucket.blob("before").download_as_bytes() == b"x"
    assert bucket.get_blob("after") is None


def test_a_destroyed_version_can_do_nothing_until_it_is_restored(cloud: Any, key: types.CryptoKey) -> None:
    """It is disabled then."""
    sealed = cloud.kms.encrypt(name=key.name, plaintext=b"x").ciphertext
    gone = cloud.kms.destroy_crypto_key_version(name=key.primary.name)
    assert gone.state == State.DESTROY_SCHEDULED
    assert 29 * DAY < gone.destroy_time.timestamp() - gone.create_time.timestamp() < 31 * DAY
    with pytest.raises(exceptions.FailedPrecondition):
        cloud.kms.decrypt(name=key.name, ciphertext=sealed)
    with pytest.raises(exceptions.FailedPrecondition):
        set_state(cloud, key.primary.name, State.ENABLED)
    assert cloud.kms.restore_crypto_key_version(name=key.primary.name).state == State.DISABLED
    set_state(cloud, key.primary.name, State.ENABLED)
    assert cloud.kms.decrypt(name=key.name, ciphertext=sealed).plaintext == b"x"


def test_an_older_version_still_decrypts(cloud: Any, key: types.CryptoKey) -> None:
    """After another one became primary."""
    sealed = cloud.kms.encrypt(name=key.name, plaintext=b"x").ciphertext
    made = cloud.kms.create_crypto_key_version(parent=key.name, crypto_key_version={})
    cloud.kms.update_crypto_key_primary_version(name=key.name, crypto_key_version_id=made.name.rpartition("/")[2])
    assert cloud.kms.get_crypto_key(name=key.name).primary.name == made.name
    assert cloud.kms.encrypt(name=key.name, plaintext=b"x").name == made.name
    opened = cloud.kms.decrypt(name=key.name, ciphertext=sealed)
    assert (opened.plaintext, opened.used_primary) == (b"x", False)
    assert len(list(cloud.kms.list_crypto_key_versions(parent=key.name))) == 2


def test_a_key_is_kept_listed_and_changed(cloud: Any, key: types.CryptoKey) -> None:
    """What can't be is refused."""
    ring = key.name.rpartition("/cryptoKeys/")[0]
    assert [one.name for one in cloud.kms.list_crypto_keys(parent=ring)] == [key.name]
    assert ring in [one.name for one in cloud.kms.list_key_rings(parent=PARENT)]
    wanted = {"name": key.name, "labels": {"c": "d"}}
    changed = cloud.kms.update_crypto_key(crypto_key=wanted, update_mask={"paths": ["labels", "rotation_period"]})
    assert (dict(changed.labels), bool(changed.rotation_period)) == ({"c": "d"}, False)
    with pytest.raises(exceptions.AlreadyExists):
        cloud.kms.create_crypto_key(parent=ring, crypto_key_id="key", crypto_key={"purpose": "ENCRYPT_DECRYPT"})
    with pytest.raises(exceptions.NotFound):
        cloud.kms.get_crypto_key(name=f"{key.name}x")
    with pytest.raises(exceptions.InvalidArgument, match="algorithm"):
        cloud.kms.create_crypto_key(parent=ring, crypto_key_id="mac", crypto_key={"purpose": "MAC"})
    with pytest.raises(exceptions.InvalidArgument, match="rotation_period"):
        short = {"purpose": "ENCRYPT_DECRYPT", "rotation_period": {"seconds": 3600}}
        cloud.kms.create_crypto_key(parent=ring, crypto_key_id="short", crypto_key=short)


def test_a_key_has_a_policy(cloud: Any, key: types.CryptoKey) -> None:
    """And one that isn't there has none."""
    policy = cloud.kms.get_iam_policy(request={"resource": key.name})
    policy.bindings.add(role="roles/cloudkms.cryptoKeyEncrypterDecrypter", members=["serviceAccount:a@example.com"])
    cloud.kms.set_iam_policy(request={"resource": key.name, "policy": policy})
    assert cloud.kms.get_iam_policy(request={"resource": key.name}).bindings == policy.bindings
    with pytest.raises(exceptions.NotFound):
        cloud.kms.get_iam_policy(request={"resource": f"{key.name}x"})
