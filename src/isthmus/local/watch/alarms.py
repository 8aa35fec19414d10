"""The alarms that Terraform defined, evaluated over what is measured here, as CloudWatch and Cloud Monitoring would.

What a definition reads and nothing here measures is said to be not measured: it is never called well.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from isthmus.local.watch import cloudmonitoring, cloudwatch
from isthmus.local.watch.cloudwatch import NotMeasured
from isthmus.local.watch.minutes import Minutes

METRIC_ALARM, COMPOSITE = "aws_cloudwatch_metric_alarm", "aws_cloudwatch_composite_alarm"
POLICY = "google_monitoring_alert_policy"
_RUNBOOK = re.compile(r"docs/runbooks/[a-z-]+\.md")

State = Literal["fires", "ok", "not measured"]


@dataclass(frozen=True)
class Alarm:
    """An alarm and how it is.

    Attributes:
        name: As the cloud knows it.
        cloud: Where it is defined.
        state: Whether it fires.
        says: What is wrong when it does; of one that is not measured, what it reads.
        runbook: What to do then.
        tells: Whether it tells anybody; a window of a composite alarm doesn't.
    """

    name: str
    cloud: str
    state: State
    says: str
    runbook: str
    tells: bool = True


def definitions(states: Iterable[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """The alarms of Terraform states: their types and attributes."""
    return [
        (resource["type"], instance["attributes"])
        for state in states
        for resource in state.get("resources", ())
        if resource.get("mode") == "managed" and resource.get("type") in (METRIC_ALARM, COMPOSITE, POLICY)
        for instance in resource.get("instances", ())
    ]


def evaluate(defined: Iterable[tuple[str, Mapping[str, Any]]], minutes: Minutes, now: float) -> list[Alarm]:
    """How each alarm is at the last whole minute before now."""
    minute, known = int(now // 60), list(defined)
    plain = [_metric_alarm(found, minutes, minute) for kind, found in known if kind == METRIC_ALARM]
    firing = {alarm.name for alarm in plain if alarm.state == "fires"}
    unknown = {alarm.name for alarm in plain if alarm.state == "not measured"}
    composite = [_composite(found, firing, unknown) for kind, found in known if kind == COMPOSITE]
    policies = [_policy(found, minutes, minute) for kind, found in known if kind == POLICY]
    return sorted([*plain, *composite, *policies], key=lambda alarm: (alarm.cloud, alarm.name))


def _metric_alarm(alarm: Mapping[str, Any], minutes: Minutes, minute: int) -> Alarm:
    says, tells = str(alarm["alarm_description"]), bool(alarm.get("alarm_actions"))
    try:
        state: State = "fires" if cloudwatch.fires(alarm, minutes, minute) else "ok"
    except NotMeasured as missing:
        state, says = "not measured", f"{missing}; {says}"
    return Alarm(alarm["alarm_name"], "aws", state, says, _runbook(says), tells)


def _composite(alarm: Mapping[str, Any], firing: set[str], unknown: set[str]) -> Alarm:
    says = str(alarm["alarm_description"])
    names = set(re.findall(r'ALARM\("([^"]+)"\)', alarm["alarm_rule"]))
    # Terraform's modules make one form of rule: all of these.
    state: State = "not measured" if names & unknown or not names else "fires" if names <= firing else "ok"
    if " OR " in alarm["alarm_rule"] or "NOT " in alarm["alarm_rule"]:
        state = "not measured"
    return Alarm(alarm["alarm_name"], "aws", state, says, _runbook(says))


def _policy(policy: Mapping[str, Any], minutes: Minutes, minute: int) -> Alarm:
    content = str(policy["documentation"][0]["content"])
    says = content
    try:
        found = [cloudmonitoring.fires(condition, minutes, minute) for condition in policy["conditions"]]
        state: State = "fires" if (all if policy["combiner"] == "AND" else any)(found) else "ok"
    except NotMeasured as missing:
        state, says = "not measured", f"{missing}; {content}"
    return Alarm(policy["display_name"], "gcp", state, says, _runbook(content))


def _runbook(says: str) -> str:
    found = _RUNBOOK.search(says)
    return found[0] if found else ""


def told(alarms: Iterable[Alarm]) -> Iterator[Alarm]:
    """Those that tell somebody now."""
    return (alarm for alarm in alarms if alarm.tells and alarm.state == "fires")
