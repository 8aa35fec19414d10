"""Schemas of topics: google.pubsub.v1.SchemaService, and what a topic with one takes."""

from __future__ import annotations

import secrets
from typing import Any

import grpc
from google.protobuf import empty_pb2
from google.pubsub_v1 import types

from isthmus.local.google.clock import Clock
from isthmus.local.google.database import Database, Statement
from isthmus.local.google.pages import page
from isthmus.local.google.pubsub import avro
from isthmus.local.google.pubsub.checks import already_exists, check_name, not_found
from isthmus.local.google.rpc import Method, RpcError, invalid, unimplemented

NAME = "google.pubsub.v1.SchemaService"
DELETED = "_deleted-schema_"
_AVRO, _PROTOCOL_BUFFER = int(types.Schema.Type.AVRO), int(types.Schema.Type.PROTOCOL_BUFFER)
_JSON, _BINARY = int(types.Encoding.JSON), int(types.Encoding.BINARY)
_BASIC = int(types.SchemaView.BASIC)
MAX_DEFINITION_BYTES = 300 * 1024
MAX_REVISIONS = 20
"""Pub/Sub quotas and limits, 2026-11."""
_Schema = types.Schema.pb()
_INSERT = "INSERT INTO schemas VALUES (?, ?, ?, ?)"


