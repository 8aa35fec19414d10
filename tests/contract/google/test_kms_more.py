"""Keys that sign, decrypt and make MACs, checked with the public key by a library that isn't ours."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import google_crc32c
import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding
from google.api_core import exceptions

DIGEST = hashlib.sha256(b"text").digest()


def version_of(cloud: Any, purpose: str, algorithm: str) -> str:
    """A key's first version."""
    return f"{cloud.key(purpose=purpose, version_template={'algorithm': algorithm})}/cryptoKeyVersions/1"


@pytest.mark.parametrize("algorithm", ["EC_SIGN_P256_SHA256", "RSA_SIGN_PSS_2048_SHA256", "RSA_SIGN_PKCS1_2048_SHA256"])
def test_a_signature_is_the_keys(cloud: Any, algorithm: str) -> None:
    """By digest or by data; another digest's isn't."""
    version = version_of(cloud, "ASYMMETRIC_SIGN", algorithm)
    public = serialization.load_pem_public_key(cloud.kms.get_public_key(name=version).pem.encode())
    by_digest = cloud.kms.asymmetric_sign(name=version, digest={"sha256": DIGEST}).signature
    by_data = cloud.kms.asymmetric_sign(request={"name": version, "data": b"text"})
    assert by_data.signature_crc32c == google_crc32c.value(by_data.signature)

    def verify(signature: bytes, text: bytes) -> None:
        if "EC" in algorithm:
            public.verify(signature, text, ec.ECDSA(hashes.SHA256()))
            return
        pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32)
        public.verify(signature, text, pss if "PSS" in algorithm else padding.PKCS1v15(), hashes.SHA256())

    for signature in (by_digest, by_data.signature):
        verify(signature, b"text")
        with pytest.raises(InvalidSignature):
            verify(signature, b"other")
    with pytest.raises(exceptions.InvalidArgument, match="needs sha256"):
        cloud.kms.asymmetric_sign(name=version, digest={"sha512": b"x" * 64})
    with pytest.raises(exceptions.InvalidArgument):
        cloud.kms.encrypt(name=version.rpartition("/cryptoKeyVersions/")[0], plaintext=b"x")


def test_what_the_public_key_encrypts_the_version_decrypts(cloud: Any) -> None:
    """Until it is disabled."""
    version = version_of(cloud, "ASYMMETRIC_DECRYPT", "RSA_DECRYPT_OAEP_2048_SHA256")
    public = serialization.load_pem_public_key(cloud.kms.get_public_key(name=version).pem.encode())
    sealed = public.encrypt(b"secret", padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None))
    assert cloud.kms.asymmetric_decrypt(name=version, ciphertext=sealed).plaintext == b"secret"
    with pytest.raises(exceptions.InvalidArgument):
        cloud.kms.asymmetric_decrypt(name=version, ciphertext=b"x" * 256)
    off = {"name": version, "state": "DISABLED"}
    cloud.kms.update_crypto_key_version(crypto_key_version=off, update_mask={"paths": ["state"]})
    with pytest.raises(exceptions.FailedPrecondition):
        cloud.kms.asymmetric_decrypt(name=version, ciphertext=sealed)


def test_a_mac_is_verified(cloud: Any) -> None:
    """As the one of this data by this key, and of no other."""
    version = version_of(cloud, "MAC", "HMAC_SHA256")
    tag = cloud.kms.mac_sign(name=version, data=b"x").mac
    assert cloud.kms.mac_verify(name=version, data=b"x", mac=tag).success
    assert not cloud.kms.mac_verify(name=version, data=b"y", mac=tag).success
    assert tag != hmac.new(b"", b"x", hashlib.sha256).digest()


def test_what_it_cannot_make_is_refused_by_name(cloud: Any) -> None:
    """Other protection levels, imported material, algorithms of another kind."""
    for settings, error in (
        ({"version_template": {"protection_level": "HSM"}}, exceptions.MethodNotImplemented),
        ({"import_only": True}, exceptions.MethodNotImplemented),
        ({"version_template": {"algorithm": "HMAC_SHA256"}}, exceptions.InvalidArgument),
        ({"purpose": "RAW_ENCRYPT_DECRYPT"}, exceptions.MethodNotImplemented),
        ({"purpose": "MAC", "rotation_period": {"seconds": 86400}}, exceptions.InvalidArgument),
    ):
        with pytest.raises(error):
            cloud.key(**settings)
    place = "projects/isthmus-dev/locations/global"
    assert len(cloud.kms.generate_random_bytes(location=place, length_bytes=32).data) == 32
