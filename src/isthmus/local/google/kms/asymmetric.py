"""The calls with keys that sign, decrypt or make MACs, and the one for random bytes."""

from __future__ import annotations

import os
from typing import Any

import google_crc32c
from google.cloud.kms_v1 import types

from isthmus.local.google.kms import algorithms
from isthmus.local.google.kms.store import SOFTWARE, Keys
from isthmus.local.google.rpc import Method, invalid

_RANDOM_BYTES = (8, 1024)
"""Cloud KMS API reference, GenerateRandomBytes, 2026-11."""


class Asymmetric:
    """Answers the calls.

    Args:
        keys: The state.
    """

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def methods(self) -> dict[str, Method]:
        """The methods."""
        return {
            "GetPublicKey": (self._public_key, types.GetPublicKeyRequest.pb()),
            "AsymmetricSign": (self._sign, types.AsymmetricSignRequest.pb()),
            "AsymmetricDecrypt": (self._decrypt, types.AsymmetricDecryptRequest.pb()),
            "MacSign": (self._mac_sign, types.MacSignRequest.pb()),
            "MacVerify": (self._mac_verify, types.MacVerifyRequest.pb()),
            "GenerateRandomBytes": (self._random, types.GenerateRandomBytesRequest.pb()),
        }

    def _usable(self, name: str, *purposes: int) -> tuple[int, bytes]:
        """A version's algorithm and secret, if its key is for one of these purposes and it is enabled."""
        version = self._keys.get("versions", name)
        purpose = self._keys.get("keys", name.rpartition("/cryptoKeyVersions/")[0]).purpose
        if purpose not in purposes:
            raise invalid(f"{name} is of a key with another purpose.")
        return version.algorithm, self._keys.secret(name)

    def _public_key(self, request: Any) -> Any:
        algorithm, secret = self._usable(request.name, algorithms.SIGN, algorithms.DECRYPT)
        pem = algorithms.public_pem(secret)
        answer = types.PublicKey.pb()(pem=pem, algorithm=algorithm, name=request.name, protection_level=SOFTWARE)
        answer.pem_crc32c.value = google_crc32c.value(pem.encode())
        return answer

    def _sign(self, request: Any) -> Any:
        algorithm, secret = self._usable(request.name, algorithms.SIGN)
        _check(request, "data")
        kind = request.digest.WhichOneof("digest")
        digest = getattr(request.digest, kind) if kind else b""
        if request.HasField("digest_crc32c") and request.digest_crc32c.value != google_crc32c.value(digest):
            raise invalid("The checksum in field digest_crc32c did not match the data in field digest.")
        signature = algorithms.sign(algorithm, secret, request.digest, request.data)
        answer = types.AsymmetricSignResponse.pb()(signature=signature, name=request.name, protection_level=SOFTWARE)
        answer.signature_crc32c.value = google_crc32c.value(signature)
        answer.verified_digest_crc32c = request.HasField("digest_crc32c")
        answer.verified_data_crc32c = request.HasField("data_crc32c")
        return answer

    def _decrypt(self, request: Any) -> Any:
        algorithm, secret = self._usable(request.name, algorithms.DECRYPT)
        _check(request, "ciphertext")
        plain = algorithms.decrypt(algorithm, secret, request.ciphertext)
        answer = types.AsymmetricDecryptResponse.pb()(plaintext=plain, protection_level=SOFTWARE)
        answer.plaintext_crc32c.value = google_crc32c.value(plain)
        answer.verified_ciphertext_crc32c = request.HasField("ciphertext_crc32c")
        return answer

    def _mac_sign(self, request: Any) -> Any:
        algorithm, secret = self._usable(request.name, algorithms.MAC)
        _check(request, "data")
        tag = algorithms.mac(algorithm, secret, request.data)
        answer = types.MacSignResponse.pb()(name=request.name, mac=tag, protection_level=SOFTWARE)
        answer.mac_crc32c.value = google_crc32c.value(tag)
        answer.verified_data_crc32c = request.HasField("data_crc32c")
        return answer

    def _mac_verify(self, request: Any) -> Any:
        algorithm, secret = self._usable(request.name, algorithms.MAC)
        _check(request, "data")
        _check(request, "mac")
        success = algorithms.is_mac(algorithm, secret, request.data, request.mac)
        answer = types.MacVerifyResponse.pb()(name=request.name, success=success, protection_level=SOFTWARE)
        answer.verified_success_integrity = success
        answer.verified_data_crc32c = request.HasField("data_crc32c")
        answer.verified_mac_crc32c = request.HasField("mac_crc32c")
        return answer

    def _random(self, request: Any) -> Any:
        least, most = _RANDOM_BYTES
        if not least <= request.length_bytes <= most:
            raise invalid(f"length_bytes must be between {least} and {most}.")
        data = os.urandom(request.length_bytes)
        answer = types.GenerateRandomBytesResponse.pb()(data=data)
        answer.data_crc32c.value = google_crc32c.value(data)
        return answer


def _check(request: Any, field: str) -> None:
    sent = f"{field}_crc32c"
    if request.HasField(sent) and getattr(request, sent).value != google_crc32c.value(getattr(request, field)):
        raise invalid(f"The checksum in field {sent} did not match the data in field {field}.")
