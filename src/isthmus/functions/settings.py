"""The settings of a function: its environment variables, read once and checked."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from isthmus.core.errors import ConfigurationError
from isthmus.core.frames import Cloud

Role = Literal["alert", "archive", "bridge", "compact", "handler", "ingest", "ledger"]
_NEEDED: dict[str, tuple[str, ...]] = {
    "ingest": ("ISTHMUS_SNS_TOPIC_ARN", "ISTHMUS_PUBSUB_TOPIC", "ISTHMUS_SENDERS"),
    "alert": ("ISTHMUS_BUCKET", "ISTHMUS_DLQ"),
    "archive": ("ISTHMUS_BUCKET", "ISTHMUS_DLQ"),
    "compact": ("ISTHMUS_BUCKET", "ISTHMUS_LOOKBACK_DAYS", "ISTHMUS_DAY_BYTES", "ISTHMUS_LIMIT_SECONDS"),
    "handler": ("ISTHMUS_HANDLER", "ISTHMUS_DLQ"),
    "ledger": ("ISTHMUS_BUCKET", "ISTHMUS_OTHER_BUCKET", "ISTHMUS_WINDOW_HOURS", "ISTHMUS_LIMIT_SECONDS"),
    "bridge-aws": ("ISTHMUS_PUBSUB_TOPIC", "ISTHMUS_DLQ"),
    "bridge-gcp": ("ISTHMUS_SNS_TOPIC_ARN", "ISTHMUS_DLQ"),
}
_PUSH = ("ISTHMUS_PUSH_AUDIENCE", "ISTHMUS_PUSH_SERVICE_ACCOUNT")


@dataclass(frozen=True)
class Settings:
    """One function's settings; a text is "" and a number 0 where its role needs none."""

    cloud: Cloud
    role: Role
    region: str
    project: str
    sns_topic_arn: str = ""
    pubsub_topic: str = ""
    bucket: str = ""
    other_bucket: str = ""
    window_hours: int = 0
    limit_seconds: int = 0
    lookback_days: int = 0
    day_bytes: int = 0
    dlq: str = ""
    handler: str = ""
    senders: str = ""
    push_audience: str = ""
    push_service_account: str = ""

    @classmethod
    def from_environment(cls, values: Mapping[str, str] | None = None) -> Settings:
        """Reads the settings that Terraform gave the function.

        Raises:
            ConfigurationError: naming the first variable that is missing or wrong.
        """
        values = os.environ if values is None else values
        cloud = _one_of(values, "ISTHMUS_CLOUD", ("aws", "gcp"))
        role = _one_of(values, "ISTHMUS_ROLE", get_args(Role))
        needed = _NEEDED.get(role) or _NEEDED[f"{role}-{cloud}"]
        for name in needed + (_PUSH if cloud == "gcp" and role != "ingest" else ()):
            if not values.get(name):
                raise ConfigurationError(f"{name} is not set", where=f"the {role} function on {cloud}", fix=_FIX)
        return cls(
            cloud=cloud,  # type: ignore[arg-type]
            role=role,  # type: ignore[arg-type]
            region=values.get("ISTHMUS_AWS_REGION", "us-east-1"),
            project=values.get("ISTHMUS_GCP_PROJECT", ""),
            sns_topic_arn=values.get("ISTHMUS_SNS_TOPIC_ARN", ""),
            pubsub_topic=values.get("ISTHMUS_PUBSUB_TOPIC", ""),
            bucket=values.get("ISTHMUS_BUCKET", ""),
            other_bucket=values.get("ISTHMUS_OTHER_BUCKET", ""),
            window_hours=_whole(values, "ISTHMUS_WINDOW_HOURS"),
            limit_seconds=_whole(values, "ISTHMUS_LIMIT_SECONDS"),
            lookback_days=_whole(values, "ISTHMUS_LOOKBACK_DAYS"),
            day_bytes=_whole(values, "ISTHMUS_DAY_BYTES"),
            dlq=values.get("ISTHMUS_DLQ", ""),
            handler=values.get("ISTHMUS_HANDLER", ""),
            senders=values.get("ISTHMUS_SENDERS", ""),
            push_audience=values.get("ISTHMUS_PUSH_AUDIENCE", ""),
            push_service_account=values.get("ISTHMUS_PUSH_SERVICE_ACCOUNT", ""),
        )


_FIX = "Terraform sets it; see terraform/stacks/platform."


def _one_of(values: Mapping[str, str], name: str, known: tuple[str, ...]) -> str:
    value = values.get(name, "")
    if value not in known:
        raise ConfigurationError(f"{name} is {value!r}, not {' or '.join(known)}", fix=_FIX)
    return value


def _whole(values: Mapping[str, str], name: str) -> int:
    value = values.get(name, "0")
    if not (value.isascii() and value.isdigit()):
        raise ConfigurationError(f"{name} is {value!r}, not a whole number", fix=_FIX)
    return int(value)
