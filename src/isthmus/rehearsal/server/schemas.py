"""GetMetadata, GetProviderSchema, GetResourceIdentitySchemas: what the provider has."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.convert.schema import Attribute, Block, Nested, from_compact
from isthmus.rehearsal.resources import facts, identities
from isthmus.rehearsal.server import functions
from isthmus.rehearsal.server.provider import Provider, response
from isthmus.rehearsal.wire import messages

# What a module may say of itself to each provider, in `provider_meta`.
_META = {
    "aws": from_compact({"a": {"user_agent": "o:Ls"}}),
    "google": from_compact({"a": {"module_name": "o:s"}}),
}
_NO_META = from_compact({"a": {}})
_MODES = {"single": 1, "list": 2, "set": 3, "map": 4, "group": 5}


def get_metadata(provider: Provider, request: Any, peer: str) -> Any:
    """The names of the types."""
    named = messages.message("Named")
    return response(
        "GetMetadata",
        server_capabilities=_capabilities(),
        resources=[named(type_name=name) for name in provider.names("r")],
        data_sources=[named(type_name=name) for name in provider.names("d")],
    )


def get_provider_schema(provider: Provider, request: Any, peer: str) -> Any:
    """The schemas of the provider's configuration and of the types in use."""
    return response(
        "GetProviderSchema",
        provider=_schema(provider.block("p", provider.name), ""),
        provider_meta=_schema(_META.get(provider.family, _NO_META), ""),
        resource_schemas={name: _schema(provider.block("r", name), name) for name in provider.names("r")},
        data_source_schemas={name: _schema(provider.block("d", name), "") for name in provider.names("d")},
        server_capabilities=_capabilities(),
        functions=functions.definitions(provider),
    )


def get_resource_identity_schemas(provider: Provider, request: Any, peer: str) -> Any:
    """What an import block may say in place of an id."""
    return response(
        "GetResourceIdentitySchemas", identity_schemas={name: _identity(name) for name in provider.names("r")}
    )


def _identity(type_name: str) -> Any:
    attribute = messages.message("IdentityAttribute")
    named = identities.attributes(facts.load(type_name)).items()
    return messages.message("ResourceIdentitySchema")(
        identity_attributes=[
            attribute(name=name, type=identities.TEXT.wire, required_for_import=needed, optional_for_import=not needed)
            for name, needed in named
        ]
    )


def _capabilities() -> Any:
    return messages.message("ServerCapabilities")(plan_destroy=False, move_resource_state=True)


def _schema(block: Block, type_name: str) -> Any:
    known = facts.load(type_name) if type_name else facts.Facts("")
    return messages.message("Schema")(version=0, block=_block(block, known, ""))


def _block(block: Block, known: facts.Facts, path: str) -> Any:
    return messages.message("Block")(
        attributes=[_attribute(attribute, known, path) for attribute in block.attributes.values()],
        block_types=[_nested(nested, known, path) for nested in block.blocks.values()],
    )


def _attribute(attribute: Attribute, known: facts.Facts, path: str) -> Any:
    return messages.message("Attribute")(
        name=attribute.name,
        type=attribute.type.wire,
        required=attribute.required,
        optional=attribute.optional,
        computed=attribute.computed,
        write_only=attribute.write_only,
        sensitive=attribute.write_only or known.of(path + attribute.name).get("sensitive", False),
    )


def _nested(nested: Nested, known: facts.Facts, path: str) -> Any:
    return messages.message("NestedBlock")(
        type_name=nested.name,
        block=_block(nested.block, known, f"{path}{nested.name}."),
        nesting=_MODES[nested.mode],
        min_items=nested.min_items,
        max_items=nested.max_items,
    )
