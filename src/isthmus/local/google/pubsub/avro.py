"""Avro schemas: read, and asked whether a message is of them, in JSON or in binary.

Source: Apache Avro 1.12 specification. Logical types are taken for the types that they stand on, as Pub/Sub does.
"""

from __future__ import annotations

import json
import math
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*")
_VARINT_BYTES = 10
Read = Callable[[bytes, int], int]


class AvroError(ValueError):
    """A schema that isn't one, or a message that isn't of it; the message says why."""


@dataclass
class Type:
    """A type.

    Attributes:
        name: The name that it has in a union.
        takes: Whether a value of JSON is one of it.
        read: Reads one from a place in bytes and returns the place behind it; AvroError when there is none.
    """

    name: str
    takes: Callable[[Any], bool]
    read: Read


def parse(definition: str) -> Type:
    """Reads a schema; a record, as Pub/Sub wants it at the top.

    Raises:
        AvroError: when it isn't one.
    """
    try:
        body = json.loads(definition)
    except ValueError as error:
        raise AvroError(f"the definition is not JSON: {error}") from None
    if not isinstance(body, dict) or body.get("type") != "record":
        raise AvroError("the top-level type of an Avro schema must be a record")
    return _Parser().type(body, "")


def is_json(schema: Type, data: bytes) -> bool:
    """Whether data is a message in Avro's JSON encoding."""
    try:
        return schema.takes(json.loads(data))
    except ValueError:
        return False


def is_binary(schema: Type, data: bytes) -> bool:
    """Whether data is a message in Avro's binary encoding, and nothing more."""
    try:
        return schema.read(data, 0) == len(data)
    except AvroError:
        return False


class _Parser:
    def __init__(self) -> None:
        self._named: dict[str, Type] = {}

    def type(self, body: Any, namespace: str) -> Type:
        if isinstance(body, list):
            return self._union(body, namespace)
        if isinstance(body, str):
            return self._by_name(body, namespace)
        if not isinstance(body, dict) or "type" not in body:
            raise AvroError(f"{body!r} is not a type")
        kind = body["type"]
        makers = {"record": self._record, "error": self._record, "enum": self._enum, "fixed": self._fixed}
        if isinstance(kind, str) and kind in makers:
            return self._define(body, namespace, makers[kind])
        if kind == "array":
            return _array(self.type(body.get("items"), namespace))
        if kind == "map":
            return _map(self.type(body.get("values"), namespace))
        return self.type(kind, namespace)

    def _by_name(self, name: str, namespace: str) -> Type:
        if name in PRIMITIVES:
            return PRIMITIVES[name]
        found = self._named.get(name) or self._named.get(f"{namespace}.{name}")
        if found is None:
            raise AvroError(f"the type {name!r} is not known")
        return found

    def _define(self, body: Any, namespace: str, make: Callable[[Any, str, Type], None]) -> Type:
        name = body.get("name")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise AvroError(f"{name!r} is not a name")
        namespace = name.rpartition(".")[0] or body.get("namespace") or namespace
        whole = name if "." in name or not namespace else f"{namespace}.{name}"
        if whole in self._named:
            raise AvroError(f"the type {whole!r} is defined twice")
        made = Type(whole, lambda value: False, _nothing)
        # Known before its fields are read: a record may hold itself.
        self._named[whole] = made
        make(body, namespace, made)
        return made

    def _record(self, body: Any, namespace: str, made: Type) -> None:
        fields: dict[str, Type] = {}
        if not isinstance(body.get("fields"), list):
            raise AvroError(f"the record {made.name!r} has no fields")
        for one in body["fields"]:
            name = one.get("name") if isinstance(one, dict) else None
            if not isinstance(name, str) or not _NAME.fullmatch(name) or name in fields:
                raise AvroError(f"{name!r} is not the name of a field, or comes twice")
            fields[name] = self.type(one.get("type"), namespace)

        def takes(value: Any) -> bool:
            return (
                isinstance(value, dict)
                and value.keys() == fields.keys()
                and all(kind.takes(value[name]) for name, kind in fields.items())
            )

        def read(data: bytes, place: int) -> int:
            for kind in fields.values():
                place = kind.read(data, place)
            return place

        made.takes, made.read = takes, read

    def _enum(self, body: Any, namespace: str, made: Type) -> None:
        symbols = body.get("symbols")
        if not isinstance(symbols, list) or not symbols or len(set(symbols)) < len(symbols):
            raise AvroError(f"the enum {made.name!r} has no symbols, or one twice")

        def read(data: bytes, place: int) -> int:
            number, place = _integer(data, place)
            if not 0 <= number < len(symbols):
                raise AvroError(f"{number} is no symbol of {made.name}")
            return place

        made.takes, made.read = lambda value: value in symbols, read

    def _fixed(self, body: Any, namespace: str, made: Type) -> None:
        size = body.get("size")
        if not isinstance(size, int) or size < 0:
            raise AvroError(f"the fixed type {made.name!r} has no size")
        made.takes = lambda value: _is_bytes(value) and len(value) == size
        made.read = lambda data, place: _skip(data, place, size)

    def _union(self, body: list[Any], namespace: str) -> Type:
        kinds = [self.type(one, namespace) for one in body]
        by_name = {kind.name: kind for kind in kinds}
        if not kinds or len(by_name) < len(kinds):
            raise AvroError("a union has no types, or one twice")

        def takes(value: Any) -> bool:
            if value is None:
                return "null" in by_name
            if not isinstance(value, dict) or len(value) != 1:
                return False
            (name, inner), *_ = value.items()
            return name in by_name and by_name[name].takes(inner)

        def read(data: bytes, place: int) -> int:
            number, place = _integer(data, place)
            if not 0 <= number < len(kinds):
                raise AvroError(f"{number} is no type of the union")
            return kinds[number].read(data, place)

        return Type("union", takes, read)


