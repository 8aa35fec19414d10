"""What pages are told: the newest of each topic once, additions all, and what is newer after a break."""

from __future__ import annotations

import asyncio

from isthmus.console import hub as hubs
from isthmus.console.hub import Hub


def texts(hub: Hub, number: int = 0) -> list[tuple[str, str]]:
    """Topics and JSON of what is newer."""
    return [(message.topic, message.text) for message in hub.since(number)]


def test_of_a_state_only_the_newest_is_told() -> None:
    hub = Hub()
    hub.keep("links", 1)
    hub.keep("slo", 5)
    hub.keep("links", 2)
    assert texts(hub) == [("slo", "5"), ("links", "2")]


def test_a_state_that_is_the_same_is_not_told_again() -> None:
    hub = Hub()
    hub.keep("links", {"a": 1})
    place = hub.since(0)[-1].number
    hub.keep("links", {"a": 1})
    assert texts(hub, place) == []


def test_additions_are_all_told_in_order_until_the_log_begins_anew() -> None:
    hub = Hub()
    hub.add("gameday", "a")
    hub.keep("links", 1)
    hub.add("gameday", "b")
    assert texts(hub) == [("gameday", '"a"'), ("links", "1"), ("gameday", '"b"')]
    hub.begin("gameday", "c")
    assert texts(hub) == [("links", "1"), ("gameday", '"c"')]


def test_a_log_keeps_no_more_than_it_may() -> None:
    hub = Hub()
    for number in range(hubs.LOG_MAX + 10):
        hub.add("gameday", number)
    found = texts(hub)
    assert len(found) == hubs.LOG_MAX
    assert found[0] == ("gameday", "10")


def test_a_reader_that_was_away_goes_on_where_it_stopped() -> None:
    hub = Hub()
    hub.keep("links", 1)
    place = hub.place(f"{hub.epoch}-{hub.since(0)[-1].number}")
    hub.keep("slo", 2)
    assert texts(hub, place) == [("slo", "2")]


def test_the_place_of_another_epoch_is_the_beginning() -> None:
    assert Hub().place("0ld-17") == 0
    assert Hub(epoch="now").place("now-x") == 0
    assert Hub(epoch="now").place("") == 0


def test_a_follower_is_woken_by_what_is_new_and_told_of_silence() -> None:
    async def follow() -> list[list[str]]:
        hub = Hub()
        hub.keep("links", 1)
        found = []
        messages = hub.follow(0, 0.02)
        found.append([one.text for one in await anext(messages)])
        found.append([one.text for one in await anext(messages)])
        waiting = asyncio.ensure_future(anext(messages))
        await asyncio.sleep(0)
        hub.keep("links", 2)
        found.append([one.text for one in await waiting])
        return found

    assert asyncio.run(follow()) == [["1"], [], ["2"]]


def test_feeds_rest_while_nobody_reads() -> None:
    async def watch() -> tuple[bool, bool]:
        hub = Hub()
        waiting = asyncio.ensure_future(hub.watched())
        await asyncio.sleep(0)
        before = waiting.done()
        with hub.reading():
            await waiting
            assert hub.readers == 1
        resting = asyncio.ensure_future(hub.watched())
        await asyncio.sleep(0)
        resting.cancel()
        return before, resting.done() and not resting.cancelled()

    assert asyncio.run(watch()) == (False, False)
