"""E-mail: one message, sent through an SMTP server or through Amazon SES."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import formatdate
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

from isthmus.core.alerts import Alert
from isthmus.core.errors import ConfigurationError, Refused, Unavailable

TIMEOUT_SECONDS = 10.0
_PORTS = {"smtp": 587, "smtps": 465}
_PERMANENT = {
    "AccountSuspendedException",
    "BadRequestException",
    "MailFromDomainNotVerifiedException",
    "MessageRejected",
}
"""What SES answers to what no later try will send (SES API v2, SendEmail, 2026-11)."""


class Post(Protocol):
    """What carries a message."""

    def send(self, message: EmailMessage, sender: str, recipients: Sequence[str]) -> None:
        """Returns when the other side has taken it; Unavailable to try again, Refused when that is useless."""


class MailChannel:
    """Sends alerts by e-mail.

    Args:
        post: What carries the messages.
        sender: The address that they come from.
        recipients: Who gets them.
    """

    def __init__(self, post: Post, sender: str, recipients: Sequence[str]) -> None:
        self._post = post
        self._sender = sender
        self._recipients = tuple(recipients)

    @property
    def name(self) -> str:
        """`mail`."""
        return "mail"

    def tell(self, alert: Alert) -> None:
        """Sends an alert to all recipients in one message."""
        self._post.send(message(alert, self._sender, self._recipients), self._sender, self._recipients)


class Smtp:
    """An SMTP server, always by TLS except on this machine.

    Args:
        url: `smtp://user@host:587` (STARTTLS) or `smtps://user@host:465`; without a user nobody logs in.
        password: The user's.
    """

    def __init__(self, url: str, password: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in _PORTS or not parts.hostname:
            raise ConfigurationError(
                f"{parts.scheme}://{parts.hostname or ''} is no SMTP server", fix="smtp:// or smtps://"
            )
        self._scheme, self._host = parts.scheme, parts.hostname
        self._port = parts.port or _PORTS[parts.scheme]
        self._user, self._password = unquote(parts.username or ""), password

    def send(self, message: EmailMessage, sender: str, recipients: Sequence[str]) -> None:
        """Hands a message over; a recipient that is refused is an error, as all are ours."""
        try:
            with self._connected() as server:
                refused = server.send_message(message, sender, list(recipients))
        except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError, smtplib.SMTPAuthenticationError) as error:
            raise self._answered(error.smtp_code, error.smtp_error) from None
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise self._answered(code, said) from None
        except (OSError, smtplib.SMTPException) as error:
            raise Unavailable(f"the mail server can't be used: {error}", where=self._place) from error
        if refused:
            raise Refused(f"the mail server refuses {', '.join(refused)}", where=self._place)

    @property
    def _place(self) -> str:
        return f"{self._host}:{self._port}"

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self._scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            server = smtplib.SMTP(self._host, self._port, timeout=TIMEOUT_SECONDS)
            if self._host != "127.0.0.1":
                server.starttls(context=context)
        if self._user:
            server.login(self._user, self._password)
        return server

    def _answered(self, code: int, said: bytes | str) -> Exception:
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
        kind = Refused if code >= 500 else Unavailable
        return kind(f"the mail server answers {code}: {text}", where=self._place)


class Ses:
    """Amazon SES (API v2), by the credentials of where the code runs.

    Args:
        client: An SDK client of `sesv2`.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    def send(self, message: EmailMessage, sender: str, recipients: Sequence[str]) -> None:
        """Hands a message over as it is."""
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            self._client.send_email(
                FromEmailAddress=sender,
                Destination={"ToAddresses": list(recipients)},
                Content={"Raw": {"Data": message.as_bytes()}},
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            kind = Refused if code in _PERMANENT else Unavailable
            raise kind(f"SES did not take the message: {error}", where=sender) from error
        except BotoCoreError as error:
            raise Unavailable(f"SES can't be reached: {error}", where=sender) from error


def message(alert: Alert, sender: str, recipients: Sequence[str]) -> EmailMessage:
    """Returns an alert as an e-mail in plain text; a repetition has the same Message-ID."""
    mail = EmailMessage()
    mail["Subject"] = " ".join(f"[{alert.severity}] {alert.title}".split())
    mail["From"] = sender
    mail["To"] = ", ".join(recipients)
    mail["Date"] = formatdate(usegmt=True)
    mail["Message-ID"] = f"<{alert.key.replace('/', '.')}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    facts = "\n".join(f"{name}: {value}" for name, value in alert.facts if value)
    mail.set_content("\n\n".join(part for part in (alert.title, facts, alert.text, alert.link) if part) + "\n")
    return mail
