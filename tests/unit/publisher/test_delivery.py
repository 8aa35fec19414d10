"""The publisher against real ingests that misbehave: nothing is lost, nothing is kept twice, and others take over."""

from __future__ import annotations

import time

import pytest

from isthmus.publisher import Publisher, RejectedEvent, Undelivered
from isthmus.publisher.stats import percentile

KINDS = ["refuse", "hang", "503", "500", "429"]


def fail(ingest, how: str) -> None:
    if how == "refuse":
        ingest.refuse()
    else:
        ingest.how = how


def sent(events) -> set[tuple[str, str]]:
    return {(event["source"], event["id"]) for event in events}


def test_events_are_batched_spread_over_both_ingests_and_reported(aws, gcp, config, events) -> None:
    reported: list[tuple[int, float, str]] = []
    batch = events(200)
    with Publisher(
        config(), on_accepted=lambda lines, seconds, by: reported.append((len(lines), seconds, by))
    ) as publisher:
        publisher.send_many(batch)
        assert publisher.flush(10)
        stats = publisher.stats()
    assert (stats.sent, stats.accepted, stats.rejected, stats.buffered, stats.requests) == (200, 200, 0, 0, 20)
    assert sum(stats.accepted_by.values()) == 200
    assert min(stats.accepted_by.get("aws", 0), stats.accepted_by.get("gcp", 0)) >= 60
    assert sum(count for count, _, _ in reported) == 200
    assert all(seconds > 0 and by in ("aws", "gcp") for _, seconds, by in reported)
    assert sorted(aws.identities() + gcp.identities()) == sorted(sent(batch))
    assert 0 < stats.accept_p50_seconds <= stats.accept_p99_seconds


@pytest.mark.parametrize("how", KINDS)
def test_while_one_ingest_is_gone_the_other_takes_all_in_two_seconds(aws, gcp, config, events, how) -> None:
    with Publisher(config()) as publisher:
        publisher.send_many(events(50))
        assert publisher.flush(10)
        fail(aws, how)
        began = time.monotonic()
        publisher.send_many(events(200, 50))
        assert publisher.flush(10)
        stats = publisher.stats()
    assert time.monotonic() - began < 2.0
    assert (stats.accepted, stats.rejected, stats.spooled_total) == (250, 0, 0)
    assert sorted(aws.identities() + gcp.identities()) == sorted(sent(events(250)))


@pytest.mark.parametrize("how", ["refuse", "hang", "503"])
def test_an_ingest_that_is_back_is_used_again(aws, gcp, config, events, until, how) -> None:
    with Publisher(config()) as publisher:
        fail(aws, how)
        publisher.send_many(events(100))
        assert publisher.flush(10)
        before = publisher.stats().accepted_by.get("aws", 0)
        if how == "refuse":
            aws.open()
        aws.release.set()
        aws.how = "ok"
        first = iter(range(1000, 100_000, 20))

        def used_again() -> bool:
            publisher.send_many(events(20, next(first)))
            publisher.flush(5)
            return publisher.stats().accepted_by.get("aws", 0) > before

        until(used_again)
        assert not publisher.stats().out


def test_an_endpoint_that_hangs_is_left_alone_and_named(aws, gcp, config, events) -> None:
    aws.how = "hang"
    with Publisher(config()) as publisher:
        publisher.send_many(events(100))
        assert publisher.flush(10)
        tried = len(aws.requests)
        assert list(publisher.stats().out) == ["aws"]
        publisher.send_many(events(300, 100))
        assert publisher.flush(10)
    assert len(aws.requests) == tried <= 3


def test_an_answer_that_got_lost_makes_the_same_frame_again_with_the_other_ingest(aws, gcp, config, events) -> None:
    """The ingest accepts and the connection breaks: the retry has the same key, so the archives keep one."""
    aws.how = gcp.how = "cut"
    with Publisher(config()) as publisher:
        publisher.send_many(events(10))
        assert publisher.flush(10)
        assert publisher.stats().retries >= 1
    keys = [key for key, _ in aws.requests + gcp.requests]
    assert len(keys) >= 2
    assert len(set(keys)) == 1
    frames = {frame.id for ingest in (aws, gcp) for frame in ingest.broker.frames()}
    assert len(frames) == 1


