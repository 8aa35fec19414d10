"""ValidateResourceConfig, ValidateDataResourceConfig: what schemas can't check."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.resources import facts, rules
from isthmus.rehearsal.server.diagnostics import diagnostics
from isthmus.rehearsal.server.provider import Provider, response
from isthmus.rehearsal.wire import codec


def validate_resource_config(provider: Provider, request: Any, peer: str) -> Any:
    """Checks a resource's configuration against the facts of its type."""
    block = provider.block("r", request.type_name)
    config = codec.decode_dynamic(request.config, block.type)
    problems = rules.check(block, config, facts.load(request.type_name))
    return response("ValidateResourceConfig", diagnostics=diagnostics(problems))


def validate_data_resource_config(provider: Provider, request: Any, peer: str) -> Any:
    """Accepts: schemas say enough of the data sources."""
    return response("ValidateDataResourceConfig")
