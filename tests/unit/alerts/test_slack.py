"""Slack's webhook: what is posted, what its answers mean, and that its address is never told."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.adapters.channels.slack import MAX_HEADER_CHARS, SlackChannel, message
from isthmus.core.alerts import Alert
from isthmus.core.errors import ConfigurationError, IsthmusError, Refused, Throttled, Unavailable

ALERT = Alert(
    "budget", "critical", "dev: too much", (("spent", "$26"), ("limit", "$25")), "x", "more", "https://example.com/"
)


def test_an_alert_is_posted_as_blocks_with_a_text(slack: Any) -> None:
    SlackChannel(slack.webhook).tell(ALERT)
    (post,) = slack.posts
    assert post["text"] == "🔴 dev: too much"
    assert [block["type"] for block in post["blocks"]] == ["header", "section", "section", "section"]
    assert post["blocks"][1]["fields"][0]["text"] == "*spent*\n$26"


def test_a_short_wait_is_waited_for_once(slack: Any) -> None:
    waits: list[float] = []
    slack.answers = [(429, {"Retry-After": "2"}, "rate_limited")]
    SlackChannel(slack.webhook, waits.append).tell(ALERT)
    assert waits == [2.0]
    assert len(slack.posts) == 1


def test_a_second_refusal_goes_back_to_the_queue(slack: Any) -> None:
    slack.answers = [(429, {"Retry-After": "1"}, ""), (429, {"Retry-After": "3"}, "")]
    with pytest.raises(Throttled) as error:
        SlackChannel(slack.webhook, lambda _: None).tell(ALERT)
    assert error.value.after_seconds == 3


@pytest.mark.parametrize(
    ("header", "least", "most"),
    [("60", 60, 60), ("soon", 30, 30), ("", 30, 30), ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0), ("-4", 0, 0)],
)
def test_every_form_of_a_wait_is_read(header: str, least: float, most: float, slack: Any) -> None:
    slack.answers = [(429, {"Retry-After": header}, "")] * 2
    with pytest.raises(Throttled) as error:
        SlackChannel(slack.webhook, lambda _: None).tell(ALERT)
    assert least <= error.value.after_seconds <= most


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (500, Unavailable),
        (503, Unavailable),
        (400, Refused),
        (403, Refused),
        (404, Refused),
        (410, Refused),
        (302, Refused),
    ],
)
def test_an_answer_is_passing_or_final(status: int, kind: type[IsthmusError], slack: Any) -> None:
    slack.answers = [(status, {"Location": "/elsewhere"}, "why")]
    with pytest.raises(kind, match="why") as error:
        SlackChannel(slack.webhook).tell(ALERT)
    assert "a-secret" not in f"{error.value!r} {error.value} {error.value.__cause__}"
    assert slack.posts == []


@pytest.mark.parametrize("port", ["9", "0"])
def test_nobody_who_answers_is_passing_and_names_no_address(port: str) -> None:
    with pytest.raises(Unavailable) as error:
        SlackChannel(f"http://127.0.0.1:{port}/services/a-secret").tell(ALERT)
    assert "a-secret" not in f"{error.value!r} {error.value} {error.value.__cause__}"


@pytest.mark.parametrize("webhook", ["", "http://hooks.example.com/a-secret", "file:///a-secret", "a-secret"])
def test_only_https_is_a_webhook(webhook: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        SlackChannel(webhook)
    assert "a-secret" not in str(error.value)


def test_an_address_with_a_line_break_is_refused_without_naming_it() -> None:
    with pytest.raises(IsthmusError) as error:
        SlackChannel("https://127.0.0.1/a-secret\nHost: elsewhere").tell(ALERT)
    assert "a-secret" not in f"{error.value} {error.value.__cause__}"


def test_what_an_alert_says_cannot_mention_everybody_and_fits() -> None:
    alert = Alert("alarm", "info", "<!channel> " + "x" * 500, (("a", "<b>" * 2000),), "x", "&" * 5000)
    header, facts, text = message(alert)["blocks"]
    assert len(header["text"]["text"]) <= MAX_HEADER_CHARS
    assert "<!channel>" not in message(alert)["text"]
    assert len(facts["fields"][0]["text"]) <= 2000
    assert "<b>" not in facts["fields"][0]["text"]
    assert len(text["text"]["text"]) <= 3000
