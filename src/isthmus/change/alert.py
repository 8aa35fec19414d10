"""What CI has to tell people: given to the topic that the alert function reads, since CI itself keeps no webhook."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import msgspec

from isthmus.core import alerts
from isthmus.core.alerts import Alert
from isthmus.core.errors import ConfigurationError, PoisonedFrame, Unavailable

MAX_BYTES = 200_000
"""Bytes of a report that is published: SNS takes 262,144 with the text for e-mail beside it (AWS quota, 2026-11)."""


def dated(body: bytes, at: datetime, commit: str = "", link: str = "") -> bytes:
    """A drift report with when and where it was made, cut to what is told of it; any other message as it is.

    Raises:
        ConfigurationError: It has more than a topic takes.
    """
    try:
        document = msgspec.json.decode(body, type=dict[str, Any])
    except msgspec.DecodeError:
        document = {}
    if "stacks" in document and "drift" in document:
        for stack in document["stacks"]:
            stack["differences"] = [{"address": d["address"], "kind": d["kind"]} for d in stack["differences"]]
        given = {"at": at.isoformat(timespec="seconds"), "commit": commit, "link": link}
        body = msgspec.json.encode(document | {name: value for name, value in given.items() if name not in document})
    if len(body) > MAX_BYTES:
        raise ConfigurationError(f"the message has {len(body):,} bytes; {MAX_BYTES:,} are published at most")
    return body


def read(body: bytes) -> tuple[Alert, ...]:
    """What people would be told by a message.

    Raises:
        ConfigurationError: It would be a dead letter.
    """
    try:
        return alerts.read({}, body)
    except PoisonedFrame as error:
        raise ConfigurationError(error.what, fix="this message would be a dead letter") from None


def publish(topic: str, body: bytes) -> None:
    """Publishes a message to the alarms' topic of an environment on AWS: JSON for the function, text for e-mail.

    Raises:
        ConfigurationError: The topic is no ARN of SNS, or the message would be a dead letter.
        Unavailable: AWS did not take it.
    """
    parts = topic.split(":")
    if len(parts) != 6 or parts[2] != "sns":
        raise ConfigurationError(
            f"{topic!r} is no ARN of an SNS topic", fix="take the output `alarms_topic` of platform/aws"
        )
    found = read(body)
    if not found:
        return
    from isthmus.adapters.aws.faults import FAULTS
    from isthmus.adapters.aws.session import client

    mail = "\n\n".join(f"{alert.title}\n\n{alert.text}\n\n{alert.link}".strip() for alert in found)
    message = json.dumps({"default": body.decode("utf-8"), "email": mail})
    try:
        client("sns", parts[3], attempts=5).publish(
            TopicArn=topic,
            Message=message,
            MessageStructure="json",
            Subject=found[0].title[:99].encode("ascii", "replace").decode(),
        )
    except FAULTS as error:
        raise Unavailable(f"SNS did not take the message: {error}", where=topic) from error
