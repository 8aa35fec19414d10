"""Cloud Run services, and who may invoke them."""

from __future__ import annotations

import re
from typing import Any

from google.api_core.exceptions import from_http_response

from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.realize.base import Context, RealizeError, Realizer, State
from isthmus.rehearsal.realize.google.resource import Bindings, Edit, GoogleResource, Member
from isthmus.rehearsal.realize.resource import Found
from isthmus.rehearsal.realize.states import text

_SENT = (
    "annotations",
    "client",
    "custom_audiences",
    "description",
    "ingress",
    "invoker_iam_disabled",
    "labels",
    "launch_stage",
    "template",
)
_PLURAL = frozenset({"containers", "env", "ports", "volumes", "volume_mounts", "http_headers"})
"""Blocks of a template that may stand several times; every other one stands once."""

_VERBATIM = frozenset({"limits", "labels", "annotations", "node_selector"})


class Service(GoogleResource):
    """google_cloud_run_v2_service."""

    label = "Service"
    named_by = "name"
    fresh = (
        "etag",
        "generation",
        "observed_generation",
        "update_time",
        "latest_ready_revision",
        "latest_created_revision",
        "conditions",
        "terminal_condition",
        "last_modifier",
        "traffic_statuses",
    )
    volatile = fresh

    def make(self, planned: State, ctx: Context) -> Found:
        """services.create."""
        parent, _, name = self._name(planned, ctx).rpartition("/services/")
        _finish(ctx, ctx.run().post(f"/v2/{parent}/services?serviceId={name}", json=_body(planned)))
        return {"id": self._name(planned, ctx)}

    def find(self, state: State, ctx: Context) -> Found | None:
        """services.get."""
        body = _answer(ctx.run().get(f"/v2/{self._name(state, ctx)}"))
        parts = body["name"].split("/")
        return {
            "conditions": [],
            "create_time": body.get("createTime"),
            "creator": body.get("creator", ""),
            "custom_audiences": body.get("customAudiences", []),
            "delete_time": "",
            "description": body.get("description", ""),
            "effective_annotations": body.get("annotations", {}),
            "effective_labels": body.get("labels", {}),
            "etag": body.get("etag"),
            "expire_time": "",
            "generation": str(body.get("generation", "1")),
            "id": body["name"],
            "ingress": body.get("ingress"),
            "last_modifier": body.get("lastModifier", ""),
            "latest_created_revision": body.get("latestCreatedRevision"),
            "latest_ready_revision": body.get("latestReadyRevision"),
            "launch_stage": body.get("launchStage") or "GA",
            "location": parts[3],
            "name": parts[5],
            "observed_generation": str(body.get("observedGeneration", "1")),
            "project": parts[1],
            "reconciling": bool(body.get("reconciling", False)),
            "terminal_condition": [],
            "traffic_statuses": [],
            "uid": body.get("uid"),
            "update_time": body.get("updateTime"),
            "uri": body.get("uri"),
            "urls": body.get("urls") or [body.get("uri")],
        }

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """services.patch."""
        wanted = {**prior, **{name: value for name, value in planned.items() if value is not UNKNOWN}}
        _finish(ctx, ctx.run().patch(f"/v2/{self._name(prior, ctx)}", json=_body(wanted)))

    def remove(self, state: State, ctx: Context) -> None:
        """services.delete; the provider refuses while deletion protection is on."""
        if state.get("deletion_protection"):
            raise RealizeError(
                "cannot destroy service without setting deletion_protection=false and running `terraform apply`",
                text(state, "name"),
            )
        _finish(ctx, ctx.run().delete(f"/v2/{self._name(state, ctx)}"))

    def _name(self, values: State, ctx: Context) -> str:
        return f"projects/{self.project(values, ctx)}/locations/{values['location']}/services/{values['name']}"


def _body(values: State) -> dict[str, Any]:
    wanted = {name: values.get(name) for name in _SENT}
    body = {_camel(name): _json(name, value) for name, value in wanted.items() if _given(value)}
    labels = values.get("effective_labels")
    return body | ({"labels": labels} if isinstance(labels, dict) else {})


def _given(value: Any) -> bool:
    return value is not None and value is not UNKNOWN and value != [] and value != {}


def _json(name: str, value: Any) -> Any:
    """A value in the API's JSON: blocks that stand once become objects, names become camel case."""
    if name in _VERBATIM:
        return value
    if isinstance(value, dict):
        return {_camel(key): _json(key, item) for key, item in value.items() if _given(item)}
    if isinstance(value, list) and value and all(isinstance(item, dict | None) for item in value):
        items = [_json("", item or {}) for item in value]
        return items if name in _PLURAL else items[0]
    return value


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


def _answer(response: Any) -> Any:
    if response.status_code >= 400:
        raise from_http_response(response)
    return response.json()


def _finish(ctx: Context, response: Any) -> None:
    """Waits for an operation, and raises what it came to when that is an error."""
    operation = _answer(response)
    while not operation.get("done"):
        operation = _answer(ctx.run().post(f"/v2/{operation['name']}:wait", json={}))
    if "error" in operation:
        raise RealizeError("waiting for the service", str(operation["error"].get("message", operation["error"])))


def _edit(state: State, ctx: Context, edit: Edit) -> Bindings:
    name = _resource(state, ctx)
    policy = _answer(ctx.run().get(f"/v2/{name}:getIamPolicy"))
    roles = {binding["role"]: set(binding["members"]) for binding in policy.get("bindings", [])}
    if edit is not None:
        edit(roles)
        bindings = [{"role": role, "members": sorted(members)} for role, members in sorted(roles.items()) if members]
        body = {"policy": {"bindings": bindings, "etag": policy.get("etag", "")}}
        policy = _answer(ctx.run().post(f"/v2/{name}:setIamPolicy", json=body))
    return roles, str(policy.get("etag", ""))


def _resource(state: State, ctx: Context) -> str:
    name = str(state["name"])
    project = text(state, "project") or ctx.project
    location = text(state, "location") or ctx.google_region
    return name if "/" in name else f"projects/{project}/locations/{location}/services/{name}"


REALIZERS: dict[str, Realizer] = {
    "google_cloud_run_v2_service": Service(),
    "google_cloud_run_v2_service_iam_member": Member("service IAM member", _edit, _resource),
}
