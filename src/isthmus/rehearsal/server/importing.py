"""ImportResourceState: from an id to a state that ReadResource, which follows, can complete."""

from __future__ import annotations

import re
from typing import Any

from isthmus.rehearsal.convert.schema import Block, shaped
from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.resources import facts, identities, recording
from isthmus.rehearsal.resources.facts import Facts
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.server.diagnostics import diagnostics
from isthmus.rehearsal.server.provider import Provider, dynamic, response
from isthmus.rehearsal.session import Session
from isthmus.rehearsal.wire import codec, messages

Values = dict[str, Any]
_UNKNOWN = (
    "No account is asked, and nothing says what it is like. Say so in a file (isthmus rehearse --existing FILE, as "
    '{{"{0}": [{{"id": "{1}", …}}]}}), or import into a type that is made real on the local clouds (--live).'
)
JUST_IMPORTED = b"imported"
"""Private data of a state that has nothing but what its id says."""
_FIELD = re.compile(r"\\\{_?(\w+)\\\}")
_REGION = re.compile(r"^(?P<id>.+)@(?P<region>[a-z]{2}(-[a-z]+)+-\d)$")


def import_resource_state(provider: Provider, request: Any, peer: str) -> Any:
    """Starts a state from an id, in any of the forms that the real provider takes."""
    block = provider.block("r", request.type_name)
    known = facts.load(request.type_name)
    given = codec.decode_dynamic(request.identity.identity_data, identities.type_of(known))
    session = provider.configured(peer)
    identity = request.id or identities.id_of(given or {}, known, session)
    state, private = _imported(provider, request.type_name, identity, session, block, known)
    if state is None:
        problem = Problem(f"{request.type_name} can't be imported here", _UNKNOWN.format(request.type_name, identity))
        return response("ImportResourceState", diagnostics=diagnostics([problem]))
    imported = messages.message("ImportedResource")(
        type_name=request.type_name,
        state=dynamic(codec.encode(state, block.type)),
        private=private,
        identity=request.identity if given else None,
    )
    return response("ImportResourceState", imported_resources=[imported])


def _imported(
    provider: Provider, type_name: str, identity: str, session: Session, block: Block, known: Facts
) -> tuple[Values | None, bytes]:
    """What a realized type's id says, to be read next; of another type what the user says is there."""
    if type_name in provider.realizers:
        return shaped(block, started(identity, known, session)), JUST_IMPORTED
    there = provider.world.existing.get(type_name, [])
    values = next((values for values in there if identity in (values.get("id"), values.get("name"))), None)
    if values is None:
        return None, b""
    placed = {"region": session.region, "project": session.project, "id": identity, **values}
    return completed(block, placed, known), b""


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
