"""ReadDataSource: the data sources that can be answered without an account, from the local clouds, or from what the
rehearsal knows to exist."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from isthmus.rehearsal.convert.schema import Block
from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.realize.base import RealizeError
from isthmus.rehearsal.resources import recording
from isthmus.rehearsal.resources.data_sources import LISTS, LIVE, READERS, STANDING, Reader
from isthmus.rehearsal.resources.data_sources.standing import Standing, filters
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.server.diagnostics import diagnostics
from isthmus.rehearsal.server.provider import Provider, dynamic, response
from isthmus.rehearsal.session import Session
from isthmus.rehearsal.wire import codec

Values = dict[str, Any]
_UNANSWERED = (
    "It asks a real account, and nothing that this rehearsal has made agrees with it. "
    'Say what exists in a file (isthmus rehearse --existing FILE, as {{"{}": [{{"id": "…"}}]}}), '
    "or give the value as a variable."
)
_MADE_UP = (
    "The real data source would find it in any account. Here it stands for itself, and this is made up: {}. "
    "Say what it is with --existing FILE where it matters."
)


def read_data_source(provider: Provider, request: Any, peer: str) -> Any:
    """Answers a data source; one that can't be answered is an error that says so."""
    block = provider.block("d", request.type_name)
    config = codec.decode_dynamic(request.config, block.type)
    session = provider.configured(peer)
    try:
        found = _found(provider, request.type_name, block, config, session)
    except RealizeError as error:
        problem = Problem(error.summary, error.detail)
        return response("ReadDataSource", diagnostics=diagnostics([problem]))
    state = recording.complete(block, {**_unread(block, config, session), **found.values})
    return response(
        "ReadDataSource",
        state=dynamic(codec.encode(state, block.type)),
        diagnostics=diagnostics(_warnings(request.type_name, found)),
    )


def _warnings(type_name: str, found: Standing) -> Iterator[Problem]:
    if found.made_up:
        yield Problem(f"{type_name} is made up", _MADE_UP.format(found.made_up), warning=True)
    elif type_name in LISTS and not found.values["ids"]:
        yield Problem(f"{type_name} finds nothing", _UNANSWERED.format(type_name), warning=True)


def _found(provider: Provider, type_name: str, block: Block, config: Values, session: Session) -> Standing:
    reader = _reader(type_name, session)
    # What the user says exists comes before what a reader makes up.
    if reader is None or type_name in provider.world.existing:
        values = provider.world.find(type_name, block, config)
        if values is not None:
            return _standing(block, values)
    if reader is not None:
        return Standing(reader(config, session))
    # What is made real would have been found; what is recorded only, another run may have recorded.
    values = None if type_name in provider.realizers else provider.world.assume(type_name, block, config)
    if values is not None:
        return _standing(block, values)
    listed = _listed(provider, type_name, config, session)
    if listed and listed.values["ids"]:
        return listed
    finder = STANDING.get(type_name)
    found = (finder(config, session) if finder else None) or listed
    if found is None:
        raise RealizeError(f"The rehearsal can't answer the data source {type_name}", _UNANSWERED.format(type_name))
    return found


def _standing(block: Block, values: Mapping[str, Any]) -> Standing:
    return Standing({name: values[name] for name in (*block.attributes, *block.blocks) if name in values})


def _listed(provider: Provider, type_name: str, config: Values, session: Session) -> Standing | None:
    """The ids of all resources of a type that agree; none is an answer too, as it is to the real provider."""
    if type_name not in LISTS:
        return None
    wanted = {"tags": config["tags"]} if config.get("tags") else {}
    ids = [values["id"] for values in provider.world.find_all(LISTS[type_name], wanted, filters(config))]
    return Standing({"id": session.region, "ids": sorted(ids)})


def _reader(type_name: str, session: Session) -> Reader | None:
    endpoints = {"aws": session.context.aws_endpoint, "google": session.context.google_grpc_endpoint}
    live = LIVE.get(type_name) if endpoints.get(session.provider) else None
    return live or READERS.get(type_name)


def _unread(block: Block, config: Values, session: Session) -> Values:
    """The configuration, with what the cloud would fill in as yet unknown."""
    unread = {
        name: UNKNOWN if attribute.computed and config.get(name) is None else config.get(name)
        for name, attribute in block.attributes.items()
    }
    for name in ("region", "project"):
        place = getattr(session, name)
        if unread.get(name) is UNKNOWN and place:
            unread[name] = place
    return {**unread, **{name: config.get(name) for name in block.blocks}}
