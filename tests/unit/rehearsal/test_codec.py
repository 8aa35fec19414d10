"""Values survive Terraform's wire form."""

from __future__ import annotations

import msgpack
from hypothesis import given
from hypothesis import strategies as st

from isthmus.rehearsal.convert import types
from isthmus.rehearsal.convert.types import Type
from isthmus.rehearsal.convert.values import UNKNOWN, has_unknown
from isthmus.rehearsal.wire import codec, messages

_NAMES = st.text("abcdefgh_", min_size=1, max_size=6)
_SCALARS = st.sampled_from([types.STRING, types.NUMBER, types.BOOL])


def _containers(inner: st.SearchStrategy[Type]) -> st.SearchStrategy[Type]:
    collections = st.builds(lambda kind, element: Type(kind, element=element), st.sampled_from(["list", "map"]), inner)
    objects = st.builds(lambda fields: Type("object", fields=fields), st.dictionaries(_NAMES, inner, max_size=4))
    return collections | objects


_TYPES = st.recursive(_SCALARS, _containers, max_leaves=8)


def _values(type_: Type) -> st.SearchStrategy[object]:
    empty = st.none() | st.just(UNKNOWN)
    if type_.kind == "object":
        fields = {name: _values(field) for name, field in (type_.fields or {}).items()}
        return empty | st.fixed_dictionaries(fields)
    if type_.element is not None:
        inner = _values(type_.element)
        return empty | (
            st.dictionaries(_NAMES, inner, max_size=3) if type_.kind == "map" else st.lists(inner, max_size=3)
        )
    known: dict[str, st.SearchStrategy[object]] = {
        "string": st.text(),
        "number": st.integers() | st.floats(allow_nan=False, allow_infinity=False, width=32),
        "bool": st.booleans(),
    }
    return empty | known[type_.kind]


@given(st.data())
def test_decoding_what_was_encoded_gives_the_same_value(data: st.DataObject) -> None:
    type_ = data.draw(_TYPES)
    value = data.draw(_values(type_))
    assert codec.decode(codec.encode(value, type_), type_) == value


@given(_TYPES)
def test_a_type_survives_its_compact_form(type_: Type) -> None:
    assert types.parse(_compact(type_)) == type_


def _compact(type_: Type) -> str:
    if type_.kind == "object":
        return "{" + ",".join(f"{name}={_compact(field)}" for name, field in (type_.fields or {}).items()) + "}"
    if type_.element is not None:
        return {"list": "L", "set": "S", "map": "M"}[type_.kind] + _compact(type_.element)
    return {"string": "s", "number": "n", "bool": "b"}[type_.kind]


def test_a_refined_unknown_is_an_unknown() -> None:
    refined = msgpack.packb([msgpack.ExtType(12, msgpack.packb({1: False})), "known"])
    assert codec.decode(refined, types.parse("Ls")) == [UNKNOWN, "known"]


def test_an_attribute_that_is_absent_is_sent_as_null() -> None:
    type_ = types.parse("{a=s,b=n}")
    assert codec.decode(codec.encode({"a": "x"}, type_), type_) == {"a": "x", "b": None}


def test_a_number_too_large_for_a_machine_word_is_sent_as_text() -> None:
    assert msgpack.unpackb(codec.encode(2**80, types.NUMBER)) == str(2**80)


def test_a_value_of_any_type_is_sent_back_as_it_came() -> None:
    pair = [b'"string"', "x"]
    assert codec.decode(codec.encode(pair, types.DYNAMIC), types.DYNAMIC) == pair


def test_unknown_is_found_wherever_it_is() -> None:
    assert has_unknown({"a": [{"b": UNKNOWN}]})
    assert not has_unknown({"a": [{"b": None}]})


def test_a_message_survives_its_bytes() -> None:
    made = messages.message("GetProviderSchema.Response")(
        resource_schemas={"aws_x": messages.message("Schema")(version=3)},
        diagnostics=[messages.message("Diagnostic")(severity=1, summary="s")],
    )
    again = messages.message("GetProviderSchema.Response").FromString(made.SerializeToString())
    assert (again.resource_schemas["aws_x"].version, again.diagnostics[0].summary) == (3, "s")
