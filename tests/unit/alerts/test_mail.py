"""E-mail through an SMTP server."""

from __future__ import annotations

import email
import email.policy
from typing import Any

import pytest

from isthmus.adapters.channels.mail import MailChannel, Smtp, message
from isthmus.core.alerts import Alert
from isthmus.core.errors import ConfigurationError, IsthmusError, Refused, Unavailable

ALERT = Alert("drift", "warning", "prod: 2 differ…", (("environment", "prod"),), "x", "platform/aws a\nplatform/gcp b")
PEOPLE = ["a@example.com", "b@example.com"]


def channel(url: str) -> MailChannel:
    return MailChannel(Smtp(url), "isthmus@example.com", PEOPLE)


def test_an_alert_is_one_mail_to_all(mail_server: Any) -> None:
    channel(mail_server.url).tell(ALERT)
    ((sender, recipients, text),) = mail_server.mails
    assert (sender, recipients) == ("isthmus@example.com", PEOPLE)
    mail = email.message_from_string(text, policy=email.policy.default)
    assert mail["Subject"] == "[warning] prod: 2 differ…"
    assert "platform/gcp b" in mail.get_content()


def test_a_repetition_has_the_same_message_id() -> None:
    first, again = (message(ALERT, "isthmus@example.com", PEOPLE) for _ in range(2))
    assert first["Message-ID"] == again["Message-ID"] != ""


def test_a_title_of_two_lines_adds_no_header() -> None:
    alert = Alert("alarm", "info", "a\nBcc: everybody@example.com", (), "x")
    mail = message(alert, "isthmus@example.com", PEOPLE)
    assert mail["Bcc"] is None
    assert mail["Subject"] == "[info] a Bcc: everybody@example.com"


@pytest.mark.parametrize(
    ("command", "answer", "kind"),
    [
        ("MAIL", "451 later", Unavailable),
        ("MAIL", "550 not you", Refused),
        ("RCPT", "450 busy", Unavailable),
        ("RCPT", "550 nobody", Refused),
        (".", "452 full", Unavailable),
        (".", "554 spam", Refused),
        ("EHLO", "421 closing", Unavailable),
    ],
)
def test_an_answer_is_passing_or_final(command: str, answer: str, kind: type[IsthmusError], mail_server: Any) -> None:
    mail_server.refusals = {command: answer, "HELO": answer} if command == "EHLO" else {command: answer}
    with pytest.raises(kind):
        channel(mail_server.url).tell(ALERT)
    assert mail_server.mails == []


def test_nobody_who_answers_is_passing() -> None:
    with pytest.raises(Unavailable, match=r"127\.0\.0\.1:9"):
        channel("smtp://127.0.0.1:9").tell(ALERT)


@pytest.mark.parametrize("url", ["", "http://example.com", "smtp://", "mail.example.com:25"])
def test_what_is_no_mail_server_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="no SMTP server"):
        Smtp(url)
