"""An event gets through on each path, or it is told where it did not."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from conftest import Isthmus

from isthmus.cli import exits


def legs(isthmus: Isthmus, *words: str) -> tuple[int, dict[tuple[str, str], Any]]:
    """The exit code of a probe, and its legs by ingest and archive."""
    done = isthmus("probe", "--json", *words)
    return done.returncode, {(leg["ingest"], leg["archive"]): leg for leg in json.loads(done.stdout)}


def test_an_event_arrives_in_both_archives_from_either_ingest(isthmus: Isthmus) -> None:
    code, found = legs(isthmus, "--deadline", "60")
    assert code == exits.OK, found
    assert set(found) == {(ingest, archive) for ingest in ("aws", "gcp") for archive in ("aws", "gcp")}
    assert all(0 < leg["accepted_ms"] <= leg["arrived_ms"] <= 60_000 for leg in found.values())
    told = isthmus("query", "select count(*) as n from events where type = 'isthmus.probe'", "--json")
    assert json.loads(told.stdout)[0]["n"] >= 2


def test_a_cloud_that_is_out_is_told_on_its_legs_alone(isthmus: Isthmus) -> None:
    assert isthmus("break", "aws").returncode == 0
    try:
        code, found = legs(isthmus, "--deadline", "8")
    finally:
        isthmus("heal")
    assert code == exits.FAILED
    assert {leg for leg, facts in found.items() if not facts["problem"]} == {("gcp", "gcp")}
    assert found["aws", "gcp"]["problem"].startswith("not accepted")
    assert found["gcp", "aws"]["problem"].startswith("not there after 8 s")


def test_a_cloud_that_is_none_is_refused(isthmus: Isthmus) -> None:
    done = isthmus("probe", "azure")
    assert done.returncode == exits.USAGE
    assert "aws, gcp" in done.stderr
