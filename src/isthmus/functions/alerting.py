"""Puts together what tells people: the channels that the settings name, and where it is marked what was told."""

from __future__ import annotations

import os
from collections.abc import Mapping

from isthmus.adapters.channels.mail import MailChannel, Ses, Smtp
from isthmus.adapters.channels.slack import SlackChannel
from isthmus.core.errors import ConfigurationError
from isthmus.core.telling import Channel, Teller
from isthmus.functions.buckets import bucket
from isthmus.functions.log import CALLS
from isthmus.functions.settings import Settings


def teller(settings: Settings, values: Mapping[str, str] | None = None) -> Teller:
    """Makes the teller of a function.

    Args:
        settings: The function's settings.
        values: The environment's variables; those of this process unless told.

    Raises:
        ConfigurationError: No channel is named, or one is named wrongly.
        Unavailable: The secret with the webhook can't be read now.
    """
    values = os.environ if values is None else values
    channels = [*_slack(settings, values), *_mail(settings, values)]
    if not channels:
        raise ConfigurationError(
            "nobody would be told", where="the alert function", fix="set ISTHMUS_SLACK_SECRET or ISTHMUS_EMAILS"
        )
    return Teller(channels, bucket(settings.cloud, settings))


def _slack(settings: Settings, values: Mapping[str, str]) -> list[Channel]:
    """On AWS the secret is read once an execution environment; Cloud Run hands it over as a variable."""
    webhook = values.get("ISTHMUS_SLACK_WEBHOOK", "")
    secret = values.get("ISTHMUS_SLACK_SECRET", "")
    if secret and not webhook:
        from isthmus.adapters.aws.secret import read_secret
        from isthmus.adapters.aws.session import client

        webhook = read_secret(client("secretsmanager", settings.region, attempts=3), secret, CALLS)
    return [SlackChannel(webhook)] if webhook else []


def _mail(settings: Settings, values: Mapping[str, str]) -> list[Channel]:
    recipients = [word.strip() for word in values.get("ISTHMUS_EMAILS", "").split(",") if word.strip()]
    if not recipients:
        return []
    sender = values.get("ISTHMUS_EMAIL_SENDER", "")
    if not sender:
        raise ConfigurationError("ISTHMUS_EMAIL_SENDER is not set", where="the alert function", fix="Terraform sets it")
    if url := values.get("ISTHMUS_SMTP_URL", ""):
        return [MailChannel(Smtp(url, values.get("ISTHMUS_SMTP_PASSWORD", "")), sender, recipients)]
    if settings.cloud == "gcp":
        raise ConfigurationError("ISTHMUS_SMTP_URL is not set", where="the alert function", fix="SES is on AWS alone")
    from isthmus.adapters.aws.session import client

    return [MailChannel(Ses(client("sesv2", settings.region, attempts=3)), sender, recipients)]
