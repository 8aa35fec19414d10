"""Identities of resources: what `import { identity = {…} }` says in place of an id.

The attributes are those that the type's id is made of, which is what the real providers take; neither publishes its
identity schemas, so a type whose id is drawn by the cloud has its id alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isthmus.rehearsal.convert.types import Type
from isthmus.rehearsal.resources import recording
from isthmus.rehearsal.resources.facts import Facts
from isthmus.rehearsal.session import Session

_PLACES = {"aws": ("account_id", "region"), "google": ("project",)}
"""What every type of a provider takes beside, and has from the provider's settings otherwise."""
TEXT = Type("string")


def attributes(known: Facts) -> Mapping[str, bool]:
    """The attributes of a type's identity, and whether each is required."""
    places = _PLACES.get(known.type_name.partition("_")[0], ())
    own = {name for name in recording.fields(known.computed.get("id", "")) if not name.startswith("_")}
    return {**dict.fromkeys(places, False), **dict.fromkeys(sorted(own or {"id"}), True)}


def type_of(known: Facts) -> Type:
    """The type of an identity's value."""
    return Type("object", fields=dict.fromkeys(attributes(known), TEXT))


def id_of(identity: Mapping[str, Any], known: Facts, session: Session) -> str:
    """The id that an identity comes to; with `@region` behind it where it names another than the provider's."""
    values = {name: value for name, value in identity.items() if value}
    template = "{id}" if "id" in attributes(known) else known.computed["id"]
    text = recording.render(template, values, session)
    region = values.get("region")
    return f"{text}@{region}" if session.provider == "aws" and region and region != session.region else text


def kept(request: Any, name: str) -> Any:
    """The identity of a request, for its response: an identity never changes. None where there is none."""
    return getattr(request, name) if request.HasField(name) else None
