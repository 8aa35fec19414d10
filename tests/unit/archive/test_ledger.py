"""The ledger: differences by listing, and an independent count of what a bucket holds."""

from __future__ import annotations

import pytest

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive.cache import ObjectCache
from isthmus.archive.ledger import count_identities, difference
from isthmus.core.errors import Unavailable


def test_equal_archives_do_not_differ(aws, gcp, keep, event) -> None:
    keep([aws, gcp], [event(1)])
    assert difference(aws, gcp).is_empty


def test_what_one_side_lacks_and_what_differs_is_named(aws, gcp, keep, event) -> None:
    (left,) = keep([aws], [event(1)], seed=b"1")
    (right,) = keep([gcp], [event(2)], seed=b"2")
    (both,) = keep([aws, gcp], [event(3)], seed=b"3")
    gcp.objects[both] = gcp.objects[both][::-1]
    found = difference(aws, gcp)
    assert (found.only_left, found.only_right, found.corrupt) == ((left,), (right,), (both,))


def test_quarantine_is_compared_and_a_stranger_is_not(aws, gcp, keep, event) -> None:
    (key,) = keep([aws], [event(1)])
    aws.objects = {key.replace("events/", "quarantine/"): b"x", "tables/part-0.parquet": b"x", "events/readme": b"x"}
    aws._created = dict.fromkeys(aws.objects, 0)
    assert difference(aws, gcp).only_left == (key.replace("events/", "quarantine/"),)


def test_nothing_is_said_of_an_archive_that_cannot_be_listed(aws, gcp) -> None:
    gcp.out = True
    with pytest.raises(Unavailable):
        difference(aws, gcp)


def test_events_identities_and_duplicates_are_counted_from_the_bytes(aws, keep, event) -> None:
    keep([aws], [event(1), event(2)])
    keep([aws], [event(2), event(3), event(4, source="/airline/B6")], seed=b"2")
    audit = count_identities(aws)
    assert (audit.objects, audit.events, audit.identities, audit.duplicated) == (2, 5, 4, 1)
    assert (audit.missing, audit.unexpected) == (None, None)


def test_what_a_producer_had_acknowledged_and_is_not_there_is_missing(aws, keep, event) -> None:
    keep([aws], [event(1), event(2)])
    audit = count_identities(aws, expected=[("/airline/UA", "1"), ("/airline/UA", "9")])
    assert (audit.missing, audit.unexpected) == ((("/airline/UA", "9"),), 1)


def test_an_object_that_cannot_be_read_counts_for_nothing_and_is_told(aws, keep, event) -> None:
    (key,) = keep([aws], [event(1)])
    aws.objects[key] = b"damaged"
    audit = count_identities(aws, expected=[("/airline/UA", "1")])
    assert (audit.objects, audit.events, audit.missing) == (0, 0, (("/airline/UA", "1"),))
    assert len(audit.corrupt) == 1


def test_a_count_through_the_cache_is_the_same_and_reads_each_object_once(keep, event, tmp_path) -> None:
    class Counting(MemoryBucket):
        reads = 0

        def get(self, key: str) -> bytes:
            self.reads += 1
            return super().get(key)

    bucket = Counting("aws")
    for n in range(5):
        keep([bucket], [event(n)], seed=b"%d" % n)
    cache = ObjectCache(tmp_path)
    assert count_identities(bucket, cache) == count_identities(bucket, cache)
    assert bucket.reads == 5
