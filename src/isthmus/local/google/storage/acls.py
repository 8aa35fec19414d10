"""Access control lists of buckets and objects: kept and shown. Who may do what is decided by IAM policies alone here.

Source: Cloud Storage JSON API reference, access control resources, 2026-11.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isthmus.local.google.storage.common import Json
from isthmus.local.google.storage.errors import StorageError
from isthmus.local.google.storage.objects import Objects

BUCKET, OBJECT, DEFAULT = "acl", "acl", "defaultObjectAcl"
_KINDS = {
    "bucketAccessControls": "storage#bucketAccessControl",
    "objectAccessControls": "storage#objectAccessControl",
    "defaultObjectAccessControls": "storage#objectAccessControl",
}
_OWNERS = ("owners", "editors")
_PREDEFINED: dict[str, dict[str, str]] = {
    "private": {},
    "projectPrivate": {},
    "authenticatedRead": {"allAuthenticatedUsers": "READER"},
    "publicRead": {"allUsers": "READER"},
    "publicReadWrite": {"allUsers": "WRITER"},
    "bucketOwnerRead": {},
    "bucketOwnerFullControl": {},
}
ROLES = ("OWNER", "WRITER", "READER")


def refuse_if_uniform(settings: Json, what: str) -> None:
    """Raises a 400 where uniform bucket-level access makes lists of no use."""
    if (settings["iamConfiguration"].get("uniformBucketLevelAccess") or {}).get("enabled"):
        message = f"Cannot {what} when uniform bucket-level access is enabled. Read more at "
        raise StorageError(400, message + "https://cloud.google.com/storage/docs/uniform-bucket-level-access")


def entries(settings: Json, kept: Json, field: str) -> list[Json]:
    """The entries of a list; where none was set, those that Google gives the project's owners and editors."""
    number = settings["projectNumber"]
    default = [{"entity": f"project-{one}-{number}", "role": "OWNER"} for one in _OWNERS]
    found = kept.get(field)
    return list(found) if found else [*default, {"entity": f"project-viewers-{number}", "role": "READER"}]


def predefined(settings: Json, name: str, field: str) -> list[Json]:
    """The entries that a predefined list stands for. 400 for an unknown name."""
    if name not in _PREDEFINED:
        raise StorageError(400, f"Invalid value for predefinedAcl: '{name}'.", "predefinedAcl")
    more = [{"entity": entity, "role": role} for entity, role in _PREDEFINED[name].items()]
    return [*entries(settings, {}, field), *more]


def shown(kind: str, entry: Json, place: Mapping[str, str]) -> Json:
    """An entry as the API answers it."""
    found: Json = {"kind": _KINDS[kind], **place, **entry, "etag": "CAE="}
    found["id"] = "/".join([*place.values(), entry["entity"]])
    return found


def changed(present: list[Json], entity: str, role: str | None) -> list[Json]:
    """A list with an entry added or changed, or without it."""
    rest = [one for one in present if one["entity"] != entity]
    if role is None:
        if len(rest) == len(present):
            raise StorageError(404, f"The specified entity {entity} was not found in the list.")
        return rest
    if role not in ROLES:
        raise StorageError(400, f"Invalid role: '{role}'.", "role")
    return [*rest, {"entity": entity, "role": role}]


class Lists:
    """The lists of one bucket or object.

    Args:
        objects: The state.
        bucket: The bucket.
        name: The object; empty for the bucket's own lists.
        kind: The resource of the API, as `objectAccessControls`.
    """

    def __init__(self, objects: Objects, bucket: str, name: str, kind: str) -> None:
        self._objects, self._bucket, self._name, self._kind = objects, bucket, name, kind
        self._field = DEFAULT if kind == "defaultObjectAccessControls" else "acl"

    def list(self) -> list[Json]:
        """All entries."""
        settings = self._settings("get legacy ACL")
        return [shown(self._kind, one, self._place()) for one in entries(settings, self._kept(settings), self._field)]

    def get(self, entity: str) -> Json:
        """One entry. 404 when there is none."""
        for one in self.list():
            if one["entity"] == entity:
                return one
        raise StorageError(404, f"The specified entity {entity} was not found in the list.")

    def put(self, entity: str, role: str | None) -> Json:
        """Adds or changes an entry, or removes it where there is no role."""
        settings = self._settings("use ACL API to update policy")
        after = changed(entries(settings, self._kept(settings), self._field), entity, role)
        change: dict[str, Any] = {self._field: after}
        if self._name:
            self._objects.patch(self._bucket, self._name, change, {})
        else:
            self._objects.buckets.change(self._bucket, change, {}, replace=False)
        return shown(self._kind, {"entity": entity, "role": role}, self._place())

    def _settings(self, what: str) -> Json:
        settings = self._objects.buckets.get(self._bucket)
        refuse_if_uniform(settings, what)
        return settings

    def _kept(self, settings: Json) -> Json:
        return self._objects.get(self._bucket, self._name, {}) if self._name else settings

    def _place(self) -> dict[str, str]:
        return {"bucket": self._bucket} | ({"object": self._name} if self._name else {})
