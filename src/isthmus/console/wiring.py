"""The two clouds as they are wired, read from the Terraform state: what sends to what, and through which link."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from isthmus.local.links import (
    AWS_BROKER,
    AWS_BUCKET,
    AWS_FRONT,
    AWS_TO_GCP,
    GCP_BROKER,
    GCP_BUCKET,
    GCP_INGEST_FRONT,
    GCP_TO_AWS,
)

PRODUCERS = "producers"
DEAD = "-dlq"
"""How names of what holds dead letters end."""
_LINKS = {
    (PRODUCERS, "aws"): AWS_FRONT,
    (PRODUCERS, "gcp"): GCP_INGEST_FRONT,
    ("topic", "aws", "aws"): AWS_BROKER,
    ("topic", "gcp", "gcp"): GCP_BROKER,
    ("topic", "aws", "gcp"): AWS_TO_GCP,
    ("topic", "gcp", "aws"): GCP_TO_AWS,
    ("bucket", "aws", "aws"): AWS_BUCKET,
    ("bucket", "gcp", "gcp"): GCP_BUCKET,
}
"""Which fault proxy stands for which edge of the drawing: to what, from which cloud, to which cloud."""

State = Mapping[str, Any]


@dataclass(frozen=True)
class Node:
    """Something that events pass.

    Attributes:
        id: What AWS and Google call it, which is also how others refer to it.
        cloud: `aws`, `gcp`, or "" for the producers.
        kind: `producers`, `api`, `function`, `topic`, `queue`, `dead_letters` or `bucket`.
        role: `ingest`, `archive` or `bridge`; "" where it has none.
        service: What the cloud calls such a thing.
        name: Its name.
        address: Its address in Terraform.
    """

    id: str
    cloud: str
    kind: str
    role: str
    service: str
    name: str
    address: str = ""


@dataclass(frozen=True)
class Edge:
    """From one to the other.

    Attributes:
        source: A node's id.
        target: A node's id.
        link: The fault proxy that it leads through; "" inside of a cloud's own services.
        says: What goes there beyond everything, as `origin = aws`.
    """

    source: str
    target: str
    link: str = ""
    says: str = ""


@dataclass
class Wiring:
    """The drawing."""

    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)


@dataclass(frozen=True)
class _Resource:
    type: str
    key: str
    address: str
    values: Mapping[str, Any]


def wiring(states: Mapping[str, State]) -> Wiring:
    """Draws what the states of both clouds' platform layer have; a cloud without one is left out."""
    found = {cloud: list(_resources(state)) for cloud, state in states.items()}
    nodes = [Node(PRODUCERS, "", "producers", "", "your programs", "producers")]
    nodes += [node for resource in found.get("aws", ()) if (node := _aws_node(resource))]
    nodes += [node for resource in found.get("gcp", ()) if (node := _gcp_node(resource))]
    known = {node.id: node for node in nodes}
    edges = [*_aws_edges(found.get("aws", ())), *_gcp_edges(found.get("gcp", ()), known)]
    edges += _entrances(nodes)
    whole = [edge for edge in edges if edge.source in known and edge.target in known]
    linked = [_linked(edge, known) for edge in whole]
    used = {end for edge in linked for end in (edge.source, edge.target)}
    return Wiring([node for node in nodes if node.id in used], linked)


def _resources(state: State) -> Iterator[_Resource]:
    for resource in state.get("resources", ()):
        if resource.get("mode") != "managed":
            continue
        base = ".".join(filter(None, (resource.get("module"), resource["type"], resource["name"])))
        for instance in resource["instances"]:
            key = str(instance.get("index_key", ""))
            address = f'{base}["{key}"]' if key else base
            yield _Resource(resource["type"], key, address, instance["attributes"])


_AWS = {
    "aws_apigatewayv2_api": ("api", "API Gateway", "id", "name"),
    "aws_lambda_function": ("function", "Lambda", "arn", "function_name"),
    "aws_sns_topic": ("topic", "SNS", "arn", "name"),
    "aws_sqs_queue": ("queue", "SQS", "arn", "name"),
    "aws_s3_bucket": ("bucket", "S3", "bucket", "bucket"),
}
_GCP = {
    "google_cloud_run_v2_service": ("function", "Cloud Run", "uri", "name"),
    "google_pubsub_topic": ("topic", "Pub/Sub", "id", "name"),
    "google_pubsub_subscription": ("queue", "Subscription", "id", "name"),
    "google_storage_bucket": ("bucket", "Cloud Storage", "name", "name"),
}


def _aws_node(resource: _Resource) -> Node | None:
    return _node("aws", resource, _AWS)


