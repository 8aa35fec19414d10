"""The contract between the provider stand-in and what makes resources real on the local clouds."""

from __future__ import annotations

import functools
import ipaddress
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlsplit

from isthmus.core.errors import ConfigurationError, IsthmusError

State = dict[str, Any]
"""A resource's values by the provider's attribute names; nested blocks are lists of dicts, unset is None."""


class RealizeError(IsthmusError):
    """A local cloud refused or failed an operation; Terraform shows it as an error of that resource.

    Args:
        summary: What failed, in the words that the real provider uses where that is known.
        detail: The cloud's own message.
    """

    def __init__(self, summary: str, detail: str = "") -> None:
        super().__init__(summary, where=detail)
        self.summary = summary
        self.detail = detail


class Realizer(Protocol):
    """Makes one resource type real on the local clouds."""

    def create(self, planned: State, ctx: Context) -> State:
        """Makes the resource. Returns the whole new state, every computed value filled.

        `planned` has `convert.values.UNKNOWN` where Terraform doesn't know a value yet.
        """

    def read(self, state: State, ctx: Context) -> State | None:
        """The resource as it is now; None when it is gone. After an import `state` has little more than `id`."""

    def update(self, prior: State, planned: State, ctx: Context) -> State:
        """Changes the resource in place. Returns the whole new state."""

    def delete(self, state: State, ctx: Context) -> None:
        """Removes the resource; one that is gone already is no error."""


@dataclass(frozen=True)
class Context:
    """Where the local clouds are, and cached clients of them.

    Attributes:
        aws_endpoint: `http://127.0.0.1:PORT` of the local AWS.
        google_http_endpoint: `http://127.0.0.1:PORT` of the local Google's HTTP side (Storage, KMS, Run, IAM).
        google_grpc_endpoint: `127.0.0.1:PORT` of the local Pub/Sub.
        region: AWS region.
        account_id: AWS account.
        project: Google project.
        google_region: Google region.
        project_number: Google project number; service agents are named by it.
        access_key: Access key that the local AWS takes.
        secret_key: Its secret.
    """

    aws_endpoint: str = ""
    google_http_endpoint: str = ""
    google_grpc_endpoint: str = ""
    region: str = "us-east-1"
    account_id: str = "000000000000"
    project: str = "isthmus-dev"
    google_region: str = "us-central1"
    project_number: str = "000000000000"
    access_key: str = "test"
    secret_key: str = "test"  # noqa: S105 - what the local emulator takes

    def __post_init__(self) -> None:
        for endpoint in (self.aws_endpoint, self.google_http_endpoint, self.google_grpc_endpoint):
            if endpoint:
                refuse_unless_loopback(endpoint)

    @property
    def live(self) -> bool:
        """Whether there is any local cloud to make resources on."""
        return bool(self.aws_endpoint or self.google_http_endpoint or self.google_grpc_endpoint)

    def aws(self, service: str, region: str = "") -> Any:
        """A boto3 client of the local AWS; one is kept per service and region."""
        return _aws_client(service, region or self.region, self.aws_endpoint, self.access_key, self.secret_key)

    def publisher(self) -> Any:
        """A `google.pubsub_v1.PublisherClient` (also its IAM and topic calls) of the local Pub/Sub."""
        return _pubsub_client("PublisherClient", self.google_grpc_endpoint)

    def subscriber(self) -> Any:
        """A `google.pubsub_v1.SubscriberClient` of the local Pub/Sub."""
        return _pubsub_client("SubscriberClient", self.google_grpc_endpoint)

    def storage(self) -> Any:
        """A `google.cloud.storage.Client` of the local Cloud Storage."""
        return _storage_client(self.google_http_endpoint, self.project)

    def kms(self) -> Any:
        """A `google.cloud.kms_v1.KeyManagementServiceClient` of the local Cloud KMS."""
        return _kms_client(self.google_grpc_endpoint)

    def google_project(self, project: str) -> str:
        """A project to make something in: the local Google has it from now on, as if somebody had created it."""
        if self.google_http_endpoint:
            _create_project(self.google_http_endpoint, project)
        return project

    def run(self) -> Any:
        """A session for the local Cloud Run admin API: `ctx.run().get("/v2/projects/…")` and so on."""
        return _http_session(self.google_http_endpoint)


