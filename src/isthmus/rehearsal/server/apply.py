"""ApplyResourceChange: a planned change is realized on the local clouds, or recorded."""

from __future__ import annotations

import json
from typing import Any

from isthmus.rehearsal.convert.schema import Block
from isthmus.rehearsal.realize.base import RealizeError, Realizer
from isthmus.rehearsal.resources import facts, identities, merging, protection, recording
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.server.diagnostics import diagnostics
from isthmus.rehearsal.server.provider import Provider, dynamic, response
from isthmus.rehearsal.session import Session
from isthmus.rehearsal.wire import codec

Values = dict[str, Any]


def apply_resource_change(provider: Provider, request: Any, peer: str) -> Any:
    """Creates, updates or deletes. After a failure the state is what it was, so that Terraform can try again."""
    block = provider.block("r", request.type_name)
    prior = codec.decode_dynamic(request.prior_state, block.type)
    planned = codec.decode_dynamic(request.planned_state, block.type)
    config = codec.decode_dynamic(request.config, block.type)
    session = provider.configured(peer)
    realizer = provider.realizers.get(request.type_name)
    try:
        after = _change(request.type_name, block, prior, planned, config, session, realizer)
    except Exception as error:
        return response(
            "ApplyResourceChange",
            new_identity=identities.kept(request, "planned_identity"),
            new_state=request.prior_state,
            private=request.planned_private,
            diagnostics=diagnostics([_problem(request.type_name, error)]),
            legacy_type_system=True,
        )
    if after is None:
        provider.world.forget(request.type_name, prior or {})
    else:
        provider.world.remember(request.type_name, after)
    return response(
        "ApplyResourceChange",
        new_identity=identities.kept(request, "planned_identity"),
        new_state=dynamic(codec.encode(after, block.type)),
        private=request.planned_private,
        legacy_type_system=True,
    )


def _change(
    type_name: str,
    block: Block,
    prior: Values | None,
    planned: Values | None,
    config: Values | None,
    session: Session,
    realizer: Realizer | None,
) -> Values | None:
    if planned is None:
        _delete(type_name, prior or {}, session, realizer)
        return None
    if realizer is None:
        return recording.record(block, planned, facts.load(type_name), session, seed(type_name, planned))
    if prior is None:
        made = realizer.create(_with_write_only(block, planned, config), session.context)
    else:
        made = realizer.update(prior, _with_write_only(block, planned, config), session.context)
    return recording.complete(block, merging.after_apply(block, planned, made))


def _delete(type_name: str, prior: Values, session: Session, realizer: Realizer | None) -> None:
    refused = protection.refusal(type_name, prior)
    if refused:
        raise RealizeError(refused.summary, refused.detail)
    if realizer:
        realizer.delete(prior, session.context)


def seed(type_name: str, planned: Values) -> str:
    """What a recorded resource's made-up ids follow from: its type and what was planned."""
    return type_name + json.dumps(planned, sort_keys=True, default=repr)


def _with_write_only(block: Block, planned: Values, config: Values | None) -> Values:
    """Write-only values are in the configuration alone; whoever makes the resource needs them."""
    given = {name: (config or {}).get(name) for name, attribute in block.attributes.items() if attribute.write_only}
    return {**planned, **given}


def _problem(type_name: str, error: Exception) -> Problem:
    if isinstance(error, RealizeError):
        return Problem(error.summary, error.detail)
    return Problem(f"{type_name}: the local cloud could not do this", f"{type(error).__name__}: {error}")
