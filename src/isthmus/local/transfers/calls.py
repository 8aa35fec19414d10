"""Functions that are called by a schedule, as an applied state has them, and the calls themselves.

EventBridge Scheduler calls a Lambda function, Cloud Scheduler a service with a token of its own account. Neither has a
stand-in: the definition is read, and carried out at the same times by the same calls.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from isthmus.core.errors import ConfigurationError, Unavailable
from isthmus.core.frames import Cloud
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory
from isthmus.local.transfers.definitions import Job, instances
from isthmus.local.transfers.schedules import expression, seconds_of, unix_cron

EVENTBRIDGE = "aws_scheduler_schedule"
CLOUD_SCHEDULER = "google_cloud_scheduler_job"
LAMBDA_SECONDS = 900.0
"""The longest that a function runs (AWS Lambda quotas, 2026-11)."""


@dataclass(frozen=True)
class ScheduledCall(Job):
    """A function that is called by a schedule; its target is the cloud where it runs.

    Attributes:
        to: The function's ARN, or the service's address.
        audience: What the token is for, on Google Cloud.
        account: Whose token it is, on Google Cloud.
        limit_seconds: How long an answer may take.
    """

    to: str = ""
    audience: str = ""
    account: str = ""
    limit_seconds: float = LAMBDA_SECONDS


Call = Callable[[ScheduledCall], None]
"""Calls a function; Unavailable when it fails or does not answer."""


def calls_of(state: Mapping[str, Any]) -> list[ScheduledCall]:
    """Reads the schedules of a Terraform state; one that can't be followed says why."""
    found = []
    for address, kind, attributes in instances(state, (EVENTBRIDGE, CLOUD_SCHEDULER)):
        read = {EVENTBRIDGE: _eventbridge, CLOUD_SCHEDULER: _cloud_scheduler}[kind]
        target: Cloud = "aws" if kind == EVENTBRIDGE else "gcp"
        # Both clouds have one of the same name.
        name = f"{target}/{attributes.get('name') or address}"
        try:
            found.append(read(name, address, attributes))
        except (ConfigurationError, KeyError, IndexError, TypeError, ValueError) as error:
            why = str(error) if isinstance(error, ConfigurationError) else f"it is incomplete ({error!r})"
            found.append(ScheduledCall(name, address, target, problem=why))
    return found


def _eventbridge(name: str, address: str, schedule: Mapping[str, Any]) -> ScheduledCall:
    target = schedule["target"][0]
    if ":lambda:" not in target["arn"]:
        raise ConfigurationError(f"it calls no function: {target['arn']}")
    if (schedule.get("state") or "ENABLED") != "ENABLED":
        raise ConfigurationError(f"its state is {schedule['state']}")
    return ScheduledCall(name, address, "aws", expression(schedule["schedule_expression"]), to=target["arn"])


def _cloud_scheduler(name: str, address: str, job: Mapping[str, Any]) -> ScheduledCall:
    target = job["http_target"][0]
    token = target["oidc_token"][0]
    if job.get("paused"):
        raise ConfigurationError("it is paused")
    return ScheduledCall(
        name,
        address,
        "gcp",
        unix_cron(job["schedule"]),
        to=target["uri"],
        audience=token["audience"],
        account=token["service_account_email"],
        limit_seconds=seconds_of(job.get("attempt_deadline")),
    )


def caller(run: RunDirectory, endpoints: Callable[[], Endpoints]) -> Call:
    """Makes what calls the functions of a run."""

    def call(job: ScheduledCall) -> None:
        if job.target == "aws":
            _invoke(job, endpoints())
        else:
            _post(job, run)

    return call


def _invoke(job: ScheduledCall, endpoints: Endpoints) -> None:
    import boto3
    from botocore.config import Config
    from botocore.exceptions import BotoCoreError, ClientError

    config = Config(read_timeout=job.limit_seconds, retries={"total_max_attempts": 1}, proxies={})
    client = boto3.client("lambda", config=config, **endpoints.aws_client_options())
    try:
        answer = client.invoke(FunctionName=job.to, Payload=b"{}")
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(f"the function was not called: {error}", where=job.to) from error
    if "FunctionError" in answer:
        raise Unavailable(f"the function failed: {answer['Payload'].read(2000).decode(errors='replace')}", where=job.to)


def _post(job: ScheduledCall, run: RunDirectory) -> None:
    # The local Google Cloud's own key: its services trust the tokens that it signs.
    from isthmus.local.google.oidc import TokenSigner

    token = TokenSigner(run.data("gcp")).token(job.account, job.audience)
    headers = {"authorization": f"Bearer {token}"}
    try:
        answer = httpx.post(job.to, headers=headers, timeout=job.limit_seconds, trust_env=False)
    except httpx.HTTPError as error:
        raise Unavailable(f"the service was not called: {error}", where=job.to) from error
    if not answer.is_success:
        raise Unavailable(f"the service answered {answer.status_code}: {answer.text[:2000]}", where=job.to)
