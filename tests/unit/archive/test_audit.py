"""An audit: an independent count of what a bucket holds."""

from __future__ import annotations

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive.audit import count_identities
from isthmus.archive.cache import ObjectCache


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
