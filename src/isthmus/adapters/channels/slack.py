"""Slack's incoming webhooks. The address is the secret: no error and no log names more of it than its host."""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import msgspec

from isthmus.core.alerts import Alert
from isthmus.core.errors import ConfigurationError, Refused, Throttled, Unavailable

TIMEOUT_SECONDS = 5.0
MAX_WAIT_SECONDS = 5.0
"""Longest wait that Slack may ask for and get within one call; a longer one goes back to the queue."""

MAX_HEADER_CHARS = 150
MAX_TEXT_CHARS = 3000
"""Slack, Block Kit reference: a header block takes 150 characters, a section's text 3,000, a field 2,000 (2026-11)."""

_ICONS = {"info": "🟢", "warning": "🟠", "critical": "🔴"}


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """A webhook does not move; following would hand the message to whoever says where."""

    def redirect_request(self, *_: Any) -> None:
        """Refuses."""


class SlackChannel:
    """Posts alerts to a webhook.

    Args:
        webhook: The address that Slack gave; https, or this machine in a rehearsal.
        sleep: How to wait; another in tests.
    """

    def __init__(self, webhook: str, sleep: Callable[[float], None] = time.sleep) -> None:
        parts = urlsplit(webhook.strip())
        if parts.scheme != "https" and parts.hostname != "127.0.0.1":
            raise ConfigurationError(
                "the Slack webhook is no https address", where="the secret", fix="store the address that Slack shows"
            )
        self._webhook = webhook.strip()
        self._host = parts.hostname or ""
        self._sleep = sleep
        self._opener = urllib.request.build_opener(_NoRedirect)

    @property
    def name(self) -> str:
        """`slack`."""
        return "slack"

    def tell(self, alert: Alert) -> None:
        """Posts an alert; waits once where Slack asks for a short wait."""
        body = msgspec.json.encode(message(alert))
        try:
            self._post(body)
        except Throttled as error:
            if error.after_seconds > MAX_WAIT_SECONDS:
                raise
            self._sleep(error.after_seconds)
            self._post(body)

    def _post(self, body: bytes) -> None:
        headers = {"Content-Type": "application/json; charset=utf-8", "User-Agent": "isthmus"}
        try:
            # The scheme was checked above.
            request = urllib.request.Request(self._webhook, body, headers)  # noqa: S310
            with self._opener.open(request, timeout=TIMEOUT_SECONDS) as answer:
                answer.read(1024)
        except urllib.error.HTTPError as error:
            with error:
                said = error.read(200).decode("utf-8", "replace")
            raise self._fault(error.code, said, error.headers) from None
        except (OSError, http.client.HTTPException, ValueError) as error:
            # Some of these carry the address in their text.
            reason = getattr(error, "reason", None)
            why = str(reason) if isinstance(reason, OSError) else type(error).__name__
            raise Unavailable(f"Slack can't be reached: {why}", where=self._host) from None

    def _fault(self, status: int, said: str, headers: Message) -> Exception:
        if status == 429:
            return Throttled("Slack asks for a wait", after_seconds=_seconds(headers.get("Retry-After", "")))
        if status >= 500 or status == 408:
            return Unavailable(f"Slack answered {status}: {said}", where=self._host)
        return Refused(f"Slack refuses with {status}: {said}", where=self._host, fix="renew the webhook in its secret")


def message(alert: Alert) -> dict[str, Any]:
    """Returns an alert as Slack takes it: blocks, and a text for what can't show blocks."""
    title = f"{_ICONS[alert.severity]} {alert.title}"
    fields = [{"type": "mrkdwn", "text": f"*{name}*\n{_escaped(value)}"[:2000]} for name, value in alert.facts if value]
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": title[:MAX_HEADER_CHARS]}},
        {"type": "section", "fields": fields[:10]},
    ]
    if alert.text:
        text = _escaped(alert.text)[:MAX_TEXT_CHARS]
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": text}})
    if alert.link:
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": f"<{_escaped(alert.link)}|Look>"}})
    return {"text": _escaped(title), "blocks": blocks}


def _escaped(text: str) -> str:
    """Slack's three control characters; without this an alarm's text could mention everybody (`<!channel>`)."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _seconds(value: str) -> float:
    """Retry-After in seconds, given as such or as a date; 30 where it says nothing readable."""
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError):
        return 30.0
