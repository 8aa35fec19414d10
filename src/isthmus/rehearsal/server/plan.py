"""PlanResourceChange: what a change would make of a resource."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.convert.compare import Path, differences, dotted, equal
from isthmus.rehearsal.convert.schema import Block
from isthmus.rehearsal.resources import behaviour, creation, facts, identities, planning
from isthmus.rehearsal.resources.facts import Facts
from isthmus.rehearsal.server.diagnostics import attribute_path, diagnostics
from isthmus.rehearsal.server.provider import Provider, dynamic, response
from isthmus.rehearsal.session import Session
from isthmus.rehearsal.wire import codec

Values = dict[str, Any]


def plan_resource_change(provider: Provider, request: Any, peer: str) -> Any:
    """Plans a creation, an update in place or a replacement; a destruction needs no plan."""
    block = provider.block("r", request.type_name)
    if codec.decode_dynamic(request.proposed_new_state, block.type) is None:
        return response(
            "PlanResourceChange",
            planned_identity=identities.kept(request, "prior_identity"),
            planned_state=request.proposed_new_state,
            legacy_type_system=True,
        )
    known = facts.load(request.type_name)
    config = codec.decode_dynamic(request.config, block.type)
    prior = codec.decode_dynamic(request.prior_state, block.type)
    planned = planned_values(block, config, prior, known, provider.configured(peer))
    changed = [*differences(block, prior, planned)] if prior is not None else []
    replaced = [*_replacing(changed, known), *behaviour.replacing(request.type_name, prior, planned)]
    problems = [
        *behaviour.problems(request.type_name, planned, prior),
        *creation.problems(request.type_name, config, prior),
    ]
    return response(
        "PlanResourceChange",
        planned_identity=identities.kept(request, "prior_identity"),
        planned_state=dynamic(codec.encode(planned, block.type)),
        planned_private=request.prior_private,
        requires_replace=[attribute_path(path) for path in replaced],
        diagnostics=diagnostics(problems),
        legacy_type_system=True,
    )


def planned_values(block: Block, config: Values, prior: Values | None, known: Facts, session: Session) -> Values:
    """The planned values, provider-wide and type-wise adjustments made."""
    planned = planning.plan_block(block, config, prior, known)
    behaviour.adjust(block, config, prior, planned, known, session)
    if prior is not None:
        _keep_equal(block, prior, planned)
        changed = {dotted(path) for path in differences(block, prior, planned)}
        behaviour.recompute(known, changed, planned)
    return planned


def _keep_equal(block: Block, prior: Values, planned: Values) -> None:
    """Leaves an unchanged set in the order that the state has."""
    for name, type_ in (block.type.fields or {}).items():
        if equal(prior.get(name), planned.get(name), type_):
            planned[name] = prior[name]


def _replacing(changed: list[Path], known: Facts) -> list[Path]:
    return [path for path in changed if _forces_new(dotted(path), known)]


def _forces_new(path: str, known: Facts) -> bool:
    steps = path.split(".")
    prefixes = (".".join(steps[: count + 1]) for count in range(len(steps)))
    return any(known.of(prefix).get("force_new") for prefix in prefixes)
