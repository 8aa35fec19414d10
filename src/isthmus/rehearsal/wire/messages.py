"""The messages of Terraform's plug-in protocol 6, built from a table when the program starts.

Field names and numbers are those of the published protocol (6.11). There are no generated stubs: they would tie the
project to one version of protobuf.
"""

from __future__ import annotations

import functools
import threading
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "tfplugin6"

# A message a line, going on in indented ones. Field: name=number:type. Types: s string, y bytes, b bool, i int64,
# otherwise a message or enum of the package. Suffix "*" = repeated, "%" = a map from string. Groups of which a message
# has one are in _ONEOFS.
_TABLE = """
DynamicValue msgpack=1:y json=2:y
AttributePath steps=1:AttributePath.Step*
AttributePath.Step attribute_name=1:s element_key_string=2:s element_key_int=3:i
Diagnostic severity=1:Severity summary=2:s detail=3:s attribute=4:AttributePath
FunctionError text=1:s function_argument=2:i
RawState json=1:y flatmap=2:s%
ResourceIdentitySchema version=1:i identity_attributes=2:IdentityAttribute*
IdentityAttribute name=1:s type=2:y required_for_import=3:b optional_for_import=4:b description=5:s
ResourceIdentityData identity_data=1:DynamicValue
Attribute name=1:s type=2:y description=3:s required=4:b optional=5:b computed=6:b sensitive=7:b deprecated=9:b
    write_only=11:b
NestedBlock type_name=1:s block=2:Block nesting=3:Nesting min_items=4:i max_items=5:i
Block version=1:i attributes=2:Attribute* block_types=3:NestedBlock* description=4:s deprecated=6:b
Schema version=1:i block=2:Block
Parameter name=1:s type=2:y allow_null_value=3:b allow_unknown_values=4:b description=5:s
Return type=1:y
Function parameters=1:Parameter* variadic_parameter=2:Parameter return=3:Return summary=4:s description=5:s
ServerCapabilities plan_destroy=1:b get_provider_schema_optional=2:b move_resource_state=3:b
ClientCapabilities deferral_allowed=1:b write_only_attributes_allowed=2:b
Named type_name=1:s
GetMetadata.Request
GetMetadata.Response server_capabilities=1:ServerCapabilities diagnostics=2:Diagnostic* data_sources=3:Named*
    resources=4:Named*
GetProviderSchema.Request
GetProviderSchema.Response provider=1:Schema resource_schemas=2:Schema% data_source_schemas=3:Schema%
    diagnostics=4:Diagnostic* provider_meta=5:Schema server_capabilities=6:ServerCapabilities
    functions=7:Function%
GetResourceIdentitySchemas.Request
GetResourceIdentitySchemas.Response identity_schemas=1:ResourceIdentitySchema% diagnostics=2:Diagnostic*
ValidateProviderConfig.Request config=1:DynamicValue
ValidateProviderConfig.Response diagnostics=2:Diagnostic*
ValidateResourceConfig.Request type_name=1:s config=2:DynamicValue client_capabilities=3:ClientCapabilities
ValidateResourceConfig.Response diagnostics=1:Diagnostic*
ValidateDataResourceConfig.Request type_name=1:s config=2:DynamicValue
ValidateDataResourceConfig.Response diagnostics=1:Diagnostic*
UpgradeResourceIdentity.Request type_name=1:s version=2:i raw_identity=3:RawState
UpgradeResourceIdentity.Response upgraded_identity=1:ResourceIdentityData diagnostics=2:Diagnostic*
UpgradeResourceState.Request type_name=1:s version=2:i raw_state=3:RawState
UpgradeResourceState.Response upgraded_state=1:DynamicValue diagnostics=2:Diagnostic*
ConfigureProvider.Request terraform_version=1:s config=2:DynamicValue client_capabilities=3:ClientCapabilities
ConfigureProvider.Response diagnostics=1:Diagnostic*
ReadResource.Request type_name=1:s current_state=2:DynamicValue private=3:y provider_meta=4:DynamicValue
    client_capabilities=5:ClientCapabilities current_identity=6:ResourceIdentityData
ReadResource.Response new_state=1:DynamicValue diagnostics=2:Diagnostic* private=3:y new_identity=5:ResourceIdentityData
PlanResourceChange.Request type_name=1:s prior_state=2:DynamicValue proposed_new_state=3:DynamicValue
    config=4:DynamicValue prior_private=5:y provider_meta=6:DynamicValue client_capabilities=7:ClientCapabilities
    prior_identity=8:ResourceIdentityData
PlanResourceChange.Response planned_state=1:DynamicValue requires_replace=2:AttributePath* planned_private=3:y
    diagnostics=4:Diagnostic* legacy_type_system=5:b planned_identity=7:ResourceIdentityData
ApplyResourceChange.Request type_name=1:s prior_state=2:DynamicValue planned_state=3:DynamicValue
    config=4:DynamicValue planned_private=5:y provider_meta=6:DynamicValue planned_identity=7:ResourceIdentityData
ApplyResourceChange.Response new_state=1:DynamicValue private=2:y diagnostics=3:Diagnostic* legacy_type_system=4:b
    new_identity=5:ResourceIdentityData
ImportedResource type_name=1:s state=2:DynamicValue private=3:y identity=4:ResourceIdentityData
ImportResourceState.Request type_name=1:s id=2:s client_capabilities=3:ClientCapabilities
    identity=4:ResourceIdentityData
ImportResourceState.Response imported_resources=1:ImportedResource* diagnostics=2:Diagnostic*
MoveResourceState.Request source_provider_address=1:s source_type_name=2:s source_schema_version=3:i
    source_state=4:RawState target_type_name=5:s source_private=6:y
MoveResourceState.Response target_state=1:DynamicValue diagnostics=2:Diagnostic* target_private=3:y
ReadDataSource.Request type_name=1:s config=2:DynamicValue provider_meta=3:DynamicValue
    client_capabilities=4:ClientCapabilities
ReadDataSource.Response state=1:DynamicValue diagnostics=2:Diagnostic*
GetFunctions.Request
GetFunctions.Response functions=1:Function% diagnostics=2:Diagnostic*
CallFunction.Request name=1:s arguments=2:DynamicValue*
CallFunction.Response result=1:DynamicValue error=2:FunctionError
StopProvider.Request
StopProvider.Response Error=1:s
Empty
"""
_ENUMS = {
    "Severity": ("INVALID", "ERROR", "WARNING"),
    "Nesting": ("NONE", "SINGLE", "LIST", "SET", "MAP", "GROUP"),
}
_ONEOFS = {"AttributePath.Step": "selector"}
_OPTIONAL = {("FunctionError", "function_argument")}
_SCALARS = {"s": "TYPE_STRING", "y": "TYPE_BYTES", "b": "TYPE_BOOL", "i": "TYPE_INT64"}

