"""The REST form of the gRPC methods: JSON over HTTP, as Terraform and gcloud speak it.

A row of a table names an HTTP method, a path, what the body is, and the gRPC method. `{field=projects/*/topics/*}`
takes the path's part into that field of the request; what is in the query goes into the fields of those names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import grpc
from google.protobuf import json_format
from google.rpc import error_details_pb2
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from isthmus.local.google.rpc import Gate, Method, RpcError, answer

_STATUS = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.FAILED_PRECONDITION: 400,
    grpc.StatusCode.UNAUTHENTICATED: 401,
    grpc.StatusCode.PERMISSION_DENIED: 403,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.ALREADY_EXISTS: 409,
    grpc.StatusCode.ABORTED: 409,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 429,
    grpc.StatusCode.UNIMPLEMENTED: 501,
    grpc.StatusCode.UNAVAILABLE: 503,
}
Row = tuple[str, str, str, str]

PUBSUB: tuple[Row, ...] = (
    ("PUT", "{name=projects/*/topics/*}", "*", "CreateTopic"),
    ("GET", "{topic=projects/*/topics/*}", "", "GetTopic"),
    ("PATCH", "{topic.name=projects/*/topics/*}", "*", "UpdateTopic"),
    ("DELETE", "{topic=projects/*/topics/*}", "", "DeleteTopic"),
    ("GET", "{project=projects/*}/topics", "", "ListTopics"),
    ("GET", "{topic=projects/*/topics/*}/subscriptions", "", "ListTopicSubscriptions"),
    ("GET", "{topic=projects/*/topics/*}/snapshots", "", "ListTopicSnapshots"),
    ("POST", "{topic=projects/*/topics/*}:publish", "*", "Publish"),
    ("PUT", "{name=projects/*/subscriptions/*}", "*", "CreateSubscription"),
    ("GET", "{subscription=projects/*/subscriptions/*}", "", "GetSubscription"),
    ("PATCH", "{subscription.name=projects/*/subscriptions/*}", "*", "UpdateSubscription"),
    ("DELETE", "{subscription=projects/*/subscriptions/*}", "", "DeleteSubscription"),
    ("GET", "{project=projects/*}/subscriptions", "", "ListSubscriptions"),
    ("POST", "{subscription=projects/*/subscriptions/*}:pull", "*", "Pull"),
    ("POST", "{subscription=projects/*/subscriptions/*}:acknowledge", "*", "Acknowledge"),
    ("POST", "{subscription=projects/*/subscriptions/*}:modifyAckDeadline", "*", "ModifyAckDeadline"),
    ("POST", "{subscription=projects/*/subscriptions/*}:modifyPushConfig", "*", "ModifyPushConfig"),
    ("POST", "{subscription=projects/*/subscriptions/*}:seek", "*", "Seek"),
    ("POST", "{subscription=projects/*/subscriptions/*}:detach", "", "DetachSubscription"),
    ("PUT", "{name=projects/*/snapshots/*}", "*", "CreateSnapshot"),
    ("GET", "{snapshot=projects/*/snapshots/*}", "", "GetSnapshot"),
    ("GET", "{project=projects/*}/snapshots", "", "ListSnapshots"),
    ("PATCH", "{snapshot.name=projects/*/snapshots/*}", "*", "UpdateSnapshot"),
    ("DELETE", "{snapshot=projects/*/snapshots/*}", "", "DeleteSnapshot"),
    ("POST", "{parent=projects/*}/schemas", "schema", "CreateSchema"),
    ("GET", "{parent=projects/*}/schemas", "", "ListSchemas"),
    ("GET", "{name=projects/*/schemas/*}", "", "GetSchema"),
    ("DELETE", "{name=projects/*/schemas/*}", "", "DeleteSchema"),
    ("POST", "{name=projects/*/schemas/*}:commit", "*", "CommitSchema"),
    ("POST", "{name=projects/*/schemas/*}:rollback", "*", "RollbackSchema"),
    ("DELETE", "{name=projects/*/schemas/*}:deleteRevision", "", "DeleteSchemaRevision"),
    ("GET", "{name=projects/*/schemas/*}:listRevisions", "", "ListSchemaRevisions"),
    ("POST", "{parent=projects/*}/schemas:validate", "*", "ValidateSchema"),
    ("POST", "{parent=projects/*}/schemas:validateMessage", "*", "ValidateMessage"),
)
_KEY = "projects/*/locations/*/keyRings/*/cryptoKeys/*"
KMS: tuple[Row, ...] = (
    ("GET", "{parent=projects/*/locations/*}/keyRings", "", "ListKeyRings"),
    ("POST", "{parent=projects/*/locations/*}/keyRings", "key_ring", "CreateKeyRing"),
    ("GET", "{name=projects/*/locations/*/keyRings/*}", "", "GetKeyRing"),
    ("GET", "{parent=projects/*/locations/*/keyRings/*}/cryptoKeys", "", "ListCryptoKeys"),
    ("POST", "{parent=projects/*/locations/*/keyRings/*}/cryptoKeys", "crypto_key", "CreateCryptoKey"),
    ("GET", f"{{name={_KEY}}}", "", "GetCryptoKey"),
    ("PATCH", f"{{crypto_key.name={_KEY}}}", "crypto_key", "UpdateCryptoKey"),
    ("POST", f"{{name={_KEY}}}:updatePrimaryVersion", "*", "UpdateCryptoKeyPrimaryVersion"),
    ("POST", f"{{name={_KEY}}}:encrypt", "*", "Encrypt"),
    ("POST", f"{{name={_KEY}}}:decrypt", "*", "Decrypt"),
    ("GET", f"{{parent={_KEY}}}/cryptoKeyVersions", "", "ListCryptoKeyVersions"),
    ("POST", f"{{parent={_KEY}}}/cryptoKeyVersions", "crypto_key_version", "CreateCryptoKeyVersion"),
    ("GET", f"{{name={_KEY}/cryptoKeyVersions/*}}", "", "GetCryptoKeyVersion"),
    (
        "PATCH",
        f"{{crypto_key_version.name={_KEY}/cryptoKeyVersions/*}}",
        "crypto_key_version",
        "UpdateCryptoKeyVersion",
    ),
    ("GET", f"{{name={_KEY}/cryptoKeyVersions/*}}/publicKey", "", "GetPublicKey"),
    ("POST", f"{{name={_KEY}/cryptoKeyVersions/*}}:asymmetricSign", "*", "AsymmetricSign"),
    ("POST", f"{{name={_KEY}/cryptoKeyVersions/*}}:asymmetricDecrypt", "*", "AsymmetricDecrypt"),
    ("POST", f"{{name={_KEY}/cryptoKeyVersions/*}}:macSign", "*", "MacSign"),
    ("POST", f"{{name={_KEY}/cryptoKeyVersions/*}}:macVerify", "*", "MacVerify"),
    ("POST", "{location=projects/*/locations/*}:generateRandomBytes", "*", "GenerateRandomBytes"),
    ("POST", f"{{name={_KEY}/cryptoKeyVersions/*}}:destroy", "", "DestroyCryptoKeyVersion"),
    ("POST", f"{{name={_KEY}/cryptoKeyVersions/*}}:restore", "", "RestoreCryptoKeyVersion"),
)
_RING = "projects/*/locations/*/keyRings/*"
_POSTED = ("projects/*", "projects/*/serviceAccounts/*")
"""Resources whose policy is read by POST."""
_OF_PUBSUB = tuple(f"projects/*/{kind}/*" for kind in ("schemas", "topics", "subscriptions", "snapshots"))
_RESOURCES = (*_OF_PUBSUB, _RING, _KEY)


def _policy_rows(resource: str, http: str, body: str) -> tuple[Row, ...]:
    return (
        (http, f"{{resource={resource}}}:getIamPolicy", body, "GetIamPolicy"),
        ("POST", f"{{resource={resource}}}:setIamPolicy", "*", "SetIamPolicy"),
        ("POST", f"{{resource={resource}}}:testIamPermissions", "*", "TestIamPermissions"),
    )


IAM: tuple[Row, ...] = (
    *(row for resource in _RESOURCES for row in _policy_rows(resource, "GET", "")),
    *(row for resource in _POSTED for row in _policy_rows(resource, "POST", "*")),
)
_TEMPLATE = re.compile(r"\{([^=]+)=([^}]+)\}(.*)")
_UNKNOWN = re.compile(r'has no field named "([^"]+)" at "([^"]+)"')
_GENERAL = frozenset({"alt", "$alt", "prettyPrint", "key", "options.requestedPolicyVersion"})
"""Query parameters of every Google API, or that change nothing here."""


def routes(tables: Mapping[str, tuple[tuple[Row, ...], Mapping[str, Method]]], gate: Gate) -> list[Route]:
    """Makes the routes of tables below `/v1/`; those that end in a verb come before those that any name fits.

    Args:
        tables: For each prefix of the counts, a table and the gRPC methods that it names.
        gate: Counts the calls and checks their callers, as gRPC's does.
    """
    made = [
        _route(row, methods[row[3]], gate, f"{prefix}.{row[3]}")
        for prefix, (rows, methods) in tables.items()
        for row in rows
    ]
    return sorted(made, key=lambda route: ":" not in route.path.replace("/v1/", "", 1))


def _route(row: Row, method: Method, gate: Gate, counted: str) -> Route:
    http, template, body, _ = row
    match = _TEMPLATE.fullmatch(template)
    if match is None:
        raise ValueError(f"{template!r} is not a path template")
    field, pattern, rest = match.groups()
    parts = pattern.split("/")
    path = "/".join(f"{{p{index}}}" if part == "*" else part for index, part in enumerate(parts))
    binding = _Binding(method[1], field, len(parts), rest.partition(":")[2], body)

    async def call(request: Request) -> Response:
        try:
            message = binding.message(request, await request.body())
            result = await answer(method[0], message, counted, gate, request.headers.get("authorization", ""))
        except RpcError as error:
            return error_response(error)
        except (json_format.ParseError, ValueError, AttributeError, RecursionError) as error:
            return error_response(_unreadable(error))
        return JSONResponse(json_format.MessageToDict(result))

    return Route(f"/v1/{path}{rest}", call, methods=[http])


@dataclass(frozen=True)
class _Binding:
    """How an HTTP request becomes a protobuf message."""

    kind: Any
    field: str
    segments: int
    verb: str
    body: str

    def message(self, request: Request, content: bytes) -> Any:
        message = self.kind()
        if content and self.body:
            target = message if self.body == "*" else getattr(message, self.body)
            json_format.ParseDict(_object(content), target)
        for name, value in request.query_params.multi_items():
            if name not in _GENERAL:
                _set_query(message, name, value)
        *parents, last = self.field.split(".")
        target = message
        for parent in parents:
            target = getattr(target, parent)
        setattr(target, last, self._name(request.url.path))
        return message

    def _name(self, path: str) -> str:
        place = unquote(path).removeprefix("/v1/")
        if self.verb:
            place = place.removesuffix(f":{self.verb}")
        return "/".join(place.split("/")[: self.segments])


def _object(content: bytes) -> dict[str, Any]:
    found = json.loads(content)
    if not isinstance(found, dict):
        raise ValueError("It must be a JSON object.")
    return found


def _set_query(message: Any, name: str, text: str) -> None:
    snake = re.sub("([A-Z])", lambda match: "_" + match[1].lower(), name)
    field = message.DESCRIPTOR.fields_by_name.get(snake)
    if field is None:
        raise ValueError(f'Unknown name "{name}": Cannot bind query parameter.')
    value: Any = text == "true" if field.cpp_type == field.CPPTYPE_BOOL else text
    json_format.ParseDict({snake: [value] if field.is_repeated else value}, message)


def _unreadable(error: Exception) -> RpcError:
    """What Google says of a request that can't be read, and of which field where one isn't known."""
    text, place = str(error), ""
    if match := _UNKNOWN.search(text):
        place = re.sub("([A-Z])", lambda found: "_" + found[1].lower(), match[2].partition(".")[2])
        text = f'Unknown name "{match[1]}"{f" at {place!r}" if place else ""}: Cannot find field.'
    message = f"Invalid JSON payload received. {text}"
    violation = error_details_pb2.BadRequest.FieldViolation(field=place, description=message)
    detail = error_details_pb2.BadRequest(field_violations=[violation])
    return RpcError(grpc.StatusCode.INVALID_ARGUMENT, message, detail)


def error_response(error: RpcError) -> Response:
    """The refusal of a call in Google's JSON shape."""
    status = _STATUS.get(error.code, 500)
    body: dict[str, Any] = {"code": status, "message": error.message, "status": error.code.name}
    if error.details:
        body["details"] = [_detail(one) for one in error.details]
    return JSONResponse({"error": body}, status)


def _detail(message: Any) -> dict[str, Any]:
    return {"@type": f"type.googleapis.com/{message.DESCRIPTOR.full_name}", **json_format.MessageToDict(message)}
