"""Terraform's msgpack form of values, to and from plain Python."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import msgpack

from isthmus.rehearsal.convert.types import Type
from isthmus.rehearsal.convert.values import UNKNOWN

_UNKNOWN_CODE = 0
_REFINED_UNKNOWN_CODE = 12
_UNKNOWN_WIRE = msgpack.ExtType(_UNKNOWN_CODE, b"\x00")
_INT64 = range(-(2**63), 2**64)


def decode(data: bytes, type_: Type) -> Any:
    """Plain values of a msgpack document; refinements of unknown values are dropped."""
    if not data:
        return None
    raw = msgpack.unpackb(data, raw=False, strict_map_key=False, ext_hook=_extension)
    return _from_wire(raw, type_)


def encode(value: Any, type_: Type) -> bytes:
    """The msgpack document of a value; attributes that are absent from an object are sent as null."""
    return bytes(msgpack.packb(_to_wire(value, type_), use_bin_type=True))


def decode_dynamic(message: Any, type_: Type) -> Any:
    """The value of a DynamicValue message, whichever of its two forms it has."""
    if message.msgpack:
        return decode(message.msgpack, type_)
    return _from_wire(json.loads(message.json), type_) if message.json else None


def _extension(code: int, data: bytes) -> Any:
    if code in (_UNKNOWN_CODE, _REFINED_UNKNOWN_CODE):
        return UNKNOWN
    raise ValueError(f"unexpected msgpack extension {code}")


def _from_wire(raw: Any, type_: Type) -> Any:
    if raw is None or raw is UNKNOWN:
        return raw
    kind = type_.kind
    if kind == "object":
        fields = type_.fields or {}
        return {name: _from_wire(raw.get(name), field) for name, field in fields.items()}
    if kind == "map" and type_.element:
        return {key: _from_wire(item, type_.element) for key, item in raw.items()}
    if type_.element:
        return [_from_wire(item, type_.element) for item in raw]
    if kind == "number":
        return _number(raw)
    return raw


def _number(raw: Any) -> int | float:
    """Terraform sends numbers that fit no machine type as text."""
    if isinstance(raw, str):
        exact = Decimal(raw)
        return int(exact) if exact == exact.to_integral_value() else float(exact)
    if isinstance(raw, float) and raw.is_integer() and abs(raw) < 2**53:
        return int(raw)
    return raw  # type: ignore[no-any-return]


def _to_wire(value: Any, type_: Type) -> Any:
    if value is None:
        return None
    if value is UNKNOWN:
        return _UNKNOWN_WIRE
    kind = type_.kind
    if kind == "object":
        return {name: _to_wire(value.get(name), field) for name, field in (type_.fields or {}).items()}
    if kind == "map" and type_.element:
        return {key: _to_wire(item, type_.element) for key, item in value.items()}
    if type_.element:
        return [_to_wire(item, type_.element) for item in value]
    return _scalar(value, kind)


def _scalar(value: Any, kind: str) -> Any:
    if kind == "string":
        return value if isinstance(value, str) else _text(value)
    if kind == "bool":
        return value if isinstance(value, bool) else str(value).lower() == "true"
    if kind == "number":
        number = _number(value) if isinstance(value, str) else value
        return number if isinstance(number, float) or number in _INT64 else str(number)
    return _any(value)


def _any(value: Any) -> Any:
    """A value of any type: a pair of type and value, which only Terraform makes and which is sent back as it came."""
    if value is UNKNOWN:
        return _UNKNOWN_WIRE
    if isinstance(value, list):
        return [_any(item) for item in value]
    return {key: _any(item) for key, item in value.items()} if isinstance(value, dict) else value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
