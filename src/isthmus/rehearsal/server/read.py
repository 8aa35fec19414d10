"""ReadResource, UpgradeResourceState, MoveResourceState: states as they are now."""

from __future__ import annotations

import json
from typing import Any

from isthmus.rehearsal.convert.schema import shaped
from isthmus.rehearsal.realize.base import RealizeError
from isthmus.rehearsal.resources import facts, identities, merging, recording
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.server import importing
from isthmus.rehearsal.server.diagnostics import diagnostics
from isthmus.rehearsal.server.provider import Provider, dynamic, response
from isthmus.rehearsal.wire import codec, messages

Values = dict[str, Any]


def read_resource(provider: Provider, request: Any, peer: str) -> Any:
    """Refreshes a realized resource; a recorded one is as the state says."""
    realizer = provider.realizers.get(request.type_name)
    if realizer is None:
        return _read(request, new_state=request.current_state, private=request.private)
    block = provider.block("r", request.type_name)
    stored = codec.decode_dynamic(request.current_state, block.type)
    try:
        found = realizer.read(stored, provider.configured(peer).context)
    except Exception as error:
        problem = _problem(request.type_name, error)
        return _read(request, new_state=request.current_state, diagnostics=diagnostics([problem]))
    if found is None:
        provider.world.forget(request.type_name, stored)
        return _read(request, new_state=dynamic(codec.encode(None, block.type)))
    known = facts.load(request.type_name)
    if request.private == importing.JUST_IMPORTED:
        state = importing.completed(block, found, known)
    else:
        state = recording.complete(block, merging.after_read(block, stored, found, known))
    provider.world.remember(request.type_name, state)
    return _read(request, new_state=dynamic(codec.encode(state, block.type)))


def _read(request: Any, **fields: Any) -> Any:
    return response("ReadResource", new_identity=identities.kept(request, "current_identity"), **fields)


def upgrade_resource_state(provider: Provider, request: Any, peer: str) -> Any:
    """Brings a stored state into the form of the current schema; attributes that are no more are dropped."""
    block = provider.block("r", request.type_name)
    state = shaped(block, json.loads(request.raw_state.json or b"{}"))
    return response("UpgradeResourceState", upgraded_state=dynamic(codec.encode(state, block.type)))


def upgrade_resource_identity(provider: Provider, request: Any, peer: str) -> Any:
    """Takes a stored identity as it is: there has been one form of each."""
    type_ = identities.type_of(facts.load(request.type_name))
    identity = codec.encode(json.loads(request.raw_identity.json or b"{}"), type_)
    data = messages.message("ResourceIdentityData")(identity_data=dynamic(identity))
    return response("UpgradeResourceIdentity", upgraded_identity=data)


def move_resource_state(provider: Provider, request: Any, peer: str) -> Any:
    """Moves a state between types: what both have is kept. Whether the real provider moves these isn't published."""
    block = provider.block("r", request.target_type_name)
    state = shaped(block, json.loads(request.source_state.json or b"{}"))
    problem = Problem(
        f"{request.source_type_name} may not become {request.target_type_name} with the real provider",
        "The real providers move a state between few of their types and refuse it for all others; which, they don't "
        "publish. The rehearsal keeps what both types have.",
        warning=True,
    )
    return response(
        "MoveResourceState",
        target_state=dynamic(codec.encode(state, block.type)),
        diagnostics=diagnostics([problem]),
    )


def _problem(type_name: str, error: Exception) -> Problem:
    if isinstance(error, RealizeError):
        return Problem(error.summary, error.detail)
    return Problem(f"{type_name}: the local cloud could not be read", f"{type(error).__name__}: {error}")
