"""Faults are read as people type them, and combine."""

from __future__ import annotations

import pytest

from isthmus.core.errors import ConfigurationError
from isthmus.local.links import LINKS, links_of
from isthmus.local.proxy.faults import PLAIN, Fault, Shape, refuses, shape


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("refuse", Fault("refuse")),
        ("hang:down", Fault("hang", None, "down")),
        ("delay=200ms", Fault("delay", 0.2)),
        ("delay=0.2", Fault("delay", 0.2)),
        ("delay=1.5s:up", Fault("delay", 1.5, "up")),
        ("reset", Fault("reset")),
        ("reset=64KiB", Fault("reset", 65536)),
        ("throttle=100KB/s", Fault("throttle", 100_000)),
        ("throttle=2000", Fault("throttle", 2000)),
    ],
)
def test_a_fault_is_read_as_it_is_typed(text: str, fault: Fault) -> None:
    assert Fault.parse(text) == fault
    assert Fault.from_json(fault.to_json()) == fault


@pytest.mark.parametrize(
    "text",
    ["", "explode", "delay", "delay=soon", "delay=-1", "throttle", "throttle=0", "hang=3", "delay=1:left", "reset=5lb"],
)
def test_what_is_no_fault_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is not a fault") as caught:
        Fault.parse(text)
    assert "delay=200ms" in caught.value.fix


@pytest.mark.parametrize("text", ["refuse", "delay=0.25s:up", "reset=1000B", "throttle=2000B/s:down"])
def test_a_printed_fault_can_be_typed_again(text: str) -> None:
    assert str(Fault.parse(text)) == text


def test_faults_of_both_directions_and_of_one_combine() -> None:
    faults = [Fault("delay", 0.1), Fault("delay", 0.2, "up"), Fault("throttle", 5, "down"), Fault("throttle", 9)]
    assert shape(faults, "up") == Shape(delay_seconds=pytest.approx(0.3), bytes_per_second=9)
    assert shape(faults, "down") == Shape(delay_seconds=0.1, bytes_per_second=5)
    assert shape([], "up") == PLAIN
    assert not refuses(faults)


def test_an_outage_breaks_the_front_links_of_a_cloud_and_both_cross_links() -> None:
    cross = {"aws-to-gcp.http", "aws-to-gcp.pubsub", "gcp-to-aws"}
    assert set(links_of("aws")) == {"aws.front"} | cross
    assert set(links_of("gcp")) == {"gcp.ingest.front", "gcp.pubsub.front", "gcp.http.front"} | cross
    inside = {"aws.broker", "aws.bucket", "gcp.broker", "gcp.bucket"}
    assert set(LINKS) == set(links_of("aws")) | set(links_of("gcp")) | inside