def test_a_slow_ingest_that_answers_probes_is_waited_for(aws, config, events) -> None:
    aws.slow_seconds = 0.7
    with Publisher(config(endpoints=(aws.endpoint,))) as publisher:
        publisher.send_many(events(30))
        assert publisher.flush(10)
        assert publisher.stats().retries == 0


def test_retry_after_is_kept_while_the_other_takes_the_batches(aws, gcp, config, events) -> None:
    aws.how, aws.retry_after = "429", "30"
    with Publisher(config()) as publisher:
        publisher.send_many(events(200))
        assert publisher.flush(10)
        assert publisher.stats().accepted_by == {"gcp": 200}
    assert len(aws.requests) <= 3


def test_no_endpoint_has_more_requests_at_a_time_than_allowed(aws, gcp, config, events) -> None:
    aws.slow_seconds = gcp.slow_seconds = 0.02
    with Publisher(config(max_in_flight=2)) as publisher:
        publisher.send_many(events(300))
        assert publisher.flush(10)
    assert max(aws.most_in_flight, gcp.most_in_flight) <= 2


def test_rejected_events_are_reported_one_by_one_and_the_others_accepted(aws, gcp, config, events) -> None:
    rejected: list[RejectedEvent] = []
    accepted: list[bytes] = []
    batch = events(5) + events(1, 5, time="noon") + events(4, 6)
    with Publisher(
        config(), on_rejected=rejected.extend, on_accepted=lambda lines, *_: accepted.extend(lines)
    ) as publisher:
        publisher.send_many(batch)
        assert publisher.flush(10)
        assert (publisher.stats().accepted, publisher.stats().rejected) == (9, 1)
    (only,) = rejected
    assert (b'"noon"' in only.event, only.attribute, only.code) == (True, "time", "invalid")
    assert len(accepted) == 9
    assert not any(b'"noon"' in line for line in accepted)


def test_every_event_of_many_rejected_is_reported(aws, config, events) -> None:
    rejected: list[RejectedEvent] = []
    settings = config(endpoints=(aws.endpoint,), max_batch_events=400, linger_seconds=5)
    with Publisher(settings, on_rejected=rejected.extend) as publisher:
        publisher.send_many(event | ({"time": "x"} if int(event["id"]) % 2 else {}) for event in events(400))
        assert publisher.flush(10)
    assert (publisher.stats().accepted, len(rejected)) == (200, 200)
    assert len({event.event for event in rejected}) == 200


def test_events_that_were_unavailable_are_sent_again(aws, config, events, until) -> None:
    why = {"index": 3, "attribute": "", "reason": "not now", "code": "unavailable"}
    aws.answer = {"accepted": 9, "rejected_count": 1, "rejected": [why]}
    with Publisher(config(endpoints=(aws.endpoint,))) as publisher:
        publisher.send_many(events(10))
        until(lambda: publisher.stats().accepted == 9)
        aws.answer = None
        assert publisher.flush(10)
        assert (publisher.stats().accepted, publisher.stats().rejected) == (10, 0)
    # The one event may meet the made-up answer again, whose figures don't fit it, before that is taken away.
    assert aws.requests[0][1] == 10 and {count for _, count in aws.requests[1:]} == {1}
    assert len({key for key, _ in aws.requests}) == 2


@pytest.mark.parametrize("answer", [{"accepted": 3, "rejected_count": 0}, {"accepted": 9, "rejected_count": 1}, {}])
def test_an_acceptance_whose_figures_do_not_add_up_is_none(aws, config, events, until, answer) -> None:
    aws.answer = answer
    with Publisher(config(endpoints=(aws.endpoint,))) as publisher:
        publisher.send_many(events(10))
        until(lambda: len(aws.requests) >= 2)
        assert publisher.stats().accepted == 0
        aws.answer = None
        assert publisher.flush(10)
        assert publisher.stats().accepted == 10
    assert len({key for key, _ in aws.requests}) == 1


@pytest.mark.parametrize("status", ["400", "415", "418"])
def test_a_request_that_is_turned_down_is_reported_event_by_event(aws, config, events, status) -> None:
    rejected: list[RejectedEvent] = []
    aws.how = status
    with Publisher(config(endpoints=(aws.endpoint,)), on_rejected=rejected.extend) as publisher:
        publisher.send_many(events(10))
        assert publisher.flush(10)
    assert {(r.code, r.reason, r.endpoint) for r in rejected} == {(f"status-{status}", "as told", "aws")}
    assert len(rejected) == 10


