"""What the calls share: parameters, links, names in paths."""

from __future__ import annotations

from urllib.parse import quote, unquote

from starlette.requests import Request

from isthmus.local.google.storage.common import Json
from isthmus.local.google.storage.encryption import customer_keys


def parameters(request: Request) -> dict[str, str]:
    """The query's parameters, and the hashes of the customer's own keys that the headers bring."""
    sent = {name: value for name, value in request.query_params.items() if not name.startswith("\0")}
    return sent | customer_keys(request.headers)


def linked(meta: Json, request: Request) -> Json:
    """A bucket or an object with the links to itself, at the address that the client used."""
    base = str(request.base_url)
    if meta["kind"] == "storage#bucket":
        return meta | {"selfLink": f"{base}storage/v1/b/{meta['name']}"}
    place = f"storage/v1/b/{meta['bucket']}/o/{quote(meta['name'], safe='')}"
    media = f"{base}download/{place}?generation={meta['generation']}&alt=media"
    return meta | {"selfLink": base + place, "mediaLink": media}


def object_path(request: Request, marker: str) -> tuple[str, str]:
    """Splits the path behind a marker into the object's name and what follows it.

    Clients encode the slashes of a name; a slash that isn't encoded begins a part of the API (`/acl`, `/compose`). A
    name whose slashes came plain is taken whole.
    """
    raw = request.scope.get("raw_path", b"").decode("latin-1").partition(marker)[2]
    name, _, rest = raw.partition("/")
    if rest and rest.split("/")[0] not in ("acl", "compose", "copyTo", "rewriteTo", "restore", "moveTo"):
        return unquote(raw), ""
    return unquote(name), rest
