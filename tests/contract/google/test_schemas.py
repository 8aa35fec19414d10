"""Schemas, by Google's own client: kept with their revisions, and a topic with one takes only what is of it."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from google.api_core import exceptions
from google.pubsub_v1 import SchemaServiceClient
from google.pubsub_v1.services.schema_service.transports import SchemaServiceGrpcTransport

from isthmus.local.google.pubsub import avro

PARENT = "projects/isthmus-dev"
ORDER: dict[str, Any] = {
    "type": "record",
    "name": "Order",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "total", "type": ["null", "long"]},
        {"name": "kind", "type": {"type": "enum", "name": "Kind", "symbols": ["NEW", "OLD"]}},
        {"name": "tags", "type": {"type": "array", "items": "string"}},
        {"name": "next", "type": ["null", "Order"]},
    ],
}
GOOD = {"id": "1", "total": {"long": 7}, "kind": "NEW", "tags": ["a"], "next": None}


@pytest.fixture(scope="module")
def schemas(cloud: Any) -> SchemaServiceClient:
    """The client."""
    return SchemaServiceClient(transport=SchemaServiceGrpcTransport(channel=cloud.channel))


def make(schemas: SchemaServiceClient, name: str, definition: Any = ORDER) -> Any:
    """Makes a schema."""
    schema = {"type_": "AVRO", "definition": json.dumps(definition)}
    return schemas.create_schema(parent=PARENT, schema_id=name, schema=schema)


def test_a_topic_with_a_schema_takes_only_what_is_of_it(cloud: Any, schemas: SchemaServiceClient) -> None:
    """And tells consumers which revision a message is of."""
    schema = make(schemas, "order-json")
    topic = cloud.topic(schema_settings={"schema": schema.name, "encoding": "JSON"})
    name = cloud.subscription(topic)
    cloud.publish(topic, json.dumps(GOOD).encode(), mine="1")
    for wrong in (b"", b"{", b"7", json.dumps(GOOD | {"total": 7}).encode(), json.dumps(GOOD | {"kind": "X"}).encode()):
        with pytest.raises(exceptions.InvalidArgument, match="schema validation"):
            cloud.publish(topic, wrong, mine="1")
    (received,) = cloud.pulled(name, 1)
    assert dict(received.message.attributes) == {
        "mine": "1",
        "googclient_schemaencoding": "JSON",
        "googclient_schemaname": schema.name,
        "googclient_schemarevisionid": schema.revision_id,
    }
    schemas.delete_schema(name=schema.name)
    with pytest.raises(exceptions.InvalidArgument):
        cloud.publish(topic, json.dumps(GOOD).encode())


def test_revisions_are_kept_and_limit_what_a_topic_takes(cloud: Any, schemas: SchemaServiceClient) -> None:
    """From the first to the last that it names."""
    first = make(schemas, "order-revised", {"type": "record", "name": "A", "fields": [{"name": "a", "type": "int"}]})
    second = {"type": "record", "name": "A", "fields": [{"name": "b", "type": "string"}]}
    committed = schemas.commit_schema(
        name=first.name, schema={"type_": "AVRO", "definition": json.dumps(second), "name": first.name}
    )
    assert schemas.get_schema(name=first.name).revision_id == committed.revision_id
    assert schemas.get_schema(name=f"{first.name}@{first.revision_id}").definition == first.definition
    listed = [one.revision_id for one in schemas.list_schema_revisions(name=first.name)]
    assert listed == [committed.revision_id, first.revision_id]
    settings = {"schema": first.name, "encoding": "JSON", "last_revision_id": first.revision_id}
    topic = cloud.topic(schema_settings=settings)
    cloud.publish(topic, b'{"a": 1}')
    with pytest.raises(exceptions.InvalidArgument):
        cloud.publish(topic, b'{"b": "x"}')
    rolled = schemas.rollback_schema(name=first.name, revision_id=first.revision_id)
    assert rolled.definition == first.definition and rolled.revision_id not in listed
    schemas.delete_schema_revision(name=f"{first.name}@{committed.revision_id}")
    with pytest.raises(exceptions.NotFound):
        schemas.get_schema(name=f"{first.name}@{committed.revision_id}")
    assert first.name in [one.name for one in schemas.list_schemas(parent=PARENT)]


def test_schemas_survive_a_kill(mortal: Any) -> None:
    """With their revisions in order, and topics go on validating."""
    schemas = SchemaServiceClient(transport=SchemaServiceGrpcTransport(channel=mortal.channel))
    schema = make(schemas, "order-kept")
    topic = mortal.topic(schema_settings={"schema": schema.name, "encoding": "JSON"})
    mortal.server.kill()
    mortal.server.start()
    mortal.connect()
    mortal.publish(topic, json.dumps(GOOD).encode())
    with pytest.raises(exceptions.InvalidArgument):
        mortal.publish(topic, b"{}")


@pytest.mark.parametrize(
    "definition", ["7", "{", '{"type": "string"}', '{"type": "record", "name": "A"}', '{"type":"record","fields":[]}']
)
def test_a_definition_that_is_none_is_refused(schemas: SchemaServiceClient, definition: str) -> None:
    with pytest.raises(exceptions.InvalidArgument, match="Invalid schema definition"):
        schemas.validate_schema(parent=PARENT, schema={"type_": "AVRO", "definition": definition})


def test_protocol_buffers_are_kept_but_not_validated(cloud: Any, schemas: SchemaServiceClient) -> None:
    """A topic can't promise what nobody checks."""
    schema = {"type_": "PROTOCOL_BUFFER", "definition": 'syntax = "proto3"; message A { string a = 1; }'}
    made = schemas.create_schema(parent=PARENT, schema_id="proto", schema=schema)
    assert schemas.get_schema(name=made.name).definition == schema["definition"]
    with pytest.raises(exceptions.MethodNotImplemented):
        cloud.topic(schema_settings={"schema": made.name, "encoding": "JSON"})


def long(number: int) -> bytes:
    """A number in Avro's binary encoding."""
    zigzag, out = (number << 1) ^ (number >> 63), io.BytesIO()
    while zigzag & ~0x7F:
        out.write(bytes([zigzag & 0x7F | 0x80]))
        zigzag >>= 7
    out.write(bytes([zigzag]))
    return out.getvalue()


def test_the_binary_encoding_is_validated_to_the_last_byte() -> None:
    """A message cut short, or one with more behind it, is none."""
    schema = avro.parse(json.dumps(ORDER))
    text = lambda value: long(len(value)) + value  # noqa: E731
    whole = text(b"1") + long(1) + long(-7) + long(0) + long(1) + text(b"a") + long(0) + long(0)
    assert avro.is_binary(schema, whole)
    assert not any(avro.is_binary(schema, whole[:end]) for end in range(len(whole)))
    assert not avro.is_binary(schema, whole + b"\0")
    assert not avro.is_binary(schema, text(b"1") + long(2))
