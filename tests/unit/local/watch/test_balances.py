"""When the balance of both archives is drawn up again."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from isthmus.adapters.memory import MemoryBucket
from isthmus.archive.gauges import CORRUPT
from isthmus.archive.known import Known
from isthmus.core.errors import Unavailable
from isthmus.local.ledger import Ledger
from isthmus.local.rundir import RunDirectory
from isthmus.local.watch import sources


@dataclass
class Site:
    """Two archives, their time, and how long they let whoever asks wait."""

    now: float = 1000.0
    takes_seconds: float = 0.0
    is_out: bool = False
    asked: int = 0

    def monotonic(self) -> float:
        return self.now

    @contextlib.contextmanager
    def ledger(self, run: RunDirectory) -> Iterator[Ledger]:
        self.asked += 1
        self.now += self.takes_seconds
        if self.is_out:
            raise Unavailable("the archive can't be listed")
        known = Known(run.root / "ledger.sqlite")
        yield Ledger(MemoryBucket("aws"), MemoryBucket("gcp"), known)
        known.close()


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Site:
    made = Site()
    monkeypatch.setattr(sources, "time", made)
    monkeypatch.setattr(sources, "ledger", made.ledger)
    return made


@pytest.fixture
def balances(tmp_path: Path) -> sources.Balances:
    return sources.Balances(RunDirectory(tmp_path), lambda: 1_700_000_000.0)


def test_after_an_outage_it_is_drawn_up_as_soon_as_ever(site: Site, balances: sources.Balances) -> None:
    """However long the time-outs took that told of the outage."""
    site.is_out, site.takes_seconds = True, 20.0
    assert balances.read() == {}
    site.is_out, site.takes_seconds = False, 0.0
    site.now += sources.BALANCE_SECONDS
    assert balances.read()[CORRUPT, ()] == 0


def test_a_long_one_is_drawn_up_seldom(site: Site, balances: sources.Balances) -> None:
    site.takes_seconds = 1.0
    found = balances.read()
    site.now += 1.0 / sources.BALANCE_SHARE - 1
    assert (balances.read(), site.asked) == (found, 1)
    site.now += 1
    assert (balances.read(), site.asked) == (found, 2)
