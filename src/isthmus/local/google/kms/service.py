"""Cloud KMS over gRPC: google.cloud.kms.v1.KeyManagementService."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import google_crc32c
import grpc
from google.cloud.kms_v1 import types

from isthmus.adapters.calls import Calls
from isthmus.local.google.kms.store import ENABLED, SOFTWARE, SYMMETRIC, Keys
from isthmus.local.google.pubsub.checks import apply_mask
from isthmus.local.google.pubsub.errors import PubSubError
from isthmus.local.google.rpc import Method, RpcError, service

ENCRYPT_DECRYPT = int(types.CryptoKey.CryptoKeyPurpose.ENCRYPT_DECRYPT)
_DAY_SECONDS = 86400


class KeyManagement:
    """Answers the calls of the service."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    def methods(self) -> dict[str, Method]:
        """The methods that are there; every other one is UNIMPLEMENTED by name."""
        return {
            "ListKeyRings": (self._list_rings, types.ListKeyRingsRequest.pb()),
            "CreateKeyRing": (self._create_ring, types.CreateKeyRingRequest.pb()),
            "GetKeyRing": (lambda r: self._keys.get("rings", r.name), types.GetKeyRingRequest.pb()),
            "ListCryptoKeys": (self._list_keys, types.ListCryptoKeysRequest.pb()),
            "CreateCryptoKey": (self._create_key, types.CreateCryptoKeyRequest.pb()),
            "GetCryptoKey": (lambda r: self._keys.get("keys", r.name), types.GetCryptoKeyRequest.pb()),
            "UpdateCryptoKey": (self._update_key, types.UpdateCryptoKeyRequest.pb()),
            "UpdateCryptoKeyPrimaryVersion": (self._set_primary, types.UpdateCryptoKeyPrimaryVersionRequest.pb()),
            "ListCryptoKeyVersions": (self._list_versions, types.ListCryptoKeyVersionsRequest.pb()),
            "GetCryptoKeyVersion": (lambda r: self._keys.get("versions", r.name), types.GetCryptoKeyVersionRequest.pb()),
            "CreateCryptoKeyVersion": (self._create_version, types.CreateCryptoKeyVersionRequest.pb()),
            "UpdateCryptoKeyVersion": (self._update_version, types.UpdateCryptoKeyVersionRequest.pb()),
            "DestroyCryptoKeyVersion": (lambda r: self._keys.destroy(r.name), types.DestroyCryptoKeyVersionRequest.pb()),
            "Encrypt": (self._encrypt, types.EncryptRequest.pb()),
            "Decrypt": (self._decrypt, types.DecryptRequest.pb()),
        }

    def _list_rings(self, request: Any) -> Any:
        return types.ListKeyRingsResponse.pb()(key_rings=self._keys.list("rings", request.parent))

    def _create_ring(self, request: Any) -> Any:
        return self._keys.add("rings", f"{request.parent}/keyRings/{request.key_ring_id}", request.key_ring)

    def _list_keys(self, request: Any) -> Any:
        return types.ListCryptoKeysResponse.pb()(crypto_keys=self._keys.list("keys", request.parent))

    def _create_key(self, request: Any) -> Any:
        self._keys.get("rings", request.parent)
        key = request.crypto_key
        if key.purpose != ENCRYPT_DECRYPT:
            message = "Only keys for ENCRYPT_DECRYPT are implemented here."
            raise RpcError(grpc.StatusCode.UNIMPLEMENTED, message)
        _check_rotation(key)
        key.version_template.algorithm = key.version_template.algorithm or SYMMETRIC
        key.version_template.protection_level = key.version_template.protection_level or SOFTWARE
        if not key.HasField("destroy_scheduled_duration"):
            key.destroy_scheduled_duration.seconds = 30 * _DAY_SECONDS
        made = self._keys.add("keys", f"{request.parent}/cryptoKeys/{request.crypto_key_id}", key)
        if not request.skip_initial_version_creation:
            made.primary.CopyFrom(self._keys.add_version(made))
            made = self._keys.save("keys", made)
        return made

    def _update_key(self, request: Any) -> Any:
        current = self._keys.get("keys", request.crypto_key.name)
        try:
            changed = apply_mask(current, request.crypto_key, request.update_mask.paths)
        except PubSubError as error:
            raise RpcError(error.code, error.message) from None
        _check_rotation(changed)
        return self._keys.save("keys", changed)

    def _set_primary(self, request: Any) -> Any:
        key = self._keys.get("keys", request.name)
        version = self._keys.get("versions", f"{request.name}/cryptoKeyVersions/{request.crypto_key_version_id}")
        key.primary.CopyFrom(version)
        return self._keys.save("keys", key)

    def _list_versions(self, request: Any) -> Any:
        found = self._keys.list("versions", request.parent)
        return types.ListCryptoKeyVersionsResponse.pb()(crypto_key_versions=found, total_size=len(found))

    def _create_version(self, request: Any) -> Any:
        return self._keys.add_version(self._keys.get("keys", request.parent))

    def _update_version(self, request: Any) -> Any:
        version = self._keys.get("versions", request.crypto_key_version.name)
        if list(request.update_mask.paths) != ["state"]:
            raise RpcError(grpc.StatusCode.INVALID_ARGUMENT, "Only the state of a version can be updated.")
        version.state = request.crypto_key_version.state or ENABLED
        return self._keys.save("versions", version)

    def _encrypt(self, request: Any) -> Any:
        version, sealed = self._keys.encrypt(request.name, request.plaintext, request.additional_authenticated_data)
        answer = types.EncryptResponse.pb()(name=version, ciphertext=sealed, protection_level=SOFTWARE)
        answer.ciphertext_crc32c.value = google_crc32c.value(sealed)
        answer.verified_plaintext_crc32c = request.HasField("plaintext_crc32c")
        return answer

    def _decrypt(self, request: Any) -> Any:
        plain = self._keys.decrypt(request.name, request.ciphertext, request.additional_authenticated_data)
        answer = types.DecryptResponse.pb()(plaintext=plain, protection_level=SOFTWARE, used_primary=True)
        answer.plaintext_crc32c.value = google_crc32c.value(plain)
        return answer


def add_to(server: grpc.aio.Server, data_dir: Path, project: str, calls: Calls) -> None:
    """Registers the service."""
    methods = KeyManagement(Keys(data_dir / "kms.sqlite")).methods()
    server.add_generic_rpc_handlers((service("google.cloud.kms.v1.KeyManagementService", methods, calls, "kms"),))


def _check_rotation(key: Any) -> None:
    """A rotation period is a day at least and comes with its first time (Cloud KMS API reference, 2026-11)."""
    if not key.HasField("rotation_period"):
        return
    if not _DAY_SECONDS <= key.rotation_period.seconds <= 36500 * _DAY_SECONDS:
        raise RpcError(grpc.StatusCode.INVALID_ARGUMENT, "rotation_period must be between 24 hours and 876,000 hours.")
    if not key.HasField("next_rotation_time"):
        key.next_rotation_time.FromSeconds(_now() + key.rotation_period.seconds)


def _now() -> int:
    import time

    return int(time.time())
