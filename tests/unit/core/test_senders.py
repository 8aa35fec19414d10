"""Senders: known by digests of their keys, limited to prefixes."""

from __future__ import annotations

import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from isthmus.core.errors import ConfigurationError
from isthmus.core.events import Checked
from isthmus.core.requests import Request
from isthmus.core.senders import Sender, Senders


def digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def event(source: str = "/s", type_: str = "t", index: int = 0) -> Checked:
    return Checked(index, source, "1", type_, {})


def test_a_sender_is_known_by_any_of_its_keys_while_they_are_rotated() -> None:
    senders = Senders.from_json(json.dumps({"shop": {"key_sha256": [digest("old"), digest("new")]}}))
    found = [
        senders.authenticate(Request({"x-api-key": key}, b"")) for key in ("old", "new", "other", "", digest("old"))
    ]
    assert [sender.name if sender else None for sender in found] == ["shop", "shop", None, None, None]
    assert senders.authenticate(Request({}, b"")) is None


def test_a_sender_without_prefixes_may_send_anything() -> None:
    events = [event("/x"), event("y")]
    assert Sender("s", ()).split(events) == (events, [])


@given(st.lists(st.tuples(st.sampled_from(["/a/1", "/b", "a"]), st.sampled_from(["t.a", "u"])), max_size=8))
def test_every_event_is_either_allowed_or_refused_by_name(pairs: list[tuple[str, str]]) -> None:
    sender = Sender("shop", (), sources=("/a/", "/b"), types=("t.",))
    events = [event(source, type_, index) for index, (source, type_) in enumerate(pairs)]
    allowed, refused = sender.split(events)
    assert sorted([e.index for e in allowed] + [r.index for r in refused]) == list(range(len(events)))
    assert all(e.source.startswith(("/a/", "/b")) and e.type.startswith("t.") for e in allowed)
    assert {r.code for r in refused} <= {"forbidden"}
    assert all("shop may use only a " + r.attribute in r.reason for r in refused)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("nonsense", "can't be read"),
        ("[]", "can't be read"),
        ('{"s": {}}', "nothing that shows who it is"),
        ('{"s": {"key_sha256": [], "x": 1}}', "can't be read"),
        ('{"s": {"key_sha256": ["secret"]}}', "not a SHA-256"),
        (json.dumps({"s": {"key_sha256": [digest("k").upper()]}}), "not a SHA-256"),
    ],
)
def test_senders_that_cannot_be_used_say_so_and_do_not_print_keys(text: str, what: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        Senders.from_json(text)
    assert what in str(caught.value)
    assert "secret" not in str(caught.value)
