"""The links between producers, AWS and Google: which proxy listener stands for which, and what an outage breaks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from isthmus.local.ports import HOST


@dataclass(frozen=True)
class LinkSpec:
    """One link.

    Attributes:
        name: Its name; also the name of its port in `run.json`.
        target: The endpoint that it leads to; one that only exists after Terraform applied starts without a target.
        clouds: The clouds whose outage breaks it; none where it lies inside of one.
        says: Who goes through it.
    """

    name: str
    target: str
    clouds: tuple[str, ...]
    says: str


AWS_FRONT = "aws.front"
GCP_INGEST_FRONT = "gcp.ingest.front"
GCP_PUBSUB_FRONT = "gcp.pubsub.front"
GCP_HTTP_FRONT = "gcp.http.front"
AWS_TO_GCP = "aws-to-gcp.pubsub"
AWS_TO_GCP_HTTP = "aws-to-gcp.http"
GCP_TO_AWS = "gcp-to-aws"
AWS_BROKER = "aws.broker"
AWS_BUCKET = "aws.bucket"
GCP_BROKER = "gcp.broker"
GCP_BUCKET = "gcp.bucket"

LINKS: dict[str, LinkSpec] = {
    link.name: link
    for link in (
        LinkSpec(AWS_FRONT, "aws", ("aws",), "producers and tools → AWS"),
        LinkSpec(GCP_INGEST_FRONT, "gcp.ingest", ("gcp",), "producers → Cloud Run ingest"),
        LinkSpec(GCP_PUBSUB_FRONT, "gcp.pubsub", ("gcp",), "tools → Pub/Sub"),
        LinkSpec(GCP_HTTP_FRONT, "gcp.http", ("gcp",), "tools → Google over HTTP"),
        LinkSpec(AWS_TO_GCP, "gcp.pubsub", ("aws", "gcp"), "Lambda → Pub/Sub"),
        LinkSpec(AWS_TO_GCP_HTTP, "gcp.http", ("aws", "gcp"), "Lambda → Cloud Storage"),
        LinkSpec(GCP_TO_AWS, "aws", ("aws", "gcp"), "Cloud Run → SNS, S3"),
        LinkSpec(AWS_BROKER, "aws", (), "Lambda → SNS"),
        LinkSpec(AWS_BUCKET, "aws", (), "Lambda → S3"),
        LinkSpec(GCP_BROKER, "gcp.pubsub", (), "Cloud Run → Pub/Sub"),
        LinkSpec(GCP_BUCKET, "gcp.http", (), "Cloud Run → Cloud Storage"),
    )
}


def links_of(cloud: str) -> list[str]:
    """The links that an outage of a cloud, seen from outside of it, breaks."""
    return [link.name for link in LINKS.values() if cloud in link.clouds]


def initial_target(link: LinkSpec, ports: Mapping[str, int]) -> str | None:
    """The "host:port" that a link leads to, None while its endpoint has no port."""
    port = ports.get(link.target)
    return f"{HOST}:{port}" if port else None
