"""What becomes of a batch that an ingest answers strangely, late or never."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from isthmus.publisher import Publisher, PublisherConfig, RejectedEvent, Stats

Config = Callable[..., PublisherConfig]
Events = Callable[..., list[dict[str, Any]]]
Until = Callable[[Callable[[], object]], None]


def deliver(config: PublisherConfig, events: list[dict[str, Any]], rejected: list[RejectedEvent]) -> Stats:
    """Sends events, waits until all are answered, and returns the figures."""
    with Publisher(config, on_rejected=rejected.extend) as publisher:
        publisher.send_many(events)
        assert publisher.flush(10)
        return publisher.stats()


def kept(*ingests: Any) -> Counter[str]:
    """How often each event's id is held, by however many ingests."""
    return Counter(id_ for ingest in ingests for _, id_ in ingest.identities())


def test_an_ingest_that_hangs_but_answers_probes_is_given_up_at_the_read_timeout(
    config: Config, events: Events, aws, gcp
) -> None:
    aws.how, aws.alive = "hang", True
    deliver(config(read_timeout_seconds=0.6), events(20), [])
    assert kept(gcp) == {str(i): 1 for i in range(20)}


@pytest.mark.parametrize("status", ["500", "503", "429"])
def test_a_passing_fault_is_tried_at_the_other_ingest_with_the_same_key(
    config: Config, events: Events, aws, gcp, status: str
) -> None:
    aws.how = status
    stats = deliver(config(), events(50), [])
    assert kept(gcp) == {str(i): 1 for i in range(50)} and stats.rejected == 0
    assert {key for key, _ in aws.requests} <= {key for key, _ in gcp.requests}


def test_an_event_sent_twice_counts_as_accepted_and_is_held_once(config: Config, events: Events, aws, gcp) -> None:
    stats = deliver(config(), [*events(5), *events(3)], [])
    assert kept(aws, gcp) == {str(i): 1 for i in range(5)}
    assert (stats.sent, stats.accepted, stats.duplicates, stats.rejected) == (8, 8, 3, 0)


def test_what_is_wrong_with_events_is_not_asked_of_the_other_ingest(config: Config, events: Events, aws, gcp) -> None:
    rejected: list[RejectedEvent] = []
    stats = deliver(config(), [event | {"time": "yesterday"} for event in events(4)], rejected)
    assert stats.requests == 1 and stats.rejected == 4 and {r.attribute for r in rejected} == {"time"}


def test_an_event_that_is_too_large_alone_is_rejected(config: Config, events: Events, aws, gcp) -> None:
    aws.limit = gcp.limit = 0
    rejected: list[RejectedEvent] = []
    assert deliver(config(), events(4), rejected).rejected == 4
    assert {r.code for r in rejected} == {"status-413"}


def test_parts_of_a_batch_that_was_too_large_have_keys_of_their_own(config: Config, events: Events, aws, gcp) -> None:
    aws.limit = gcp.limit = 3
    deliver(config(max_batch_events=16), events(16), [])
    keys = [key for key, count in aws.requests + gcp.requests if count > 0]
    assert len(set(keys)) == len(keys) and kept(aws, gcp) == {str(i): 1 for i in range(16)}


def test_a_key_that_has_grown_too_old_is_made_anew(config: Config, events: Events, aws, gcp, until: Until) -> None:
    aws.how = gcp.how = "503"
    accepted: list[bytes] = []

    def heard(lines: Sequence[bytes], seconds: float, endpoint: str) -> None:
        accepted.extend(lines)

    with Publisher(config(key_max_age_seconds=0.05, spool_path=None), on_accepted=heard) as publisher:
        publisher.send_many(events(5))
        until(lambda: len({key for key, _ in aws.requests + gcp.requests}) >= 2)
        aws.how = gcp.how = "ok"
        assert publisher.flush(10)
    assert len(set(accepted)) == len(accepted) == 5
