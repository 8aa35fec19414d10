"""Both archives of a run, as the buckets that readers take."""

from __future__ import annotations

from typing import Any

from isthmus.adapters.aws.bucket import S3Bucket
from isthmus.adapters.calls import Calls
from isthmus.adapters.gcp.bucket import GcsBucket
from isthmus.core.ports import Tables
from isthmus.local.endpoints import Endpoints

CONNECT_SECONDS = 1.0
READ_SECONDS = 5.0


def archives(endpoints: Endpoints, *, front: bool = False, calls: Calls | None = None) -> tuple[Tables, Tables]:
    """The archive on AWS and the one on Google.

    Args:
        endpoints: Where the clouds answer.
        front: Through the fault proxies, so that an outage shows; else past them, for administration.
        calls: Where the calls are counted.
    """
    counted = calls or Calls()
    names = {cloud: str(endpoints.outputs[cloud]["bucket"]) for cloud in ("aws", "gcp")}
    return (
        S3Bucket(_s3(endpoints, front), names["aws"], counted),
        GcsBucket(_storage(endpoints, front), names["gcp"], counted),
    )


def _s3(endpoints: Endpoints, front: bool) -> Any:
    import boto3
    from botocore.config import Config

    from isthmus.adapters.aws.session import as_if_tls

    config = Config(
        connect_timeout=CONNECT_SECONDS,
        read_timeout=READ_SECONDS,
        retries={"total_max_attempts": 1},
        max_pool_connections=32,
        proxies={},
        s3={"addressing_style": "path"},
    )
    options: dict[str, Any] = dict(endpoints.aws_client_options(front=front))
    return as_if_tls(boto3.client("s3", config=config, **options))


def _storage(endpoints: Endpoints, front: bool) -> Any:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.storage import Client

    address = endpoints.gcp_http_front if front else endpoints.gcp_http
    return Client(
        project=endpoints.project, credentials=AnonymousCredentials(), client_options={"api_endpoint": address}
    )
