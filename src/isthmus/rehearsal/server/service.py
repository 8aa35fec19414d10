"""All RPCs of a provider, bound to it."""

from __future__ import annotations

import functools
from typing import Any

from isthmus.rehearsal.server import apply, configure, data, functions, importing, plan, read, schemas, validate
from isthmus.rehearsal.server.provider import Provider, Rpc
from isthmus.rehearsal.wire.plugin import Handler, PluginServer

RPCS: dict[str, Rpc] = {
    "GetMetadata": schemas.get_metadata,
    "GetProviderSchema": schemas.get_provider_schema,
    "GetResourceIdentitySchemas": schemas.get_resource_identity_schemas,
    "GetFunctions": functions.get_functions,
    "CallFunction": functions.call_function,
    "ValidateProviderConfig": configure.validate_provider_config,
    "ConfigureProvider": configure.configure_provider,
    "StopProvider": configure.stop_provider,
    "ValidateResourceConfig": validate.validate_resource_config,
    "ValidateDataResourceConfig": validate.validate_data_resource_config,
    "PlanResourceChange": plan.plan_resource_change,
    "ApplyResourceChange": apply.apply_resource_change,
    "ReadResource": read.read_resource,
    "UpgradeResourceState": read.upgrade_resource_state,
    "UpgradeResourceIdentity": read.upgrade_resource_identity,
    "ImportResourceState": importing.import_resource_state,
    "MoveResourceState": read.move_resource_state,
    "ReadDataSource": data.read_data_source,
}


def serve(provider: Provider) -> PluginServer:
    """Makes the server of a provider; it still has to be started."""
    handlers: dict[str, Handler] = {name: _bound(rpc, provider) for name, rpc in RPCS.items()}
    return PluginServer(handlers)


def _bound(rpc: Rpc, provider: Provider) -> Handler:
    bound: Any = functools.partial(rpc, provider)
    return bound  # type: ignore[no-any-return]