def test_an_ingest_that_does_not_know_the_sender_is_passed_over(aws, gcp, config, events) -> None:
    aws.how = "401"
    with Publisher(config()) as publisher:
        publisher.send_many(events(100))
        assert publisher.flush(10)
        assert publisher.stats().accepted_by == {"gcp": 100}


def test_a_sender_that_no_ingest_knows_is_told_so(aws, gcp, config, events) -> None:
    rejected: list[RejectedEvent] = []
    with Publisher(config(api_key="wrong"), on_rejected=rejected.extend) as publisher:
        publisher.send_many(events(10))
        assert publisher.flush(10)
    assert {r.code for r in rejected} == {"status-401"}
    assert len(rejected) == 10


def test_a_batch_that_is_too_large_is_sent_in_parts(aws, config, events) -> None:
    """The ingest takes 8 MiB unpacked; the publisher has been told that more would do."""
    rejected: list[RejectedEvent] = []
    settings = config(endpoints=(aws.endpoint,), max_batch_bytes=64_000_000, linger_seconds=5)
    with Publisher(settings, on_rejected=rejected.extend) as publisher:
        publisher.send_many(events(10, data="x" * 1_500_000))
        assert publisher.flush(10)
        assert publisher.stats().accepted == 10
    assert not rejected
    assert len(set(aws.identities())) == 10


def test_a_wrong_clock_is_no_reason_to_reject(aws, config, events, monkeypatch) -> None:
    """This machine's clock is a day ahead, the ingest's is right."""
    real = time.time_ns
    aws.ingest.clock_ms = lambda: real() // 1_000_000
    monkeypatch.setattr("isthmus.core.uuid7.time.time_ns", lambda: real() + 86_400 * 10**9)
    with Publisher(config(endpoints=(aws.endpoint,))) as publisher:
        monkeypatch.setattr("isthmus.publisher.batch.time.time_ns", lambda: real() + 86_400 * 10**9)
        publisher.send_many(events(10))
        publisher.flush(5)
        assert (publisher.stats().accepted, publisher.stats().rejected) == (10, 0)


def test_a_callback_that_fails_does_not_stop_the_events_behind_it(aws, config, events) -> None:
    def fail_always(*_: object) -> None:
        raise RuntimeError("of the callback")

    with Publisher(config(endpoints=(aws.endpoint,)), on_accepted=fail_always) as publisher:
        publisher.send_many(events(50))
        assert publisher.flush(10)
        assert publisher.stats().accepted == 50


def test_without_a_spool_close_reports_what_it_could_not_deliver(aws, gcp, config, events) -> None:
    rejected: list[RejectedEvent] = []
    aws.refuse()
    gcp.refuse()
    publisher = Publisher(config(spool_path=None), on_rejected=rejected.extend)
    publisher.send_many(events(25))
    with pytest.raises(Undelivered, match="25 events are not delivered"):
        publisher.close(timeout=0.3)
    assert {r.code for r in rejected} == {"undelivered"}
    assert len(rejected) == 25


def test_a_percentile_is_a_sample_and_the_median_of_two_is_the_lesser() -> None:
    assert [percentile([5.0, 1.0], share) for share in (0.0, 0.5, 0.99)] == [1.0, 1.0, 5.0]
    assert percentile(range(1, 101), 0.99) == 99
    assert percentile([], 0.5) == 0.0


@pytest.mark.parametrize("hours", [-30, 30])
def test_a_clock_that_is_wrong_loses_nothing(aws, gcp, config, events, hours) -> None:
    """Ingests refuse keys of other days; the publisher then takes their time."""
    wrong = config(clock_ns=lambda: time.time_ns() + hours * 3600 * 10**9)
    with Publisher(wrong) as publisher:
        publisher.send_many(events(100))
        assert publisher.flush(10)
        stats = publisher.stats()
    assert (stats.accepted, stats.rejected) == (100, 0)
    assert sorted(aws.identities() + gcp.identities()) == sorted(sent(events(100)))