def refuse_unless_loopback(endpoint: str) -> None:
    """Raises ConfigurationError unless the endpoint is on this machine's loopback, by address or as `localhost`."""
    host = urlsplit(endpoint if "//" in endpoint else f"//{endpoint}").hostname or ""
    if host == "localhost":
        return
    try:
        if ipaddress.ip_address(host).is_loopback:
            return
    except ValueError:
        pass
    raise ConfigurationError(
        "the rehearsal speaks to local clouds only, and this endpoint is not on loopback",
        where=endpoint,
        fix="use an address in 127.0.0.0/8",
    )


# Making a client loads the service's model, which is slow, and the session is not safe for threads: one at a time.
_making = threading.RLock()


def _one_at_a_time(make: Callable[..., Any]) -> Callable[..., Any]:
    cached = functools.cache(make)

    @functools.wraps(make)
    def locked(*args: str) -> Any:
        with _making:
            return cached(*args)

    return locked


@functools.cache
def _aws_session(region: str, access_key: str, secret_key: str) -> Any:
    import boto3

    return boto3.session.Session(aws_access_key_id=access_key, aws_secret_access_key=secret_key, region_name=region)


@_one_at_a_time
def _aws_client(service: str, region: str, endpoint: str, access_key: str, secret_key: str) -> Any:
    from botocore.config import Config

    from isthmus.adapters.aws.session import as_if_tls

    config = Config(
        retries={"max_attempts": 3, "mode": "standard"},
        s3={"addressing_style": "path"},
        proxies={},
        max_pool_connections=16,
        connect_timeout=5,
        read_timeout=60,
    )
    client = _aws_session(region, access_key, secret_key).client(service, endpoint_url=endpoint, config=config)
    return as_if_tls(client)


@_one_at_a_time
def _pubsub_client(kind: str, target: str) -> Any:
    import grpc
    from google import pubsub_v1
    from google.pubsub_v1.services import publisher, subscriber

    transport = {
        "PublisherClient": publisher.transports.PublisherGrpcTransport,
        "SubscriberClient": subscriber.transports.SubscriberGrpcTransport,
    }[kind]
    channel = grpc.insecure_channel(target)
    return getattr(pubsub_v1, kind)(transport=transport(channel=channel, host=target))


@_one_at_a_time
def _storage_client(endpoint: str, project: str) -> Any:
    from google.auth.credentials import AnonymousCredentials
    from google.cloud import storage

    return storage.Client(
        project=project, credentials=AnonymousCredentials(), client_options={"api_endpoint": endpoint}
    )


@_one_at_a_time
def _kms_client(target: str) -> Any:
    import grpc
    from google.cloud import kms_v1
    from google.cloud.kms_v1.services.key_management_service.transports import (
        KeyManagementServiceGrpcTransport,
    )

    transport = KeyManagementServiceGrpcTransport(channel=grpc.insecure_channel(target), host=target)
    return kms_v1.KeyManagementServiceClient(transport=transport)


@_one_at_a_time
def _create_project(endpoint: str, project: str) -> None:
    _http_session(endpoint).post("/_isthmus/projects", json={"project": project}).raise_for_status()


@_one_at_a_time
def _http_session(endpoint: str) -> Any:
    import requests

    class LocalSession(requests.Session):  # type: ignore[misc]
        """Requests by path; the endpoint is put before it, and no proxy of the environment is used."""

        def request(self, method: str | bytes, url: str | bytes, *args: Any, **kwargs: Any) -> Any:
            path = url.decode() if isinstance(url, bytes) else url
            kwargs.setdefault("timeout", 60)
            return super().request(method, endpoint.rstrip("/") + path, *args, **kwargs)

    session = LocalSession()
    session.trust_env = False
    return session
