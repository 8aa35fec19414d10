"""Plan-time logic: what a provider does to all its types, what facts say is known early, and hooks of single types."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.convert.compare import Path
from isthmus.rehearsal.convert.schema import Block
from isthmus.rehearsal.convert.values import UNKNOWN, has_unknown
from isthmus.rehearsal.resources import hooks, recording
from isthmus.rehearsal.resources.aws import common as aws_common
from isthmus.rehearsal.resources.facts import Facts
from isthmus.rehearsal.resources.google import common as google_common
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.session import Session

Values = dict[str, Any]


def adjust(block: Block, config: Values, prior: Values | None, planned: Values, known: Facts, session: Session) -> None:
    """Fills planned values that the provider knows before apply."""
    if session.provider == "aws":
        aws_common.adjust(block, config, prior, planned, session)
    else:
        google_common.adjust(known.type_name, block, config, prior, planned, session)
    for path, fact in known.attributes.items():
        if "known" in fact and planned.get(path) is UNKNOWN and _ready(fact["known"], planned, session):
            planned[path] = recording.render(fact["known"], planned, session)
    hook = hooks.PLAN.get(known.type_name)
    if hook:
        hook(config, prior, planned, session)


def recompute(known: Facts, changed: set[str], planned: Values) -> None:
    """Makes computed values unknown again when one of the attributes they follow from changes."""
    for path, fact in known.attributes.items():
        follows = fact.get("follows")
        if follows and path not in changed and any(name.split(".")[0] in follows for name in changed):
            planned[path] = UNKNOWN


def problems(type_name: str, planned: Values, prior: Values | None) -> list[Problem]:
    """What is wrong with a plan, where the provider checks that only at plan."""
    hook = hooks.CHECK.get(type_name)
    return hook(planned, prior) if hook else []


def replacing(type_name: str, prior: Values | None, planned: Values) -> list[Path]:
    """The changes that replace the resource, where that depends on more than which attribute it is."""
    hook = hooks.REPLACE.get(type_name)
    return hook(prior, planned) if hook and prior is not None else []


def _ready(template: str, planned: Values, session: Session) -> bool:
    """Whether everything that a template names is known."""
    named = recording.fields(template)
    values = {**planned, **recording.places(planned, session)}
    return all(
        values.get(name) not in (None, "") and values[name] is not UNKNOWN and not has_unknown(values[name])
        for name in named
    )