_MESSAGES = {
    words[0]: words[1:] for words in (entry.split() for entry in _TABLE.replace("\n    ", " ").split("\n")) if words
}
_making = threading.Lock()
METHODS = tuple(name.removesuffix(".Request") for name in _MESSAGES if name.endswith(".Request"))
"""The RPCs that the table has messages for."""


def message(name: str) -> Any:
    """The class of a message by its name in the table, as `PlanResourceChange.Request`."""
    # Two runs that begin at once would make two classes of each, and protobuf takes no message of the other's.
    with _making:
        return _classes()[name]


@functools.cache
def _classes() -> dict[str, Any]:
    pool = descriptor_pool.DescriptorPool()
    pool.Add(_file())
    found = {name: pool.FindMessageTypeByName(f"{PACKAGE}.{_flat(name)}") for name in _MESSAGES}
    return {name: message_factory.GetMessageClass(descriptor) for name, descriptor in found.items()}


def _flat(name: str) -> str:
    # Message names don't travel on the wire, so nested messages are kept flat here.
    return name.replace(".", "_")


def _file() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="tfplugin6.proto", package=PACKAGE, syntax="proto3")
    for name, values in _ENUMS.items():
        enum = file.enum_type.add(name=name)
        for number, value in enumerate(values):
            enum.value.add(name=f"{name.upper()}_{value}", number=number)
    for name, fields in _MESSAGES.items():
        _add_message(file.message_type.add(name=_flat(name)), name, fields)
    return file


def _add_message(target: Any, name: str, fields: list[str]) -> None:
    if name in _ONEOFS:
        target.oneof_decl.add(name=_ONEOFS[name])
    for field in fields:
        label, _, kind = field.partition(":")
        field_name, _, number = label.partition("=")
        added = target.field.add(name=field_name, number=int(number), label=1)
        if kind.endswith("%"):
            _add_map(target, added, field_name, kind[:-1])
            continue
        if kind.endswith("*"):
            added.label = 3
        _set_type(added, kind.rstrip("*"))
        if name in _ONEOFS:
            added.oneof_index = 0
        if (name, field_name) in _OPTIONAL:
            target.oneof_decl.add(name=f"_{field_name}")
            added.proto3_optional = True
            added.oneof_index = len(target.oneof_decl) - 1


def _add_map(target: Any, field: Any, name: str, kind: str) -> None:
    entry_name = "".join(part.capitalize() for part in name.split("_")) + "Entry"
    entry = target.nested_type.add(name=entry_name)
    entry.options.map_entry = True
    _set_type(entry.field.add(name="key", number=1, label=1), "s")
    _set_type(entry.field.add(name="value", number=2, label=1), kind)
    field.label = 3
    field.type = descriptor_pb2.FieldDescriptorProto.TYPE_MESSAGE
    field.type_name = f".{PACKAGE}.{target.name}.{entry_name}"


def _set_type(field: Any, kind: str) -> None:
    types = descriptor_pb2.FieldDescriptorProto
    if kind in _SCALARS:
        field.type = getattr(types, _SCALARS[kind])
        return
    field.type = types.TYPE_ENUM if kind in _ENUMS else types.TYPE_MESSAGE
    field.type_name = f".{PACKAGE}.{_flat(kind)}"
