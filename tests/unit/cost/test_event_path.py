"""What a million events cost: every quantity can be computed by hand, and nothing is 0 because it is not known."""

from __future__ import annotations

import pytest

from isthmus.cost.event_path import Estimate, Line, Shape, Sizes, broker_calls, modelled, per_million
from isthmus.cost.prices import PriceBook

SHAPE = Shape(events_per_frame=500, payload_bytes=15_000, events_per_request=500, request_bytes=150_000)


def line(estimate: Estimate, start: str) -> Line:
    (found,) = [line for line in estimate.lines if line.item.startswith(start)]
    return found


def test_quantities_follow_from_frames() -> None:
    found = modelled(SHAPE)
    assert line(found, "HTTP API").quantity == 1000
    assert line(found, "SNS publishes").quantity == 2000
    # Sent 2,000 messages of one 64 KB, received in 200 batches of 203 KB = 4 x 64 KB, deleted in 200 batches.
    assert line(found, "SQS archive").quantity == 2000 + 200 * 4 + 200
    assert line(found, "SQS bridge").quantity == (2000 + 200 * 4 + 200) / 2
    assert line(found, "S3 writes").quantity == line(found, "Cloud Storage class A").quantity == 2000
    assert line(found, "Lambda archive, requests").quantity == 200
    assert line(found, "Cloud Run bridge, requests").quantity == 1000


def test_costs_are_quantities_at_list_price() -> None:
    found = modelled(SHAPE)
    assert line(found, "SNS publishes").cost_usd == pytest.approx(2000 * 0.50 / 1e6)
    assert line(found, "S3 writes").cost_usd == pytest.approx(2000 * 0.005 / 1e3)
    assert line(found, "Pub/Sub publishes").cost_usd == pytest.approx(2000 * (15_000 + 260 + 40) / 2**40 * 40)
    assert found.total_usd == pytest.approx(sum(found.by_part().values()))


def test_sns_and_sqs_bill_each_64_kb() -> None:
    big = Shape(events_per_frame=500, payload_bytes=100_000, events_per_request=500, request_bytes=600_000)
    found = modelled(big)
    assert line(found, "SNS publishes").quantity == 2000 * 3
    assert line(found, "HTTP API").quantity == 1000 * 2


def test_pub_sub_bills_a_small_message_as_1000_bytes() -> None:
    single = modelled(SHAPE.one_event_a_message(300))
    assert line(single, "Pub/Sub publishes").quantity == pytest.approx(1e6 * 1000 / 2**40)


def test_a_message_an_event_costs_more_than_fifty_times_as_much_on_the_brokers() -> None:
    single = SHAPE.one_event_a_message(300)
    assert broker_calls(single) == 500 * broker_calls(SHAPE)
    assert modelled(single).total_usd > 50 * modelled(SHAPE).total_usd


def test_counted_calls_stand_in_for_the_model() -> None:
    found = per_million({"sns.Publish": 110, "pubsub.Publish": 100, "s3.PutObject": 130}, 50_000, SHAPE)
    assert line(found, "SNS publishes").quantity == 2200
    assert line(found, "S3 writes").quantity == 2600
    assert (line(found, "SNS publishes").counted, line(found, "HTTP API").counted) == (True, False)
    # What follows from a counted call is more, too.
    assert line(found, "SQS archive").quantity == pytest.approx((2000 + 200 * 4 + 200) * 1.1)


def test_reading_costs_where_it_is_counted() -> None:
    calls = {"s3.GetObject": 50, "s3.ListObjectsV2": 5, "storage.objects.get": 50, "storage.objects.list": 5}
    found = per_million(calls, 1_000_000, SHAPE)
    assert line(found, "S3 reads").quantity == 50
    assert line(found, "Cloud Storage class A").quantity == 2005


def test_a_call_that_is_not_known_is_listed_and_not_counted_as_0() -> None:
    found = per_million({"dynamodb.PutItem": 3}, 1_000_000, SHAPE)
    assert [unpriced.item for unpriced in found.unpriced][-1] == "dynamodb.PutItem"
    assert found.total_usd == pytest.approx(modelled(SHAPE).total_usd)


def test_without_prices_everything_is_listed_and_nothing_is_in_the_total() -> None:
    full, none = modelled(SHAPE), modelled(SHAPE, book=PriceBook([]))
    assert (none.lines, none.total_usd) == ((), 0.0)
    assert len(none.unpriced) == len(full.lines) + len(full.unpriced)
    assert all(unpriced.cost_usd is None and unpriced.note for unpriced in none.unpriced)


def test_a_region_without_a_price_is_listed() -> None:
    found = modelled(SHAPE, Sizes(gcp_region="europe-west1"))
    assert "Google Cloud to AWS" in {unpriced.item for unpriced in found.unpriced}


def test_the_architecture_chooses_the_price() -> None:
    arm, x86 = modelled(SHAPE), modelled(SHAPE, Sizes(architecture="x86_64"))
    assert line(arm, "Lambda ingest, duration").price == "aws.lambda.duration.arm64"
    assert x86.total_usd > arm.total_usd


@pytest.mark.parametrize("events", [0, -1])
def test_no_events_have_no_cost_an_event(events: int) -> None:
    with pytest.raises(ValueError, match="needs events"):
        per_million({}, events, SHAPE)
