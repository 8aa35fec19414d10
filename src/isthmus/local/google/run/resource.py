"""The Service resource: made, changed, and what the API says about its state. Pure functions over JSON."""

from __future__ import annotations

import copy
import datetime
import random
import uuid
from typing import Any

from isthmus.local.google.run.errors import Refusal, invalid
from isthmus.local.google.run.template import filled, name_enum

Json = dict[str, Any]
_INGRESS = (
    "INGRESS_TRAFFIC_UNSPECIFIED",
    "INGRESS_TRAFFIC_ALL",
    "INGRESS_TRAFFIC_INTERNAL_ONLY",
    "INGRESS_TRAFFIC_INTERNAL_LOAD_BALANCER",
    "INGRESS_TRAFFIC_NONE",
)
_STAGES = (
    *("LAUNCH_STAGE_UNSPECIFIED", "EARLY_ACCESS", "ALPHA", "BETA", "GA"),
    *("DEPRECATED", "UNIMPLEMENTED", "PRELAUNCH"),
)
_LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
_TARGETS = ("TRAFFIC_TARGET_ALLOCATION_TYPE_UNSPECIFIED", _LATEST, "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION")
_SPEC = frozenset(
    {
        "description",
        "labels",
        "annotations",
        "client",
        "clientVersion",
        "ingress",
        "launchStage",
        "binaryAuthorization",
        "template",
        "traffic",
        "scaling",
        "invokerIamDisabled",
        "defaultUriDisabled",
        "customAudiences",
        "buildConfig",
        "iapEnabled",
        "multiRegionSettings",
        "threatDetectionEnabled",
    }
)
_OUTPUT = frozenset(
    {
        "name",
        "uid",
        "generation",
        "createTime",
        "updateTime",
        "deleteTime",
        "expireTime",
        "creator",
        "lastModifier",
        "urls",
        "observedGeneration",
        "terminalCondition",
        "conditions",
        "latestReadyRevision",
        "latestCreatedRevision",
        "trafficStatuses",
        "uri",
        "satisfiesPzs",
        "reconciling",
        "etag",
    }
)


def created(name: str, given: Json, project: str) -> Json:
    """A new Service, not ready yet, from what a create request holds.

    Raises:
        Refusal: INVALID_ARGUMENT.
    """
    now = timestamp()
    who = f"local@{project}.iam.gserviceaccount.com"
    head = {"name": name, "uid": str(uuid.uuid4()), "generation": "1", "createTime": now, "creator": who}
    body = {**head, **_spec(given, project)}
    return _accepted(body, who, new_revision=True)


def changed(old: Json, given: Json, mask: list[str], project: str) -> Json:
    """The Service after an update request: the fields of the mask, or all of them.

    Raises:
        Refusal: INVALID_ARGUMENT, or ABORTED when the etag is another one's.
    """
    check_etag(old, given.get("etag", ""))
    asked = _masked(old, given, mask) if mask and mask != ["*"] else given
    spec = _spec(asked, project)
    kept = {key: value for key, value in old.items() if key not in _SPEC}
    body = {**copy.deepcopy(kept), **spec}
    if spec != {key: value for key, value in old.items() if key in _SPEC}:
        body["generation"] = str(int(old["generation"]) + 1)
    return _accepted(body, old["creator"], new_revision=spec["template"] != old["template"])


def check_etag(body: Json, etag: str) -> None:
    """Raises a Refusal (ABORTED) when an etag was sent and it isn't the resource's."""
    if etag and etag != body["etag"]:
        raise Refusal("ABORTED", f"Conflict for resource '{short(body['name'])}': etag was {etag}, is {body['etag']}.")


def ready(body: Json, port: int) -> None:
    """Notes that the newest revision serves on the port."""
    body["latestReadyRevision"] = body["latestCreatedRevision"]
    body["trafficStatuses"] = copy.deepcopy(body["traffic"])
    moved(body, port)
    _conditions(body, "CONDITION_SUCCEEDED")


def moved(body: Json, port: int) -> None:
    """Notes the port on which the service listens."""
    body["uri"] = f"http://127.0.0.1:{port}"
    body["urls"] = [body["uri"]]


def failed(body: Json, message: str) -> None:
    """Notes that the newest revision did not start."""
    _conditions(body, "CONDITION_FAILED", message=message, severity="ERROR", reason="REVISION_FAILED")


def short(name: str) -> str:
    """The last part of a resource name."""
    return name.rpartition("/")[2]


def timestamp() -> str:
    """The time now as Google writes it."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _spec(given: Json, project: str) -> Json:
    for key in given:
        if key not in _SPEC and key not in _OUTPUT:
            message = f"Invalid JSON payload received. Unknown name \"{key}\" at 'service': Cannot find field."
            raise Refusal("INVALID_ARGUMENT", message)
    spec = {key: copy.deepcopy(value) for key, value in given.items() if key in _SPEC and value is not None}
    if not isinstance(spec.get("template", {}), dict):
        raise invalid("CreateServiceRequest.service.template", "A message is expected.")
    for key, names in (("ingress", _INGRESS), ("launchStage", _STAGES)):
        name_enum(spec, key, names)
    spec.setdefault("ingress", "INGRESS_TRAFFIC_ALL")
    spec.setdefault("launchStage", "GA")
    spec["traffic"] = spec.get("traffic") or [{"type": _LATEST, "percent": 100}]
    for target in spec["traffic"]:
        name_enum(target, "type", _TARGETS)
    spec["template"] = filled(spec.get("template", {}), project)
    return spec


def _masked(old: Json, given: Json, mask: list[str]) -> Json:
    merged = {key: copy.deepcopy(value) for key, value in old.items() if key in _SPEC}
    for path in mask:
        target, source, parts = merged, given, path.split(".")
        for part in parts[:-1]:
            target, source = target.setdefault(part, {}), source.get(part) or {}
        if parts[-1] in source:
            target[parts[-1]] = copy.deepcopy(source[parts[-1]])
        else:
            target.pop(parts[-1], None)
    return merged


def _accepted(body: Json, who: str, new_revision: bool) -> Json:
    body.update(updateTime=timestamp(), lastModifier=who, etag=f'"{uuid.uuid4().hex[:22]}"')
    if new_revision:
        name = body["template"].get("revision") or _revision(short(body["name"]), body["generation"])
        body["latestCreatedRevision"] = f"{body['name']}/revisions/{name}"
    _conditions(body, "CONDITION_RECONCILING")
    return body


def _revision(service: str, generation: str) -> str:
    letters = "".join(random.choices("bcdfghjklmnpqrstvwxz", k=3))  # noqa: S311 - only has to differ
    return f"{service}-{int(generation):05d}-{letters}"


def _conditions(body: Json, state: str, **more: str) -> None:
    condition = {"state": state, "lastTransitionTime": timestamp(), **more}
    body["terminalCondition"] = {"type": "Ready", **condition}
    body["conditions"] = [{"type": kind, **condition} for kind in ("RoutesReady", "ConfigurationsReady")]
    body["reconciling"] = state == "CONDITION_RECONCILING"
    if not body["reconciling"]:
        body["observedGeneration"] = body["generation"]
