"""What people are told: budgets, alarms and drift, read from the messages that the clouds and CI publish.

One message may say several things, and the same thing may be said many times: Google repeats a budget's state a few
times a day. Each alert has an identity that stays the same in every repetition.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import msgspec

from isthmus.core.errors import PoisonedFrame

Kind = Literal["alarm", "budget", "drift"]
Severity = Literal["info", "warning", "critical"]

AWS_BUDGETS = "https://console.aws.amazon.com/billing/home#/budgets"
GOOGLE_BUDGETS = "https://console.cloud.google.com/billing/{account}/budgets"
MAX_CHANGES = 20
"""Differences of a drift report that a message names; the report has the rest."""

_AWS_BUDGET = "AWS Budget Notification "
_LABEL = re.compile(r"^(?P<name>[A-Za-z ]+): (?P<value>.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Alert:
    """Something that people are told once.

    Attributes:
        kind: What it is about.
        severity: How soon somebody should look.
        title: What happened, in one line.
        facts: Names and values, in the order to show them.
        identity: The same for the same alert, however often and by whichever way it comes.
        text: More, in sentences or lines.
        link: Where to look.
    """

    kind: Kind
    severity: Severity
    title: str
    facts: tuple[tuple[str, str], ...]
    identity: str
    text: str = ""
    link: str = ""

    @property
    def key(self) -> str:
        """Where the mark is kept that it was told: below `alerts/`, by a digest of its identity."""
        return f"alerts/{self.kind}/{hashlib.sha256(self.identity.encode()).hexdigest()[:32]}"


def read(attributes: Mapping[str, str], body: bytes) -> tuple[Alert, ...]:
    """Reads a message; none when it says nothing that people need to know.

    Args:
        attributes: The message's attributes; Google's budgets have their id there.
        body: What AWS Budgets, CloudWatch, Cloud Billing, Cloud Monitoring or `isthmus alert` published.

    Raises:
        PoisonedFrame: It is none of these, or lacks what they always have.
    """
    text = _text(body)
    if text.lstrip().startswith(_AWS_BUDGET):
        return (_aws_budget(text),)
    document = _document(text)
    for sign, reader in _READERS.items():
        if sign in document:
            try:
                return reader(document, attributes)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                raise PoisonedFrame(f"the message has {sign!r}, and is not whole: {_why(error)}") from None
    raise PoisonedFrame("the message is no budget's, no alarm's and no drift report; known by " + ", ".join(_READERS))


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PoisonedFrame(f"the message is not UTF-8: {error.reason} at byte {error.start}") from None


def _document(text: str) -> dict[str, Any]:
    try:
        return msgspec.json.decode(text, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise PoisonedFrame(
            f"the message is neither a notification of AWS Budgets nor a JSON object: {error}"
        ) from None


def _why(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


def _aws_budget(text: str) -> Alert:
    """The notification is text for people; its labelled lines are the same for every budget."""
    labels = {found["name"].strip(): found["value"].strip() for found in _LABEL.finditer(text)}
    try:
        name, kind, threshold = labels["Budget Name"], labels["Alert Type"], labels["Alert Threshold"].lstrip("> ")
        amount, budgeted = labels[f"{kind} Amount"], labels["Budgeted Amount"]
        day = datetime.strptime(text.lstrip().splitlines()[0].removeprefix(_AWS_BUDGET).strip(), "%B %d, %Y")
    except (KeyError, ValueError) as error:
        raise PoisonedFrame(f"the notification of AWS Budgets is not whole: {_why(error)}") from None
    forecast = kind == "FORECASTED"
    return Alert(
        "budget",
        "critical" if not forecast and _usd(amount) >= _usd(budgeted) else "warning",
        f"{name}: AWS {'is forecast to cost' if forecast else 'has cost'} {amount} of {budgeted} in {day:%B %Y}",
        (
            ("budget", name),
            ("threshold", threshold),
            ("forecast" if forecast else "spent", amount),
            ("limit", budgeted),
        ),
        f"aws/{name}/{day:%Y-%m}/{kind}/{threshold}",
        link=AWS_BUDGETS,
    )


def _usd(text: str) -> float:
    try:
        return float(text.lstrip("$").replace(",", ""))
    except ValueError:
        raise PoisonedFrame(f"the notification of AWS Budgets has the amount {text!r}, which is no number") from None


def _google_budget(document: dict[str, Any], attributes: Mapping[str, str]) -> tuple[Alert, ...]:
    """One alert a threshold that is crossed; the message has the highest of each kind, and comes again and again."""
    crossed = {
        "spent": document.get("alertThresholdExceeded"),
        "forecast": document.get("forecastThresholdExceeded"),
    }
    return tuple(
        _google_threshold(document, attributes, basis, float(threshold))
        for basis, threshold in crossed.items()
        if threshold is not None
    )


def _google_threshold(document: dict[str, Any], attributes: Mapping[str, str], basis: str, threshold: float) -> Alert:
    name, currency = str(document["budgetDisplayName"]), str(document["currencyCode"])
    cost, budgeted = float(document["costAmount"]), float(document["budgetAmount"])
    began = datetime.fromisoformat(document["costIntervalStart"])
    says = "is forecast to cost" if basis == "forecast" else "has cost"
    limit = f"{budgeted:.2f} {currency}"
    share = f"{threshold:.0%} or more of {limit}"
    return Alert(
        "budget",
        "critical" if basis == "spent" and threshold >= 1 else "warning",
        f"{name}: Google Cloud {says} {share} in {began:%B %Y}",
        (
            ("budget", name),
            ("threshold", f"{threshold:.0%} {basis}"),
            ("spent", f"{cost:.2f} {currency}"),
            ("limit", limit),
        ),
        f"gcp/{attributes.get('budgetId', name)}/{began:%Y-%m}/{basis}/{threshold:g}",
        link=GOOGLE_BUDGETS.format(account=attributes.get("billingAccountId", "")).replace("//budgets", "/budgets"),
    )


def _cloudwatch(document: dict[str, Any], attributes: Mapping[str, str]) -> tuple[Alert, ...]:
    """An alarm that rings or stops; one that has too little data is told like one that rings less loudly."""
    name, state = str(document["AlarmName"]), str(document["NewStateValue"])
    severity: Severity = {"OK": "info", "ALARM": "critical"}.get(state, "warning")  # type: ignore[assignment]
    return (
        Alert(
            "alarm",
            severity,
            f"{name}: {state} (was {document['OldStateValue']})",
            (("alarm", name), ("region", str(document["Region"])), ("since", str(document["StateChangeTime"]))),
            f"{document.get('AlarmArn', name)}/{document['StateChangeTime']}/{state}",
            f"{document.get('AlarmDescription') or ''}\n{document['NewStateReason']}".strip(),
        ),
    )


def _monitoring(document: dict[str, Any], attributes: Mapping[str, str]) -> tuple[Alert, ...]:
    """An incident of Cloud Monitoring that opens or closes."""
    incident = document["incident"]
    name, state = str(incident["policy_name"]), str(incident["state"])
    at = incident["started_at"] if state == "open" else incident["ended_at"]
    since = datetime.fromtimestamp(int(at), UTC).isoformat()
    notes = incident.get("documentation") or {}
    return (
        Alert(
            "alarm",
            "critical" if state == "open" else "info",
            f"{name}: {state}",
            (("alarm", name), ("project", str(incident["scoping_project_id"])), ("since", since)),
            f"gcp/{incident['incident_id']}/{state}",
            f"{notes.get('content', '')}\n{incident.get('summary', '')}".strip(),
            str(incident.get("url", "")),
        ),
    )


def _drift(document: dict[str, Any], attributes: Mapping[str, str]) -> tuple[Alert, ...]:
    """The report of `isthmus drift`, of one environment; the same difference is told once a day."""
    at, lines = datetime.fromisoformat(document["at"]), sorted(_differences(document["stacks"]))
    if not lines:
        return ()
    environment = str(document["stacks"][0]["target"]["environment"])
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()[:16]
    more = [f"… and {len(lines) - MAX_CHANGES} more"] if len(lines) > MAX_CHANGES else []
    return (
        Alert(
            "drift",
            "warning",
            f"{environment}: {len(lines)} {'thing is' if len(lines) == 1 else 'things are'} not as the Terraform says",
            (("environment", environment), ("commit", str(document.get("commit", ""))[:12]), ("at", at.isoformat())),
            f"drift/{environment}/{at:%Y-%m-%d}/{digest}",
            "\n".join(lines[:MAX_CHANGES] + more),
            str(document.get("link", "")),
        ),
    )


def _differences(stacks: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for one in stacks:
        stack = one["target"]["stack"]
        yield from (f"{stack} {each['address']}: {each['kind']}" for each in one["differences"])
        errors = [each["message"] for each in one.get("problems", ()) if each["level"] == "error"]
        if errors:
            yield f"{stack} could not be read: {errors[0][:200]}"


_READERS: dict[str, Callable[[dict[str, Any], Mapping[str, str]], tuple[Alert, ...]]] = {
    "budgetDisplayName": _google_budget,
    "AlarmName": _cloudwatch,
    "incident": _monitoring,
    "drift": _drift,
}
"""Who reads a JSON message, by a member that only this kind of message has."""
