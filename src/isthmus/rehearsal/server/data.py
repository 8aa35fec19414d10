"""ReadDataSource: the data sources that can be answered without a cloud, or from the local ones."""

from __future__ import annotations

from typing import Any

from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.realize.base import RealizeError
from isthmus.rehearsal.resources import recording
from isthmus.rehearsal.resources.data_sources import READERS
from isthmus.rehearsal.resources.rules import Problem
from isthmus.rehearsal.server.diagnostics import diagnostics
from isthmus.rehearsal.server.provider import Provider, dynamic, response
from isthmus.rehearsal.wire import codec

Values = dict[str, Any]


def read_data_source(provider: Provider, request: Any, peer: str) -> Any:
    """Answers a data source; one that nobody has written yet is an error that says so."""
    block = provider.block("d", request.type_name)
    config = codec.decode_dynamic(request.config, block.type)
    reader = READERS.get(request.type_name)
    if reader is None:
        detail = "It needs a real account, or an answer of its own in the rehearsal (resources/data_sources)."
        problem = Problem(f"The rehearsal can't answer the data source {request.type_name}", detail)
        return response("ReadDataSource", diagnostics=diagnostics([problem]))
    unread = {
        name: UNKNOWN if attribute.computed and config.get(name) is None else config.get(name)
        for name, attribute in block.attributes.items()
    }
    unread |= {name: config.get(name) for name in block.blocks}
    session = provider.configured(peer)
    if unread.get("region") is UNKNOWN and session.region:
        unread["region"] = session.region
    try:
        found = {**unread, **reader(config, session)}
    except RealizeError as error:
        problem = Problem(error.summary, error.detail)
        return response("ReadDataSource", diagnostics=diagnostics([problem]))
    state = recording.complete(block, found)
    return response("ReadDataSource", state=dynamic(codec.encode(state, block.type)))
