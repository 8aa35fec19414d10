"""Tells the alarms' topics of each change of an alarm, as CloudWatch and Cloud Monitoring would.

Neither local cloud evaluates alarms, so what is behind the topics (a queue, the alert function, Slack, e-mail) would
never be used. What was told is written down after it: a crash between the two tells a change again, and the alert
function knows it by its time.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from isthmus.local.rundir import write_atomically
from isthmus.local.watch.alarms import Alarm

PUBLISH_SECONDS = 5.0
_AWS_STATES = {"fires": "ALARM", "ok": "OK"}

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Change:
    """An alarm that began to fire, or ended.

    Attributes:
        alarm: How it is now.
        at: Since when, in Unix seconds.
    """

    alarm: Alarm
    at: int


class Changes:
    """What has changed and was not told yet.

    Args:
        file: Where it is kept which alarms were told to fire, over a restart.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self._firing: set[str] = set(json.loads(file.read_text("utf-8"))) if file.is_file() else set()
        self._waiting: dict[str, Change] = {}

    def of(self, alarms: Iterable[Alarm], at: int) -> list[Change]:
        """The changes to tell: each with the time at which it was seen first, until it was told or is over.

        An alarm that is not measured keeps the state that it was told to have.
        """
        for alarm in alarms:
            name = _name(alarm)
            if not alarm.tells or alarm.state == "not measured":
                continue
            if (alarm.state == "fires") == (name in self._firing):
                self._waiting.pop(name, None)
            else:
                self._waiting.setdefault(name, Change(alarm, at))
        return list(self._waiting.values())

    def told(self, change: Change) -> None:
        """Writes down that a change was told."""
        name = _name(change.alarm)
        self._waiting.pop(name, None)
        self._firing = self._firing | {name} if change.alarm.state == "fires" else self._firing - {name}
        self._file.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(self._file, json.dumps(sorted(self._firing)))


def _name(alarm: Alarm) -> str:
    return f"{alarm.cloud}/{alarm.name}"


def tell(changes: Changes, alarms: Iterable[Alarm], at: int, clouds: Any, topics: Mapping[str, str]) -> list[Change]:
    """Publishes every change to its cloud's topic and returns what was told; the rest waits for the next time.

    A cloud that does not take one is not asked for the others: measuring must not wait for it.

    Args:
        changes: What was told before.
        alarms: How they are.
        at: When that was, in Unix seconds.
        clouds: The local clouds, a `realize.base.Context`: past the fault proxies, since an alarm is told within its
            cloud.
        topics: The output `alarms_topic` of each cloud's stack.
    """
    found: list[Change] = []
    out: set[str] = set()
    for change in changes.of(alarms, at):
        cloud = change.alarm.cloud
        if cloud not in out and _published(change, clouds, topics[cloud]):
            changes.told(change)
            found.append(change)
        else:
            out.add(cloud)
    return found


def _published(change: Change, clouds: Any, topic: str) -> bool:
    from google.api_core.exceptions import GoogleAPIError

    from isthmus.adapters.aws.faults import FAULTS

    try:
        if change.alarm.cloud == "aws" and clouds.aws_endpoint:
            _to_sns(clouds, topic, cloudwatch(change, topic))
        elif change.alarm.cloud == "gcp" and clouds.google_grpc_endpoint:
            data = json.dumps(monitoring(change, clouds.project)).encode()
            clouds.publisher().publish(topic=topic, messages=[{"data": data}], retry=None, timeout=PUBLISH_SECONDS)
        else:
            return False
    except (*FAULTS, GoogleAPIError) as error:
        logger.warning("%s is not told yet: %s", change.alarm.name, error)
        return False
    return True


def _to_sns(clouds: Any, topic: str, message: Mapping[str, Any]) -> None:
    import boto3
    from botocore.config import Config

    from isthmus.adapters.aws.session import as_if_tls

    # Not the clouds' own client, which is for Terraform and waits a minute.
    config = Config(
        connect_timeout=PUBLISH_SECONDS, read_timeout=PUBLISH_SECONDS, retries={"total_max_attempts": 1}, proxies={}
    )
    keys = {"aws_access_key_id": clouds.access_key, "aws_secret_access_key": clouds.secret_key}
    made = boto3.client("sns", endpoint_url=clouds.aws_endpoint, region_name=clouds.region, config=config, **keys)
    subject = f'{message["NewStateValue"]}: "{message["AlarmName"]}" in {message["Region"]}'
    as_if_tls(made).publish(TopicArn=topic, Message=json.dumps(message), Subject=subject[:99])


def cloudwatch(change: Change, topic: str) -> dict[str, Any]:
    """The notification of CloudWatch: the members that the alert function reads, under the names that it has there."""
    _, partition, _, region, account, _ = topic.split(":")
    alarm, new = change.alarm, _AWS_STATES[change.alarm.state]
    at = datetime.fromtimestamp(change.at, UTC)
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.says,
        "AWSAccountId": account,
        "NewStateValue": new,
        "NewStateReason": f"Evaluated on this machine at {at:%H:%M} UTC.",
        "StateChangeTime": f"{at:%Y-%m-%dT%H:%M:%S}.000+0000",
        "Region": region,
        "AlarmArn": f"arn:{partition}:cloudwatch:{region}:{account}:alarm:{alarm.name}",
        "OldStateValue": "OK" if new == "ALARM" else "ALARM",
    }


def monitoring(change: Change, project: str) -> dict[str, Any]:
    """The notification of Cloud Monitoring, version 1.2; what opens and what closes it have ids of their own."""
    alarm, opened = change.alarm, change.alarm.state == "fires"
    incident = {
        "incident_id": f"{alarm.name}.{change.at}",
        "policy_name": alarm.name,
        "scoping_project_id": project,
        "state": "open" if opened else "closed",
        "started_at" if opened else "ended_at": change.at,
        "summary": f"Evaluated on this machine: the policy {'fires' if opened else 'fires no more'}.",
        "documentation": {"content": alarm.says, "mime_type": "text/markdown"},
    }
    return {"version": "1.2", "incident": incident}
