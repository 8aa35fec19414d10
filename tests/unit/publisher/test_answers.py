"""What an ingest's answer means for a batch, and when an endpoint is left alone."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from isthmus.core.events import Rejection
from isthmus.core.requests import Problem, accepted
from isthmus.publisher.answers import RETRY_AFTER_CAP_SECONDS, read
from isthmus.publisher.circuit import Circuit


def told(status: int, document: Any = None, **headers: str) -> Any:
    """The answer for a batch of ten."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return read(status, names, msgspec.json.encode(document) if document is not None else b"<html>", 10)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, "rejected"),
        (401, "refused"),
        (403, "refused"),
        (404, "refused"),
        (413, "split"),
        (415, "rejected"),
        (422, "rejected"),
        (408, "retry"),
        (429, "retry"),
        (500, "retry"),
        (503, "retry"),
        (302, "retry"),
        (200, "retry"),
        (202, "retry"),
    ],
)
def test_a_status_without_a_document_has_its_meaning(status: int, kind: str) -> None:
    assert told(status).kind == kind


def test_rejections_of_the_core_are_read_even_where_it_describes_only_some() -> None:
    rejected = [Rejection(i, "time", "no time", str(i), "/s") for i in range(150)]
    response = accepted(50, rejected)
    answer = read(response.status, response.headers, response.body, 200)
    assert answer.kind == "accepted" and sorted(answer.rejected) == list(range(150))
    assert answer.rejected[0] == ("no time", "time", "invalid")


def test_a_duplicate_counts_as_accepted_unless_the_first_one_is_not_held() -> None:
    held = Rejection(3, "id", "the same", "a", "/s", "duplicate")
    lost = [Rejection(1, "type", "not yours", "b", "/s", "forbidden"), Rejection(4, "id", "", "b", "/s", "duplicate")]
    response = accepted(7, [held, *lost])
    answer = read(202, {}, response.body, 10)
    assert answer.duplicates == 1 and sorted(answer.rejected) == [1, 4]


def test_events_that_no_broker_took_are_sent_again() -> None:
    response = accepted(9, [Rejection(2, "", "no broker", "a", "/s", "unavailable")])
    answer = read(202, {}, response.body, 10)
    assert list(answer.again) == [2] and not answer.rejected


@pytest.mark.parametrize(
    "document", [{"accepted": 9}, {"accepted": 10, "rejected_count": 1}, {}, [], {"accepted": "x"}]
)
def test_figures_that_do_not_add_up_acknowledge_nothing(document: Any) -> None:
    assert told(202, document).kind == "retry"


def test_retry_after_is_read_and_bounded() -> None:
    assert told(503, retry_after="2").wait_seconds == 2.0
    assert told(503, retry_after="9999").wait_seconds == RETRY_AFTER_CAP_SECONDS
    assert told(503, retry_after="Wed, 21 Oct 2015 07:28:00 GMT").wait_seconds == 0.0
    assert told(503, retry_after="-1").wait_seconds == 0.0


def test_a_key_out_of_range_brings_the_clock_of_the_ingest() -> None:
    body = Problem(400, "the Idempotency-Key is older than a day or from the future").response().body
    answer = read(400, {"date": "Mon, 01 Jan 2024 00:00:00 GMT"}, body, 10)
    assert answer.kind == "stale-key" and answer.server_ms == 1_704_067_200_000


def test_a_circuit_opens_after_failures_in_a_row_and_closes_after_a_success() -> None:
    circuit = Circuit(3, 0.5, 2.0)
    assert [circuit.failed("x", decisive=False) for _ in range(2)] == [False, False]
    circuit.succeeded()
    assert [circuit.failed("x", decisive=False) for _ in range(3)] == [False, False, True]
    assert circuit.state == "open" and circuit.reason == "x"
    circuit.probed(True)
    assert circuit.state == "half-open" and circuit.failed("y", decisive=False)
    circuit.probed(True)
    circuit.succeeded()
    assert circuit.state == "closed" and circuit.failed("refused", decisive=True)


def test_the_wait_before_a_probe_doubles_to_its_cap() -> None:
    circuit = Circuit(1, 0.5, 2.0)
    circuit.failed("x", decisive=True)
    for longest in (0.5, 1.0, 2.0, 2.0):
        assert all(longest / 2 <= circuit.cool_down() <= longest for _ in range(50))
        circuit.probed(False, "still")
    assert circuit.reason == "still"