def _gcp_node(resource: _Resource) -> Node | None:
    return _node("gcp", resource, _GCP)


def _node(cloud: str, resource: _Resource, kinds: Mapping[str, tuple[str, str, str, str]]) -> Node | None:
    if resource.type not in kinds:
        return None
    kind, service, id_, name_ = kinds[resource.type]
    name = str(resource.values.get(name_, ""))
    if name.endswith(DEAD):
        if kind == "topic":
            return None  # Its subscription holds the letters, and is drawn.
        kind = "dead_letters"
    return Node(str(resource.values.get(id_, "")), cloud, kind, _role(kind, name), service, name, resource.address)


def _role(kind: str, name: str) -> str:
    words = name.removesuffix(DEAD).rpartition("-")[2]
    return words if kind in ("api", "function", "queue", "dead_letters") else ""


def _aws_edges(resources: list[_Resource] | tuple[()]) -> Iterator[Edge]:
    for one in resources:
        values = one.values
        match one.type:
            case "aws_apigatewayv2_integration":
                arn = str(values["integration_uri"]).partition("/functions/")[2].removesuffix("/invocations")
                yield Edge(values["api_id"], arn or str(values["integration_uri"]))
            case "aws_sns_topic_subscription":
                yield Edge(values["topic_arn"], values["endpoint"], says=_filter(values.get("filter_policy")))
            case "aws_lambda_event_source_mapping":
                yield Edge(values["event_source_arn"], values["function_arn"])
            case "aws_sqs_queue" if values.get("redrive_policy"):
                yield Edge(values["arn"], json.loads(values["redrive_policy"])["deadLetterTargetArn"])
            case "aws_lambda_function":
                yield from _by_environment(values["arn"], _lambda_environment(values))


def _gcp_edges(resources: list[_Resource] | tuple[()], known: Mapping[str, Node]) -> Iterator[Edge]:
    letters = {
        one.values["topic"]: one.values["id"]
        for one in resources
        if one.type == "google_pubsub_subscription" and str(one.values["name"]).endswith(DEAD)
    }
    for one in resources:
        values = one.values
        if one.type == "google_pubsub_subscription":
            yield Edge(values["topic"], values["id"], says=str(values.get("filter") or "").replace("attributes.", ""))
            for push in values.get("push_config") or ():
                yield Edge(values["id"], str(push["push_endpoint"]).removesuffix("/push"))
            for policy in values.get("dead_letter_policy") or ():
                yield Edge(values["id"], letters.get(policy["dead_letter_topic"], ""))
        elif one.type == "google_cloud_run_v2_service":
            yield from _by_environment(values["uri"], _run_environment(values))


def _by_environment(function: str, variables: Mapping[str, str]) -> Iterator[Edge]:
    """Where a function writes to, by its own settings: its bucket, or the topic of its role."""
    cloud, role = variables.get("ISTHMUS_CLOUD", ""), variables.get("ISTHMUS_ROLE", "")
    topics = {"aws": variables.get("ISTHMUS_SNS_TOPIC_ARN", ""), "gcp": variables.get("ISTHMUS_PUBSUB_TOPIC", "")}
    if role == "archive":
        yield Edge(function, variables.get("ISTHMUS_BUCKET", ""))
    elif role == "ingest":
        yield Edge(function, topics.get(cloud, ""))
    elif role == "bridge":
        yield Edge(function, topics["gcp" if cloud == "aws" else "aws"])


def _lambda_environment(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: value for one in values.get("environment") or () for name, value in one["variables"].items()}


def _run_environment(values: Mapping[str, Any]) -> dict[str, str]:
    containers = [one for template in values.get("template") or () for one in template["containers"]]
    return {one["name"]: one.get("value") or "" for container in containers for one in container.get("env") or ()}


def _filter(policy: Any) -> str:
    rules = json.loads(policy) if policy else {}
    return ", ".join(f"{name} = {' or '.join(map(str, values))}" for name, values in rules.items())


def _entrances(nodes: list[Node]) -> Iterator[Edge]:
    """Producers send to AWS's API and to Google's ingest, which has an address of its own."""
    for node in nodes:
        if node.kind == "api" or (node.cloud == "gcp" and node.kind == "function" and node.role == "ingest"):
            yield Edge(PRODUCERS, node.id)


def _linked(edge: Edge, known: Mapping[str, Node]) -> Edge:
    source, target = known[edge.source], known[edge.target]
    if source.kind == "producers":
        link = _LINKS[PRODUCERS, target.cloud]
    elif source.kind == "function":
        link = _LINKS.get((target.kind, source.cloud, target.cloud), "")
    else:
        link = ""
    return Edge(edge.source, edge.target, link, edge.says)
