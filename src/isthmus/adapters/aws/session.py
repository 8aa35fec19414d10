"""AWS clients with the time limits that failing over needs, and the credentials of where the code runs.

On AWS the Lambda role's credentials come from the environment. On Google Cloud there are none to keep: the service's
identity token, from the metadata server, is exchanged by STS `AssumeRoleWithWebIdentity` for the role that
ISTHMUS_AWS_ROLE_ARN names. On a laptop the local AWS takes any credentials, and AWS_ENDPOINT_URL names it.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from botocore.config import Config
from botocore.credentials import DeferredRefreshableCredentials
from botocore.session import Session, get_session

from isthmus.adapters.aws.faults import FAULTS
from isthmus.core.errors import Unavailable

CONNECT_TIMEOUT_SECONDS = 1.0
READ_TIMEOUT_SECONDS = 3.0
"""With the other broker's equal limit, both out are answered before API Gateway's 30 s (AWS quota, 2026-11)."""

AUDIENCE = "sts.amazonaws.com"
"""The audience that the role's trust policy asks of the identity token."""


def client(service: str, region: str, *, attempts: int = 1, endpoint: str | None = None) -> Any:
    """Makes a client of a service.

    Args:
        service: The SDK's name of the service (`sns`, `s3`).
        region: The AWS region.
        attempts: How often a call is tried in all; 1 where the caller fails over instead.
        endpoint: Another endpoint than the SDK's own or AWS_ENDPOINT_URL's.
    """
    config = Config(
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": attempts},
        max_pool_connections=32,
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        s3={"addressing_style": "path"} if os.environ.get("ISTHMUS_LOCAL") else {},
    )
    made = _session(region).create_client(service, region_name=region, config=config, endpoint_url=endpoint)
    return as_if_tls(made) if os.environ.get("ISTHMUS_LOCAL") else made


def as_if_tls(client: Any) -> Any:
    """Lets a client of the local AWS, which has no TLS, pass where a policy asks for it; returns the client.

    The header says what a proxy that ends TLS would say; without it every such policy refuses the laptop.
    """
    client.meta.events.register("before-sign.*", _say_tls)
    return client


def _say_tls(request: Any, **_: Any) -> None:
    request.headers["X-Forwarded-Proto"] = "https"


def credentials(region: str) -> Any:
    """The credentials of where the code runs, in botocore's form."""
    return _session(region).get_credentials()


@cache
def _session(region: str) -> Session:
    """The session of all clients of a process: what it reads for the first takes 8 MB, for each further one nothing.

    It is botocore's: boto3 adds resources and managed transfers, which nothing here uses, and 3 MB.
    """
    session = get_session()
    if os.environ.get("ISTHMUS_AWS_ROLE_ARN") and not os.environ.get("ISTHMUS_LOCAL"):
        role = os.environ["ISTHMUS_AWS_ROLE_ARN"]
        # At the first call and not before: a service starts while AWS is out.
        session._credentials = DeferredRefreshableCredentials(
            refresh_using=lambda: _assume(role, region), method="sts-assume-role-with-web-identity"
        )
    return session


def _assume(role: str, region: str) -> dict[str, str]:
    """Exchanges the Google service's identity token for the role's temporary credentials.

    Raises:
        Unavailable: There is no token, or AWS doesn't answer or doesn't trust it.
    """
    from google.auth.exceptions import GoogleAuthError
    from google.auth.transport.requests import Request
    from google.oauth2.id_token import fetch_id_token

    try:
        token = fetch_id_token(Request(), AUDIENCE)
        answer = _sts(region).assume_role_with_web_identity(
            RoleArn=role, RoleSessionName=os.environ.get("K_SERVICE", "isthmus"), WebIdentityToken=token
        )["Credentials"]
    except (*FAULTS, GoogleAuthError) as error:
        raise Unavailable(f"AWS gave no credentials: {error}", where=role) from error
    return {
        "access_key": answer["AccessKeyId"],
        "secret_key": answer["SecretAccessKey"],
        "token": answer["SessionToken"],
        "expiry_time": answer["Expiration"].isoformat(),
    }


def _sts(region: str) -> Any:
    """Without credentials, and with a time limit: by itself it would wait for minutes for a region that is out."""
    from botocore import UNSIGNED

    config = Config(
        signature_version=UNSIGNED,
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        read_timeout=READ_TIMEOUT_SECONDS,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
    return get_session().create_client("sts", region_name=region, config=config)
