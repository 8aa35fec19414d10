"""Cloud KMS over gRPC: google.cloud.kms.v1.KeyManagementService."""

from __future__ import annotations

import re
from typing import Any

import google_crc32c
import grpc
from google.cloud.kms_v1 import types

from isthmus.local.google.clock import Clock
from isthmus.local.google.kms import algorithms
from isthmus.local.google.kms.asymmetric import Asymmetric
from isthmus.local.google.kms.store import DISABLED, ENABLED, SOFTWARE, Keys
from isthmus.local.google.masks import masked
from isthmus.local.google.pages import page
from isthmus.local.google.rpc import Method, RpcError, invalid, unimplemented

NAME = "google.cloud.kms.v1.KeyManagementService"
_DAY_SECONDS = 86400
MAX_PLAINTEXT_BYTES = 65536
"""Of a request's plaintext and of its additional authenticated data (Cloud KMS API reference, 2026-11)."""
_ID = re.compile(r"[a-zA-Z0-9_-]{1,63}")
_LOCATION = re.compile(r"projects/[^/]+/locations/[a-z0-9-]+")
_FIXED = frozenset({"name", "purpose", "primary", "create_time", "import_only", "crypto_key_backend"})


class KeyManagement:
    """Answers the calls of the service.

    Args:
        keys: The state.
        clock: The time.
    """

    def __init__(self, keys: Keys, clock: Clock) -> None:
        self._keys, self._clock = keys, clock

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
            "GetCryptoKeyVersion": (
                lambda r: self._keys.get("versions", r.name),
                types.GetCryptoKeyVersionRequest.pb(),
            ),
            "CreateCryptoKeyVersion": (self._create_version, types.CreateCryptoKeyVersionRequest.pb()),
            "UpdateCryptoKeyVersion": (self._update_version, types.UpdateCryptoKeyVersionRequest.pb()),
            "DestroyCryptoKeyVersion": (
                lambda r: self._keys.destroy(r.name),
                types.DestroyCryptoKeyVersionRequest.pb(),
            ),
            "RestoreCryptoKeyVersion": (
                lambda r: self._keys.restore(r.name),
                types.RestoreCryptoKeyVersionRequest.pb(),
            ),
            "Encrypt": (self._encrypt, types.EncryptRequest.pb()),
            "Decrypt": (self._decrypt, types.DecryptRequest.pb()),
            **Asymmetric(self._keys).methods(),
        }

    def _list_rings(self, request: Any) -> Any:
        found, token, total = self._page("rings", request)
        return types.ListKeyRingsResponse.pb()(key_rings=found, next_page_token=token, total_size=total)

    def _list_keys(self, request: Any) -> Any:
        self._keys.get("rings", request.parent)
        found, token, total = self._page("keys", request)
        return types.ListCryptoKeysResponse.pb()(crypto_keys=found, next_page_token=token, total_size=total)

    def _list_versions(self, request: Any) -> Any:
        self._keys.get("keys", request.parent)
        found, token, total = self._page("versions", request)
        answer = types.ListCryptoKeyVersionsResponse.pb()
        return answer(crypto_key_versions=found, next_page_token=token, total_size=total)

    def _page(self, kind: str, request: Any) -> tuple[list[Any], str, int]:
        if request.filter or request.order_by:
            raise unimplemented("A filter or an order of a list")
        found = {one.name: one for one in self._keys.list(kind, request.parent)}
        names, token = page(found, request)
        return [found[name] for name in names], token, len(found)

    def _create_ring(self, request: Any) -> Any:
        _check_id("key_ring_id", request.key_ring_id)
        if not _LOCATION.fullmatch(request.parent):
            raise invalid(f"The resource field 'parent' has an invalid value: {request.parent!r}.")
        return self._keys.add("rings", f"{request.parent}/keyRings/{request.key_ring_id}", request.key_ring)

    def _create_key(self, request: Any) -> Any:
        self._keys.get("rings", request.parent)
        _check_id("crypto_key_id", request.crypto_key_id)
        key = request.crypto_key
        if not key.purpose:
            raise invalid("The purpose of a key must be specified.")
        if key.version_template.protection_level not in (0, SOFTWARE):
            raise unimplemented("A protection level other than SOFTWARE")
        if key.import_only or key.crypto_key_backend:
            raise unimplemented("A key for imported or external material")
        self._check_rotation(key)
        key.version_template.algorithm = algorithms.check(key.purpose, key.version_template.algorithm)
        key.version_template.protection_level = key.version_template.protection_level or SOFTWARE
        if not key.HasField("destroy_scheduled_duration"):
            key.destroy_scheduled_duration.seconds = 30 * _DAY_SECONDS
        with self._keys.together():
            made = self._keys.add("keys", f"{request.parent}/cryptoKeys/{request.crypto_key_id}", key)
            first = None if request.skip_initial_version_creation else self._keys.add_version(made)
            if first is not None and key.purpose == algorithms.ENCRYPT_DECRYPT:
                made.primary.CopyFrom(first)
                made = self._keys.save("keys", made)
        return made

    def _update_key(self, request: Any) -> Any:
        current = self._keys.get("keys", request.crypto_key.name)
        changed = masked(current, request.crypto_key, request.update_mask.paths, _FIXED)
        self._check_rotation(changed)
        return self._keys.save("keys", changed)

    def _set_primary(self, request: Any) -> Any:
        key = self._keys.get("keys", request.name)
        if key.purpose != algorithms.ENCRYPT_DECRYPT:
            raise invalid("Only keys whose purpose is ENCRYPT_DECRYPT have a primary version.")
        version = self._keys.get("versions", f"{request.name}/cryptoKeyVersions/{request.crypto_key_version_id}")
        key.primary.CopyFrom(version)
        return self._keys.save("keys", key)

    def _create_version(self, request: Any) -> Any:
        return self._keys.add_version(self._keys.get("keys", request.parent))

    def _update_version(self, request: Any) -> Any:
        version = self._keys.get("versions", request.crypto_key_version.name)
        if list(request.update_mask.paths) != ["state"]:
            raise invalid("Only the state of a version can be updated.")
        wanted = request.crypto_key_version.state
        if wanted not in (ENABLED, DISABLED):
            raise invalid("The state of a version can be set to ENABLED or DISABLED only.")
        if version.state not in (ENABLED, DISABLED):
            message = f"{version.name} is scheduled for destruction; restore it first."
            raise RpcError(grpc.StatusCode.FAILED_PRECONDITION, message)
        version.state = wanted
        return self._keys.save("versions", version)

    def _encrypt(self, request: Any) -> Any:
        _check_input("plaintext", request)
        _check_input("additional_authenticated_data", request)
        version, sealed = self._keys.encrypt(request.name, request.plaintext, request.additional_authenticated_data)
        answer = types.EncryptResponse.pb()(name=version, ciphertext=sealed, protection_level=SOFTWARE)
        answer.ciphertext_crc32c.value = google_crc32c.value(sealed)
        answer.verified_plaintext_crc32c = request.HasField("plaintext_crc32c")
        answer.verified_additional_authenticated_data_crc32c = request.HasField("additional_authenticated_data_crc32c")
        return answer

    def _decrypt(self, request: Any) -> Any:
        _check_input("ciphertext", request)
        _check_input("additional_authenticated_data", request)
        version, plain = self._keys.decrypt(request.name, request.ciphertext, request.additional_authenticated_data)
        primary = self._keys.get("keys", request.name).primary.name
        answer = types.DecryptResponse.pb()(plaintext=plain, protection_level=SOFTWARE, used_primary=version == primary)
        answer.plaintext_crc32c.value = google_crc32c.value(plain)
        return answer

    def _check_rotation(self, key: Any) -> None:
        """A rotation period is a day at least and comes with its first time (Cloud KMS API reference, 2026-11)."""
        if not key.HasField("rotation_period"):
            return
        if key.purpose != algorithms.ENCRYPT_DECRYPT:
            raise invalid("Only keys whose purpose is ENCRYPT_DECRYPT rotate by themselves.")
        if not _DAY_SECONDS <= key.rotation_period.seconds <= 36500 * _DAY_SECONDS:
            raise invalid("rotation_period must be between 24 hours and 876,000 hours.")
        if not key.HasField("next_rotation_time"):
            key.next_rotation_time.FromSeconds(int(self._clock.now()) + key.rotation_period.seconds)


def _check_id(field: str, value: str) -> None:
    if not _ID.fullmatch(value):
        raise invalid(f"The request field '{field}' must match the regular expression {_ID.pattern}, is {value!r}.")


def _check_input(field: str, request: Any) -> None:
    """Refuses input that is too long, or isn't what the client sent by its checksum."""
    value = getattr(request, field)
    if field != "ciphertext" and len(value) > MAX_PLAINTEXT_BYTES:
        raise invalid(f"The {field} must be no larger than {MAX_PLAINTEXT_BYTES} bytes; it has {len(value)}.")
    sent = f"{field}_crc32c"
    if request.HasField(sent) and getattr(request, sent).value != google_crc32c.value(value):
        raise invalid(f"The checksum in field {sent} did not match the data in field {field}.")
