"""What is broken is written down first, healed once, and found again by whoever comes next."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import pytest

from isthmus.core.errors import Unavailable
from isthmus.gamedays import breaker as breakers
from isthmus.gamedays import faults
from isthmus.gamedays.breaker import FILE, Breaker, left_open
from isthmus.gamedays.faults import Fault
from isthmus.gamedays.site import Clock, Site
from isthmus.local.rundir import RunDirectory

DONE: list[str] = []


@dataclass(frozen=True)
class Noted(Fault):
    """A fault that notes what is done with it."""

    kind: ClassVar[str] = "noted"
    name: str
    fails: bool = False

    def remember(self, site: Site) -> dict[str, Any]:
        return {"was": self.name.upper()}

    def begin(self, site: Site, label: str) -> None:
        written = json.loads((site.run.root / FILE).read_text())
        assert label in [one["label"] for one in written["open"]], "it must be written down first"
        DONE.append(f"break {self.name}")

    def end(self, site: Site, label: str, before: Mapping[str, Any]) -> None:
        if self.fails:
            raise Unavailable(f"{self.name} does not answer")
        DONE.append(f"heal {self.name} {before['was']}")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site of which only the folder is used."""
    monkeypatch.setitem(faults.KINDS, "noted", Noted)
    DONE.clear()
    return Site(RunDirectory(tmp_path), None, None, Clock())  # type: ignore[arg-type]


def test_what_was_broken_is_healed_the_last_first(site: Site) -> None:
    breaker = Breaker(site)
    breaker.begin(Noted("a"), "1")
    breaker.begin(Noted("b"), "2")
    assert breaker.heal() == [Noted("b"), Noted("a")]
    assert DONE == ["break a", "break b", "heal b B", "heal a A"]
    assert not (site.run.root / FILE).exists()
    assert breaker.heal() == []


def test_equal_faults_are_one_that_ends_with_the_last(site: Site) -> None:
    breaker = Breaker(site)
    breaker.begin(Noted("a"), "1")
    breaker.begin(Noted("a"), "2")
    breaker.end("1")
    assert DONE == ["break a"]
    breaker.end("2")
    assert DONE == ["break a", "heal a A"]
    breaker.end("2")
    assert DONE == ["break a", "heal a A"]


def test_what_cannot_be_healed_stays_written_down_and_the_rest_is_healed(site: Site) -> None:
    breaker = Breaker(site)
    breaker.begin(Noted("a"), "1")
    breaker.begin(Noted("b", fails=True), "2")
    with pytest.raises(Unavailable, match="b does not answer"):
        breaker.heal()
    assert [one.label for one in breaker.open] == ["2"]
    assert [one.fault for one in left_open(site.run, abandoned=False)] == [Noted("b", fails=True)]


def test_a_note_of_a_living_process_is_left_to_it(site: Site) -> None:
    Breaker(site).begin(Noted("a"), "1")
    assert left_open(site.run) == []
    assert len(left_open(site.run, abandoned=False)) == 1


def test_a_note_of_a_dead_process_is_healed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    Breaker(site).begin(Noted("a"), "1")
    note = json.loads((site.run.root / FILE).read_text())
    note["owner"]["started"] = "another boot:1"
    (site.run.root / FILE).write_text(json.dumps(note))
    monkeypatch.setattr(breakers.Site, "of", classmethod(lambda cls, run: site))
    said: list[str] = []
    breakers.heal_left_open(site.run, said.append)
    assert DONE[-1] == "heal a A"
    assert said and not (site.run.root / FILE).exists()


def test_a_note_that_is_damaged_is_no_obstacle(site: Site) -> None:
    (site.run.root / FILE).write_text("{")
    assert left_open(site.run) == []


def test_a_clock_is_wrong_by_all_its_faults_together() -> None:
    clock = Clock({"a": 3600.0, "b": -60.0})
    right = Clock()
    assert 3535 < (clock.now_ns() - right.now_ns()) / 1e9 < 3545
