"""Google Cloud clients with the time limits that failing over needs, and the credentials of where the code runs.

On Google Cloud the service account's credentials come from the metadata server. On AWS there are none to keep: the
Lambda role signs a request that a workload identity pool (ISTHMUS_WORKLOAD_IDENTITY_PROVIDER) accepts as proof. The
service account ISTHMUS_GCP_SERVICE_ACCOUNT is impersonated; where none is named, the role itself has the grants. On a
laptop the emulator variables name the local Google Cloud, which takes anonymous calls.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import google.auth
import google.auth.aws
import google.auth.credentials

if TYPE_CHECKING:
    from google.pubsub_v1 import PublisherClient

SCOPE = "https://www.googleapis.com/auth/cloud-platform"

_CHANNEL = (
    # gRPC waits up to two minutes between its attempts to reconnect; a broker that is back must be used at once.
    ("grpc.initial_reconnect_backoff_ms", 200),
    ("grpc.min_reconnect_backoff_ms", 200),
    ("grpc.max_reconnect_backoff_ms", 1000),
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 3_000),
)


def credentials() -> google.auth.credentials.Credentials:
    """Returns the credentials of where the code runs: a federated AWS role, or Google's application default."""
    provider = os.environ.get("ISTHMUS_WORKLOAD_IDENTITY_PROVIDER", "")
    if not provider:
        found: google.auth.credentials.Credentials = google.auth.default(scopes=[SCOPE])[0]
        return found
    return google.auth.aws.Credentials.from_info(
        {
            **_impersonated(os.environ.get("ISTHMUS_GCP_SERVICE_ACCOUNT", "")),
            "type": "external_account",
            "audience": provider,
            "subject_token_type": "urn:ietf:params:aws:token-type:aws4_request",
            "token_url": "https://sts.googleapis.com/v1/token",
            "credential_source": {
                "environment_id": "aws1",
                "regional_cred_verification_url": (
                    "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15"
                ),
            },
        },
        scopes=[SCOPE],
    )


def _impersonated(account: str) -> dict[str, str]:
    if not account:
        return {}
    url = f"https://iamcredentials.googleapis.com/v1/projects/-/serviceAccounts/{account}:generateAccessToken"
    return {"service_account_impersonation_url": url}


def publisher() -> PublisherClient:
    """Makes a Pub/Sub publisher that publishes each message at once; frames are batches already."""
    import grpc
    from google.pubsub_v1 import PublisherClient
    from google.pubsub_v1.services.publisher.transports import PublisherGrpcTransport

    emulator = os.environ.get("PUBSUB_EMULATOR_HOST", "")
    if emulator:
        channel = grpc.insecure_channel(emulator, options=_CHANNEL)
        return PublisherClient(transport=PublisherGrpcTransport(channel=channel))
    transport = PublisherGrpcTransport.create_channel(credentials=credentials(), options=_CHANNEL)
    return PublisherClient(transport=PublisherGrpcTransport(channel=transport))


def storage(project: str) -> Any:
    """Makes a Cloud Storage client; STORAGE_EMULATOR_HOST names a local one."""
    from google.auth.credentials import AnonymousCredentials
    from google.cloud.storage import Client

    if os.environ.get("STORAGE_EMULATOR_HOST"):
        return Client(project=project, credentials=AnonymousCredentials())
    return Client(project=project, credentials=credentials())
