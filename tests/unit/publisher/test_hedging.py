"""A batch whose answer takes long goes to the other ingest, too: the first answer counts, traffic does not double."""

from __future__ import annotations

import time

from isthmus.publisher import Publisher


def test_a_batch_at_a_slow_ingest_is_taken_by_the_other_with_the_same_key(aws, gcp, config, events) -> None:
    aws.slow_seconds, aws.alive = 3.0, True
    began = time.monotonic()
    with Publisher(config(hedge_after_seconds=0.1, read_timeout_seconds=5, suspect_seconds=5)) as publisher:
        publisher.send_many(events(10))
        assert publisher.flush(10)
        stats = publisher.stats()
        waited = time.monotonic() - began
    assert waited < 2.0
    assert (stats.accepted, stats.accepted_by, stats.hedged, stats.failovers) == (10, {"gcp": 10}, 1, 1)
    assert (stats.requests, stats.retries, stats.in_flight) == (2, 1, 0)


def test_when_both_answer_the_archives_keep_one_of_each_event(aws, gcp, config, events, until) -> None:
    aws.slow_seconds = 0.5
    settings = config(hedge_after_seconds=0.1, read_timeout_seconds=5, suspect_seconds=5, hedge_share=1.0)
    with Publisher(settings) as publisher:
        publisher.send_many(events(60))
        assert publisher.flush(10)
        assert publisher.stats().hedged > 0
        until(lambda: aws.in_flight == 0)
    frames = {frame.id: frame for ingest in (aws, gcp) for frame in ingest.broker.frames()}
    assert sum(frame.count for frame in frames.values()) == 60
    assert len({key for key, _ in aws.requests} & {key for key, _ in gcp.requests}) > 0


def test_an_ingest_that_is_outrun_again_and_again_is_left_alone_until_it_is_quick(
    aws, gcp, config, events, until
) -> None:
    aws.slow_seconds = 2.0
    settings = config(hedge_after_seconds=0.05, read_timeout_seconds=5, suspect_seconds=5, hedge_share=1.0)
    with Publisher(settings) as publisher:
        publisher.send_many(events(200))
        assert publisher.flush(10)
        first = iter(range(200, 100_000, 10))
        aws.slow_seconds = 0.0

        def used_again() -> bool:
            publisher.send_many(events(10, next(first)))
            assert publisher.flush(10)
            return publisher.stats().accepted_by.get("aws", 0) > 0

        until(used_again)
        assert not publisher.stats().out


def test_ingests_that_are_both_slow_get_no_more_than_the_share_of_requests_twice(aws, gcp, config, events) -> None:
    aws.slow_seconds = gcp.slow_seconds = 0.15
    settings = config(hedge_after_seconds=0.05, hedge_share=0.05, suspect_seconds=1, max_in_flight=2)
    with Publisher(settings) as publisher:
        publisher.send_many(events(400))
        assert publisher.flush(20)
        stats = publisher.stats()
    assert (stats.accepted, stats.rejected, stats.out) == (400, 0, {})
    assert stats.hedged <= 4 + 0.05 * 40
    assert max(aws.most_in_flight, gcp.most_in_flight) <= 3


def test_ingests_at_their_usual_pace_get_each_batch_once(aws, gcp, config, events) -> None:
    aws.slow_seconds = gcp.slow_seconds = 0.03
    with Publisher(config(hedge_after_seconds=2, suspect_seconds=5, read_timeout_seconds=9)) as publisher:
        publisher.send_many(events(400))
        assert publisher.flush(20)
        stats = publisher.stats()
    assert (stats.accepted, stats.requests, stats.hedged) == (400, 40, 0)


def test_a_fault_of_the_second_leaves_the_answer_to_the_first(aws, gcp, config, events) -> None:
    aws.slow_seconds, gcp.how = 0.6, "503"
    with Publisher(config(hedge_after_seconds=0.05, suspect_seconds=2, read_timeout_seconds=5)) as publisher:
        publisher.send_many(events(30))
        assert publisher.flush(10)
        assert publisher.stats().accepted_by == {"aws": 30}
