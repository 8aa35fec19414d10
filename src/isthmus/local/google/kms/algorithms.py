"""What a key version can do: its secret, and the signatures, MACs and decryptions made with it."""

from __future__ import annotations

import os
import re
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, hmac, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa, utils
from google.cloud.kms_v1 import types

from isthmus.local.google.rpc import invalid, unimplemented

_Purpose, _Algorithm = types.CryptoKey.CryptoKeyPurpose, types.CryptoKeyVersion.CryptoKeyVersionAlgorithm
ENCRYPT_DECRYPT = int(_Purpose.ENCRYPT_DECRYPT)
SIGN, DECRYPT, MAC = int(_Purpose.ASYMMETRIC_SIGN), int(_Purpose.ASYMMETRIC_DECRYPT), int(_Purpose.MAC)
SYMMETRIC = int(_Algorithm.GOOGLE_SYMMETRIC_ENCRYPTION)
_BEGINNINGS = {SIGN: ("RSA_SIGN_PSS", "RSA_SIGN_PKCS1", "EC_SIGN"), DECRYPT: ("RSA_DECRYPT_OAEP",), MAC: ("HMAC_SHA",)}
_CURVES = {"EC_SIGN_P256_SHA256": ec.SECP256R1, "EC_SIGN_P384_SHA384": ec.SECP384R1}
_HASHES: dict[str, Any] = {
    "SHA1": hashes.SHA1,
    "SHA224": hashes.SHA224,
    "SHA256": hashes.SHA256,
    "SHA384": hashes.SHA384,
    "SHA512": hashes.SHA512,
}
_SYMMETRIC_BYTES = 32


def check(purpose: int, algorithm: int) -> int:
    """Returns the algorithm of a key's versions. INVALID_ARGUMENT or UNIMPLEMENTED for one that can't be."""
    if purpose == ENCRYPT_DECRYPT:
        if algorithm not in (0, SYMMETRIC):
            raise invalid("The algorithm is not one for keys whose purpose is ENCRYPT_DECRYPT.")
        return SYMMETRIC
    if purpose not in _BEGINNINGS:
        raise unimplemented(f"A key for the purpose {_Purpose(purpose).name}")
    if not algorithm:
        raise invalid("A key of this purpose needs version_template.algorithm.")
    name = _Algorithm(algorithm).name
    if not name.startswith(_BEGINNINGS[purpose]):
        raise invalid(f"The algorithm {name} is not one for keys whose purpose is {_Purpose(purpose).name}.")
    if name.startswith("EC_SIGN") and name not in _CURVES and name != "EC_SIGN_ED25519":
        raise unimplemented(f"The algorithm {name}")
    return algorithm


def secret(algorithm: int) -> bytes:
    """A new secret: bytes for the symmetric ones, else a private key in PKCS 8."""
    name = _Algorithm(algorithm).name
    if algorithm == SYMMETRIC or name.startswith("HMAC"):
        return os.urandom(_SYMMETRIC_BYTES)
    if name in _CURVES:
        return _private(ec.generate_private_key(_CURVES[name]()))
    if name == "EC_SIGN_ED25519":
        return _private(ed25519.Ed25519PrivateKey.generate())
    size = re.search(r"_(2048|3072|4096)", name)
    return _private(rsa.generate_private_key(public_exponent=65537, key_size=int(size[1] if size else 2048)))


def public_pem(key: bytes) -> str:
    """The public half of a private key."""
    public = _loaded(key).public_key()
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return str(public.public_bytes(serialization.Encoding.PEM, form).decode())


def sign(algorithm: int, key: bytes, digest: Any, data: bytes) -> bytes:
    """Signs a digest, or data where the request has that in its place."""
    name, private = _Algorithm(algorithm).name, _loaded(key)
    if name == "EC_SIGN_ED25519":
        return bytes(private.sign(data))
    kind = _HASHES[name.rpartition("_")[2]]()
    sent = digest.WhichOneof("digest") or ""
    if sent:
        if sent != kind.name:
            raise invalid(f"The digest is {sent}; the key's algorithm {name} needs {kind.name}.")
        summed = getattr(digest, sent)
    else:
        running = hashes.Hash(kind)
        running.update(data)
        summed = running.finalize()
    if len(summed) != kind.digest_size:
        raise invalid(f"The digest has {len(summed)} bytes; {kind.name} has {kind.digest_size}.")
    prehashed = utils.Prehashed(kind)
    if name in _CURVES:
        return bytes(private.sign(summed, ec.ECDSA(prehashed)))
    form: Any = padding.PKCS1v15()
    if "PSS" in name:
        form = padding.PSS(padding.MGF1(kind), kind.digest_size)
    return bytes(private.sign(summed, form, prehashed))


def decrypt(algorithm: int, key: bytes, ciphertext: bytes) -> bytes:
    """Decrypts what was encrypted with the public half."""
    kind = _HASHES[_Algorithm(algorithm).name.rpartition("_")[2]]()
    try:
        return bytes(_loaded(key).decrypt(ciphertext, padding.OAEP(padding.MGF1(kind), kind, None)))
    except ValueError:
        raise invalid("Decryption failed: the ciphertext is invalid.") from None


def mac(algorithm: int, key: bytes, data: bytes) -> bytes:
    """The MAC of data."""
    return _running(algorithm, key, data).finalize()


def is_mac(algorithm: int, key: bytes, data: bytes, tag: bytes) -> bool:
    """Whether a MAC is that of data."""
    try:
        _running(algorithm, key, data).verify(tag)
    except InvalidSignature:
        return False
    return True


def _running(algorithm: int, key: bytes, data: bytes) -> hmac.HMAC:
    running = hmac.HMAC(key, _HASHES[_Algorithm(algorithm).name.rpartition("_")[2]]())
    running.update(data)
    return running


def _private(key: Any) -> bytes:
    form, none = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return bytes(key.private_bytes(serialization.Encoding.DER, form, none))


def _loaded(key: bytes) -> Any:
    return serialization.load_der_private_key(key, None)
