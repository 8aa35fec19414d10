"""ImportResourceState: from an id to a state that ReadResource, which follows, can complete."""

from __future__ import annotations

import re
from typing import Any

from isthmus.rehearsal.convert.schema import Block, shaped
from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.resources import facts, recording
from isthmus.rehearsal.resources.facts import Facts
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.server.diagnostics import diagnostics
from isthmus.rehearsal.server.provider import Provider, dynamic, response
from isthmus.rehearsal.session import Session
from isthmus.rehearsal.wire import codec, messages

Values = dict[str, Any]
JUST_IMPORTED = b"imported"
"""Private data of a state that has nothing but what its id says."""
_FIELD = re.compile(r"\\\{_?(\w+)\\\}")
_REGION = re.compile(r"^(?P<id>.+)@(?P<region>[a-z]{2}(-[a-z]+)+-\d)$")


def import_resource_state(provider: Provider, request: Any, peer: str) -> Any:
    """Starts a state from an id, in any of the forms that the real provider takes."""
    if request.type_name not in provider.realizers:
        detail = "Only types that are made real on the local clouds can be imported in a rehearsal."
        problem = Problem(f"{request.type_name} can't be imported here", detail)
        return response("ImportResourceState", diagnostics=diagnostics([problem]))
    block = provider.block("r", request.type_name)
    known = facts.load(request.type_name)
    state = shaped(block, started(request.id, known, provider.configured(peer)))
    imported = messages.message("ImportedResource")(
        type_name=request.type_name, state=dynamic(codec.encode(state, block.type)), private=JUST_IMPORTED
    )
    return response("ImportResourceState", imported_resources=[imported])


def started(identity: str, known: Facts, session: Session) -> Values:
    """What an id says: the attributes in it, and the places of the provider where it has none."""
    values: Values = {"region": session.region, "project": session.project}
    placed = _REGION.match(identity) if session.provider == "aws" else None
    if placed:
        identity, values["region"] = placed["id"], placed["region"]
    template = known.computed.get("id", "")
    for form in _forms(template):
        found = re.fullmatch(form, identity)
        if found:
            values.update(found.groupdict())
            identity = recording.render(template, values, session)
            break
    return {**values, "id": identity}


def _forms(template: str) -> list[str]:
    """An id's full form, and shorter ones: the values alone, and those without the project."""
    fields = re.findall(r"\{_?(\w+)\}", template)
    if not fields or len(set(fields)) != len(fields):
        return []
    full = _FIELD.sub(lambda field: f"(?P<{field[1]}>.+)", re.escape(template))
    values = [f"(?P<{name}>[^/]+)" for name in fields]
    shorter = [value for name, value in zip(fields, values, strict=True) if name != "project"]
    return [full, "/".join(values), "/".join(shorter)]


def completed(block: Block, found: Values, known: Facts) -> Values:
    """The first state of an imported resource: what the cloud says, and defaults where it says nothing."""
    state = shaped(block, found)
    for name, attribute in block.attributes.items():
        if state[name] is None:
            state[name] = known.of(name).get("default", UNKNOWN if attribute.computed else None)
    return recording.complete(block, state)
