"""The template of a service's revisions: what Google fills in, and what it refuses."""

from __future__ import annotations

import copy
from typing import Any

from isthmus.local.google.run.command import RESERVED
from isthmus.local.google.run.errors import invalid

Json = dict[str, Any]
_ENVIRONMENTS = ("EXECUTION_ENVIRONMENT_UNSPECIFIED", "EXECUTION_ENVIRONMENT_GEN1", "EXECUTION_ENVIRONMENT_GEN2")
_EGRESS = ("VPC_EGRESS_UNSPECIFIED", "ALL_TRAFFIC", "PRIVATE_RANGES_ONLY")


def filled(given: Json, project: str) -> Json:
    """The template with Google's defaults, checked.

    Raises:
        Refusal: INVALID_ARGUMENT, for what Cloud Run would not take.
    """
    template = copy.deepcopy(given)
    containers = template.get("containers")
    if not isinstance(containers, list) or not containers or not all(isinstance(one, dict) for one in containers):
        raise invalid("CreateServiceRequest.service.template.containers", "At least one container is required.")
    name_enum(template, "executionEnvironment", _ENVIRONMENTS)
    name_enum(template.get("vpcAccess") or {}, "egress", _EGRESS)
    template.setdefault("scaling", {}).setdefault("maxInstanceCount", 100)
    template.setdefault("timeout", "300s")
    template.setdefault("serviceAccount", f"{project}-compute@developer.gserviceaccount.com")
    template.setdefault("maxInstanceRequestConcurrency", 80)
    _check_limits(template)
    template["containers"] = [_container(one, index == 0) for index, one in enumerate(containers)]
    return template


def name_enum(holder: Json, key: str, names: tuple[str, ...]) -> None:
    """Makes a name of an enum's number; Google's REST clients send numbers.

    Raises:
        Refusal: INVALID_ARGUMENT, when there is no such value.
    """
    value = holder.get(key)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < len(names):
        holder[key] = names[value]
    elif value is not None and value not in names:
        raise invalid(key, f"{value!r} is not a value of this field.")


def _check_limits(template: Json) -> None:
    where = "CreateServiceRequest.service.template"
    concurrency = template["maxInstanceRequestConcurrency"]
    if not isinstance(concurrency, int) or not 1 <= concurrency <= 1000:
        raise invalid(f"{where}.max_instance_request_concurrency", "The value must be between 1 and 1000.")
    try:
        timeout = float(str(template["timeout"]).removesuffix("s"))
    except ValueError:
        raise invalid(f"{where}.timeout", "Illegal duration format; duration must end with 's'.") from None
    if not 0 < timeout <= 3600:
        raise invalid(f"{where}.timeout", "The timeout must be between 1 and 3600 seconds.")


def _container(container: Json, first: bool) -> Json:
    if not container.get("image"):
        raise invalid("CreateServiceRequest.service.template.containers.image", "Expected a container image path.")
    reserved = sorted(item["name"] for item in container.get("env", ()) if item.get("name") in RESERVED)
    if reserved:
        message = f"The following reserved env names were provided: {', '.join(reserved)}. "
        raise invalid("CreateServiceRequest.service.template.containers.env", message + "They are set automatically.")
    resources = container.setdefault("resources", {"cpuIdle": True, "startupCpuBoost": True})
    limits = resources.setdefault("limits", {})
    limits.setdefault("cpu", "1000m")
    limits.setdefault("memory", "512Mi")
    if first:
        ports = container.setdefault("ports", [{}])
        ports[0].setdefault("name", "http1")
        ports[0].setdefault("containerPort", 8080)
        container["startupProbe"] = _probe(container.get("startupProbe"), ports[0]["containerPort"])
    return container


def _probe(probe: Json | None, port: int) -> Json:
    if probe is None:
        return {"timeoutSeconds": 240, "periodSeconds": 240, "failureThreshold": 1, "tcpSocket": {"port": port}}
    filled_in = {"timeoutSeconds": 1, "periodSeconds": 10, "failureThreshold": 3, **probe}
    if "httpGet" in filled_in:
        filled_in["httpGet"] = {"path": "/", "port": port, **filled_in["httpGet"]}
    elif "grpc" not in filled_in:
        filled_in["tcpSocket"] = {"port": port, **filled_in.get("tcpSocket", {})}
    return filled_in
