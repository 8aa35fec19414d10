"""Where everything of a run answers; what the publisher, the archive readers and the rehearsal are given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from isthmus.local import process
from isthmus.local.errors import NotUp
from isthmus.local.links import AWS_FRONT, GCP_HTTP_FRONT, GCP_INGEST_FRONT, GCP_PUBSUB_FRONT
from isthmus.local.parts import ACCOUNT_ID, AWS_CREDENTIALS, PROJECT, REGION
from isthmus.local.ports import HOST
from isthmus.local.rundir import RunDirectory, RunRecord


@dataclass(frozen=True)
class Endpoints:
    """Endpoints of a run.

    Attributes:
        aws, gcp_http: Base URLs past the fault proxies, for administration; the `_front` ones go through them.
        gcp_pubsub: "host:port" of gRPC, as PUBSUB_EMULATOR_HOST has it.
        ingests: Base URL of each cloud's ingest through its proxy, once Terraform has been applied.
        outputs: The outputs of each cloud's Terraform stack.
    """

    aws: str
    aws_front: str
    gcp_http: str
    gcp_http_front: str
    gcp_pubsub: str
    gcp_pubsub_front: str
    ingests: Mapping[str, str]
    api_key: str
    outputs: Mapping[str, Mapping[str, Any]]
    account_id: str = ACCOUNT_ID
    region: str = REGION
    project: str = PROJECT

    @property
    def consumers(self) -> tuple[str, ...]:
        """Who reads the topics: archive, bridge, and handlers of your own."""
        found = {name for outputs in self.outputs.values() for name in outputs.get("queues", ())}
        return tuple(sorted({"archive", "bridge"} | found))

    @classmethod
    def of(cls, record: RunRecord) -> Endpoints:
        """Reads them from the record of a run whose parts have been started."""
        ports = record.ports
        return cls(
            aws=url(ports["aws"]),
            aws_front=url(ports[AWS_FRONT]),
            gcp_http=url(ports["gcp.http"]),
            gcp_http_front=url(ports[GCP_HTTP_FRONT]),
            gcp_pubsub=f"{HOST}:{ports['gcp.pubsub']}",
            gcp_pubsub_front=f"{HOST}:{ports[GCP_PUBSUB_FRONT]}",
            ingests=_ingests(record),
            api_key=record.api_key,
            outputs=record.outputs,
        )

    @classmethod
    def require(cls, run: RunDirectory, *, any_cloud: bool = False) -> Endpoints:
        """The endpoints of a run that is up.

        Args:
            run: The run.
            any_cloud: Whether one cloud is enough, as for sending.

        Raises:
            NotUp: A part is missing, or Terraform has not been applied.
        """
        record = run.read()
        missing = [name for name in ("proxy", "aws", "gcp") if not _runs(record, name)]
        if missing and not (any_cloud and len(missing) == 1 and missing != ["proxy"]):
            what = (
                "the clouds are not up"
                if len(missing) == 3
                else f"not everything is up: {', '.join(missing)} does not run"
            )
            raise NotUp(what, where=str(run.root))
        if set(record.outputs) < {"aws", "gcp"}:
            raise NotUp("the clouds run, but Terraform has not been applied to both", where=str(run.root))
        return cls.of(record)

    def aws_client_options(self, *, front: bool = False) -> dict[str, str]:
        """Keyword arguments for `boto3.client` that reach the local AWS and nothing else."""
        return {
            "endpoint_url": self.aws_front if front else self.aws,
            "region_name": self.region,
            "aws_access_key_id": AWS_CREDENTIALS["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": AWS_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        }


def url(port: int) -> str:
    """Base URL of a loopback port."""
    return f"http://{HOST}:{port}"


def ingest_target(outputs: Mapping[str, Any]) -> str | None:
    """The "host:port" of the Cloud Run ingest, as the Google stack's outputs have it."""
    return urlsplit(str(outputs.get("ingest_url", ""))).netloc or None


def _ingests(record: RunRecord) -> dict[str, str]:
    found = {}
    if "aws" in record.outputs:
        # The local gateway takes the API's id in the path, since its host name would not resolve.
        api_id = (urlsplit(str(record.outputs["aws"].get("ingest_url", ""))).hostname or "").partition(".")[0]
        found["aws"] = f"{url(record.ports[AWS_FRONT])}/_aws/execute-api/{api_id}/$default"
    if "gcp" in record.outputs:
        found["gcp"] = url(record.ports[GCP_INGEST_FRONT])
    return found


def _runs(record: RunRecord, name: str) -> bool:
    part = record.parts.get(name)
    return part is not None and process.alive(part)
