"""The providers that keep everything in the state: random, null and time."""

from __future__ import annotations

import base64
import string
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.realize.base import Context
from isthmus.rehearsal.realize.state_only import REALIZERS
from isthmus.rehearsal.resources import store

TEXT = {"upper": True, "lower": True, "numeric": True, "special": True}


def made(type_name: str, **planned: Any) -> dict[str, Any]:
    """What a type makes of planned values."""
    return REALIZERS[type_name.partition("_")[0]][type_name].create(planned, Context())


@pytest.mark.parametrize("provider", ["random", "null", "time"])
def test_every_resource_type_of_the_provider_is_there(provider: str) -> None:
    assert sorted(REALIZERS[provider]) == sorted(store.catalogue(provider).names("r"))


def test_an_id_is_the_same_bytes_in_each_notation() -> None:
    found = made("random_id", byte_length=4, prefix="p-")
    drawn = base64.urlsafe_b64decode(found["id"] + "==")
    assert found["hex"] == f"p-{drawn.hex()}"
    assert found["dec"] == f"p-{int.from_bytes(drawn, 'big')}"
    assert found["b64_std"] == f"p-{base64.b64encode(drawn).decode()}"


@pytest.mark.parametrize("type_name", ["random_string", "random_password"])
def test_a_text_keeps_its_length_and_the_least_counts(type_name: str) -> None:
    text = made(type_name, **TEXT | {"special": False}, length=12, min_numeric=5)["result"]
    assert len(text) == 12
    assert sum(character in string.digits for character in text) >= 5
    assert text.isalnum()


def test_an_override_is_the_alphabet_of_special_characters() -> None:
    only = dict.fromkeys(TEXT, False) | {"special": True}
    assert set(made("random_string", **only, length=30, override_special="-_")["result"]) <= set("-_")


def test_a_shuffle_goes_round_again_when_more_is_asked_for_than_there_is() -> None:
    result = made("random_shuffle", input=["a", "b"], result_count=5)["result"]
    assert (len(result), set(result[:2]), set(result[2:4])) == (5, {"a", "b"}, {"a", "b"})


def test_a_seed_gives_the_same_again() -> None:
    assert made("random_integer", min=1, max=10**9, seed="s") == made("random_integer", min=1, max=10**9, seed="s")


def test_a_pet_has_as_many_words_as_asked_for() -> None:
    assert [len(made("random_pet", length=n, separator="-")["id"].split("-")) for n in (1, 2, 4)] == [1, 2, 4]


def test_an_offset_over_the_end_of_a_month_runs_into_the_next() -> None:
    found = made("time_offset", base_rfc3339="2026-01-31T10:00:00Z", offset_months=1)
    assert (found["rfc3339"], found["day"], found["month"]) == ("2026-03-03T10:00:00Z", 3, 3)


def test_a_rotation_that_is_over_is_gone() -> None:
    realizer = REALIZERS["time"]["time_rotating"]
    state = made("time_rotating", rfc3339="2026-01-01T00:00:00Z", rotation_days=1, rotation_rfc3339=UNKNOWN)
    assert state["rotation_rfc3339"] == "2026-01-02T00:00:00Z"
    later = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert realizer.read({**state, "rotation_rfc3339": later}, Context()) is not None
    past = (datetime.now(UTC) - timedelta(days=1)).isoformat()
    assert realizer.read({**state, "rotation_rfc3339": past}, Context()) is None