def _array(items: Type) -> Type:
    def takes(value: Any) -> bool:
        return isinstance(value, list) and all(items.takes(one) for one in value)

    return Type("array", takes, _blocks(items.read))


def _map(values: Type) -> Type:
    def takes(value: Any) -> bool:
        return isinstance(value, dict) and all(values.takes(one) for one in value.values())

    return Type("map", takes, _blocks(lambda data, place: values.read(data, _text(data, place))))


def _blocks(read_one: Read) -> Read:
    def read(data: bytes, place: int) -> int:
        while True:
            count, place = _integer(data, place)
            if count == 0:
                return place
            if count < 0:
                _, place = _integer(data, place)
            for _ in range(abs(count)):
                before, place = place, read_one(data, place)
                if place == before and abs(count) > len(data):
                    raise AvroError("more items than there are bytes")

    return read


def _integer(data: bytes, place: int, bits: int = 63) -> tuple[int, int]:
    number, shift = 0, 0
    for index in range(place, min(place + _VARINT_BYTES, len(data))):
        number |= (data[index] & 0x7F) << shift
        shift += 7
        if not data[index] & 0x80:
            value = (number >> 1) ^ -(number & 1)
            if not -(1 << bits) <= value < 1 << bits:
                raise AvroError("a number is out of range")
            return value, index + 1
    raise AvroError("a number has no end")


def _skip(data: bytes, place: int, size: int) -> int:
    if size < 0 or place + size > len(data):
        raise AvroError("the message is too short")
    return place + size


def _sized(data: bytes, place: int) -> int:
    size, place = _integer(data, place)
    return _skip(data, place, size)


def _text(data: bytes, place: int) -> int:
    end = _sized(data, place)
    _, start = _integer(data, place)
    try:
        data[start:end].decode()
    except UnicodeDecodeError:
        raise AvroError("a text is not UTF-8") from None
    return end


def _boolean(data: bytes, place: int) -> int:
    end = _skip(data, place, 1)
    if data[place] > 1:
        raise AvroError("a boolean is neither 0 nor 1")
    return end


def _float(form: str) -> Read:
    return lambda data, place: _skip(data, place, struct.calcsize(form))


def _nothing(data: bytes, place: int) -> int:
    return place


def _is_integer(bits: int) -> Callable[[Any], bool]:
    return lambda value: type(value) is int and -(1 << bits) <= value < 1 << bits


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and not math.isinf(value)


def _is_bytes(value: Any) -> bool:
    return isinstance(value, str) and all(ord(mark) < 256 for mark in value)


PRIMITIVES = {
    "null": Type("null", lambda value: value is None, _nothing),
    "boolean": Type("boolean", lambda value: isinstance(value, bool), _boolean),
    "int": Type("int", _is_integer(31), lambda data, place: _integer(data, place, 31)[1]),
    "long": Type("long", _is_integer(63), lambda data, place: _integer(data, place)[1]),
    "float": Type("float", _is_number, _float("<f")),
    "double": Type("double", _is_number, _float("<d")),
    "bytes": Type("bytes", _is_bytes, _sized),
    "string": Type("string", lambda value: isinstance(value, str), _text),
}
