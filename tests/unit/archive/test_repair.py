"""Repair: afterwards both archives hold the same, and nothing that was there has changed."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive.balance import reckon
from isthmus.archive.repair import repair
from isthmus.core.errors import Unavailable

Places = st.sampled_from(["aws", "gcp", "both", "corrupt"])


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(places=st.lists(Places, max_size=12))
def test_both_hold_the_union_and_what_differs_is_untouched(places: list[str], keep: Any, event: Any) -> None:
    aws, gcp = MemoryBucket("aws"), MemoryBucket("gcp")
    corrupt = []
    for n, place in enumerate(places):
        to = {"aws": [aws], "gcp": [gcp]}.get(place, [aws, gcp])
        (key,) = keep(to, [event(n)], seed=b"%d" % n)
        if place == "corrupt":
            gcp.objects[key] += b"!"
            corrupt.append(key)
    before = {**aws.objects}, {**gcp.objects}
    done = repair(aws, gcp)
    assert set(done.balance.corrupt_named) == set(corrupt)
    assert done.is_whole is not bool(corrupt)
    assert done.copies.failed == []
    assert done.copies.copied == {"aws": places.count("gcp"), "gcp": places.count("aws")}
    assert aws.objects.keys() == gcp.objects.keys() == before[0].keys() | before[1].keys()
    assert aws.objects == {**before[1], **before[0]}
    assert gcp.objects == {**before[0], **before[1]}
    assert sum(repair(aws, gcp).copies.copied.values()) == 0


def test_a_damaged_object_is_not_spread_to_the_other_cloud(aws, gcp, keep, event) -> None:
    (key,) = keep([aws], [event(1)])
    aws.objects[key] = b"damaged"
    done = repair(aws, gcp)
    assert gcp.objects == {}
    assert len(done.copies.failed) == 1
    assert "damaged" in done.copies.failed[0]
    assert not done.copies.again
    assert not done.is_whole


class Flaky(MemoryBucket):
    """Takes an object only at a later attempt."""

    refusals = 2

    def put_new(self, key: str, data: bytes, *, events: int = 0) -> bool:
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("not now")
        return super().put_new(key, data, events=events)


def test_a_passing_fault_is_tried_again(aws, keep, event) -> None:
    keep([aws], [event(1)])
    assert repair(aws, Flaky("gcp")).is_whole


def test_what_an_interrupted_repair_left_the_next_one_does(aws, keep, event) -> None:
    for n in range(8):
        keep([aws], [event(n)], seed=b"%d" % n)
    target = Flaky("gcp")
    target.refusals = 20
    first = repair(aws, target)
    assert first.copies.failed
    assert first.copies.again
    assert first.balance.lacks[1].objects == len(first.copies.failed)
    assert repair(aws, target).is_whole


def test_an_object_that_appears_meanwhile_is_left_as_it_is(aws, gcp, keep, event) -> None:
    (key,) = keep([aws], [event(1)])

    class Racing(MemoryBucket):
        def put_new(self, key: str, data: bytes, *, events: int = 0) -> bool:
            super().put_new(key, data)
            return super().put_new(key, b"late")

    target = Racing("gcp")
    done = repair(aws, target)
    assert done.copies.copied == {"aws": 0, "gcp": 0}
    assert target.objects[key] == aws.objects[key]
    assert done.is_whole


def test_progress_counts_what_is_dealt_with(aws, gcp, keep, event) -> None:
    for n in range(3):
        keep([aws], [event(n)], seed=b"%d" % n)
    seen: list[tuple[int, int]] = []
    repair(aws, gcp, progress=lambda done, of: seen.append((done, of)))
    assert seen == [(1, 3), (2, 3), (3, 3)]
    assert reckon(aws, gcp).is_whole