class Schemas:
    """The schemas and their revisions, newest last.

    Args:
        database: Where they are kept.
        clock: The time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database, self._clock = database, clock
        self._revisions: dict[str, list[Any]] = {}
        self._compiled: dict[tuple[str, str], avro.Type] = {}
        for (body,) in database.read("SELECT body FROM schemas ORDER BY name, number"):
            schema = _Schema.FromString(body)
            self._revisions.setdefault(schema.name, []).append(schema)

    def methods(self) -> dict[str, Method]:
        """The methods of the service."""
        return {
            "CreateSchema": (self._create, types.CreateSchemaRequest.pb()),
            "GetSchema": (self._get, types.GetSchemaRequest.pb()),
            "ListSchemas": (self._list, types.ListSchemasRequest.pb()),
            "ListSchemaRevisions": (self._list_revisions, types.ListSchemaRevisionsRequest.pb()),
            "CommitSchema": (self._commit, types.CommitSchemaRequest.pb()),
            "RollbackSchema": (self._rollback, types.RollbackSchemaRequest.pb()),
            "DeleteSchemaRevision": (self._delete_revision, types.DeleteSchemaRevisionRequest.pb()),
            "DeleteSchema": (self._delete, types.DeleteSchemaRequest.pb()),
            "ValidateSchema": (self._validate, types.ValidateSchemaRequest.pb()),
            "ValidateMessage": (self._validate_message, types.ValidateMessageRequest.pb()),
        }

    def require(self, name: str) -> None:
        """Raises NOT_FOUND unless there is a schema of that name."""
        self.find(name)

    def find(self, name: str) -> Any:
        """A schema's newest revision, or the one that its name ends with after `@`."""
        plain, _, revision = name.partition("@")
        for schema in reversed(self._revisions.get(plain, [])):
            if not revision or schema.revision_id == revision:
                return schema
        raise not_found(name)

    def check_settings(self, settings: Any) -> None:
        """Refuses a topic's schema settings that can't be kept to. Only Avro can be validated here."""
        if settings.schema == DELETED:
            return
        schema = self.find(settings.schema)
        if settings.encoding not in (_JSON, _BINARY):
            raise invalid("schema_settings needs an encoding: JSON or BINARY.")
        if schema.type_ != _AVRO:
            raise unimplemented("A topic with a schema of PROTOCOL_BUFFER")
        for revision in (settings.first_revision_id, settings.last_revision_id):
            if revision:
                self.find(f"{settings.schema}@{revision}")

    def fitting(self, settings: Any, data: bytes) -> dict[str, str]:
        """The attributes that tell consumers which revision a message is of. INVALID_ARGUMENT when it is of none."""
        for schema in self._allowed(settings):
            if self._is_of(schema, settings.encoding, data):
                return {
                    "googclient_schemaencoding": types.Encoding(settings.encoding).name,
                    "googclient_schemaname": schema.name,
                    "googclient_schemarevisionid": schema.revision_id,
                }
        raise invalid("Invalid data in message: Message failed schema validation.")

    def _allowed(self, settings: Any) -> list[Any]:
        revisions = self._revisions.get(settings.schema, [])
        ids = [one.revision_id for one in revisions]
        first = ids.index(settings.first_revision_id) if settings.first_revision_id in ids else 0
        last = ids.index(settings.last_revision_id) if settings.last_revision_id in ids else len(ids) - 1
        return list(reversed(revisions[first : last + 1]))

    def _is_of(self, schema: Any, encoding: int, data: bytes) -> bool:
        key = (schema.name, schema.revision_id)
        if key not in self._compiled:
            self._compiled[key] = avro.parse(schema.definition)
        return (avro.is_json if encoding == _JSON else avro.is_binary)(self._compiled[key], data)

    async def _create(self, request: Any) -> Any:
        name = f"{request.parent}/schemas/{request.schema_id}"
        check_name(name, "schemas")
        if name in self._revisions:
            raise already_exists(name)
        return await self._add(name, request.schema)

    async def _commit(self, request: Any) -> Any:
        name = request.name.partition("@")[0]
        if self.find(name).type_ != request.schema.type_:
            raise invalid("The type of a schema can't be changed by a revision.")
        return await self._add(name, request.schema)

    async def _rollback(self, request: Any) -> Any:
        name = request.name.partition("@")[0]
        return await self._add(name, self.find(f"{name}@{request.revision_id}"))

    async def _add(self, name: str, wanted: Any) -> Any:
        _check(wanted)
        present = self._revisions.setdefault(name, [])
        if len(present) >= MAX_REVISIONS:
            raise RpcError(grpc.StatusCode.RESOURCE_EXHAUSTED, f"A schema has at most {MAX_REVISIONS} revisions.")
        schema = _Schema(name=name, type_=wanted.type_, definition=wanted.definition, revision_id=secrets.token_hex(4))
        schema.revision_create_time.FromNanoseconds(self._clock.now_ns())
        present.append(schema)
        row = (name, schema.revision_id, self._clock.now_ns(), schema.SerializeToString())
        try:
            await self._database.commit([(_INSERT, row)])
        except Exception:
            present.remove(schema)
            raise
        return schema

    def _get(self, request: Any) -> Any:
        return _viewed(self.find(request.name), request.view)

    def _list(self, request: Any) -> Any:
        found = [name for name, kept in self._revisions.items() if kept and name.startswith(request.parent + "/")]
        names, token = page(found, request)
        schemas = [_viewed(self._revisions[name][-1], request.view or _BASIC) for name in names]
        return types.ListSchemasResponse.pb()(schemas=schemas, next_page_token=token)

    def _list_revisions(self, request: Any) -> Any:
        self.find(request.name)
        found = [_viewed(one, request.view or _BASIC) for one in reversed(self._revisions[request.name])]
        return types.ListSchemaRevisionsResponse.pb()(schemas=found)

    async def _delete_revision(self, request: Any) -> Any:
        name, _, revision = request.name.partition("@")
        gone = self.find(f"{name}@{revision or request.revision_id}")
        if len(self._revisions[name]) == 1:
            raise invalid("The only revision of a schema can't be deleted; delete the schema.")
        self._revisions[name].remove(gone)
        gone_row: Statement = ("DELETE FROM schemas WHERE name = ? AND revision = ?", (name, gone.revision_id))
        await self._database.commit([gone_row])
        return self.find(name)

    async def _delete(self, request: Any) -> Any:
        self.find(request.name)
        del self._revisions[request.name]
        await self._database.commit([("DELETE FROM schemas WHERE name = ?", (request.name,))])
        return empty_pb2.Empty()

    def _validate(self, request: Any) -> Any:
        _check(request.schema)
        return types.ValidateSchemaResponse.pb()()

    def _validate_message(self, request: Any) -> Any:
        schema = self.find(request.name) if request.name else request.schema
        _check(schema)
        if schema.type_ != _AVRO:
            raise unimplemented("The validation of a message by a schema of PROTOCOL_BUFFER")
        fits = (avro.is_json if request.encoding == _JSON else avro.is_binary)(
            avro.parse(schema.definition), request.message
        )
        if not fits:
            raise invalid("Invalid data in message: Message failed schema validation.")
        return types.ValidateMessageResponse.pb()()


def _check(schema: Any) -> None:
    """Refuses a schema that isn't one. A protocol buffer's is kept as it is: nothing here compiles it."""
    if len(schema.definition.encode()) > MAX_DEFINITION_BYTES:
        raise invalid(f"The definition has more than {MAX_DEFINITION_BYTES} bytes.")
    if schema.type_ == _PROTOCOL_BUFFER:
        if "message" not in schema.definition:
            raise invalid("Invalid schema definition: a protocol buffer definition needs a message.")
        return
    if schema.type_ != _AVRO:
        raise invalid("The type of a schema is AVRO or PROTOCOL_BUFFER.")
    try:
        avro.parse(schema.definition)
    except (avro.AvroError, RecursionError) as error:
        raise invalid(f"Invalid schema definition: {error}.") from None


def _viewed(schema: Any, view: int) -> Any:
    if view != _BASIC:
        return schema
    shown = _Schema()
    shown.CopyFrom(schema)
    shown.definition = ""
    return shown
