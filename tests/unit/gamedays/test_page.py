"""The report is one page without a script or a network, with the timeline drawn and everything escaped."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from isthmus.core.errors import ConfigurationError
from isthmus.gamedays import evidence
from isthmus.gamedays.evidence import Evidence, Judged, Report, Step
from isthmus.gamedays.page import render
from isthmus.gamedays.plot import timeline
from isthmus.gamedays.timeline import Band, Moment, Sample


def sample(at: float) -> Sample:
    """AWS takes 100 a second until it is out after 4 s; Google takes on."""
    aws = int(min(at, 4) * 100)
    depths = {"aws/archive": int(at), "gcp/archive": 0, "aws/archive-dlq": 0, "gcp/archive-dlq": int(at > 5)}
    return Sample(at, {"aws": aws, "gcp": int(at * 100)}, int(at > 4), int(4 < at < 6), depths)


def found(**changes: object) -> Evidence:
    """The evidence of a scenario."""
    values: dict = {
        "scenario": "aws-outage",
        "title": "AWS is <gone>",
        "description": "A & B",
        "runbook": "docs/runbooks/failover.md",
        "started": "2026-11-26T12:00:00+00:00",
        "seconds": 10.0,
        "status": "completed",
        "steady": True,
        "problem": "",
        "passed": True,
        "criteria": (Judged("publisher_rto <= 2 s", "RTO of the publisher", 1.25, "s", True),),
        "measured": {"publisher_rto": 1.25, "lost": 0.0, "rpo": None},
        "steps": (Step("AWS is cut off", "action", 4.0, 0.1, "broken: aws refuse", False),),
        "samples": tuple(sample(number / 4) for number in range(41)),
        "bands": (Band("g-0", "aws refuse", 4.0, 8.0), Band("g-1", "gcp hang", 9.0)),
        "moments": (Moment(4.5, "failover", "1 batch"), Moment(9.5, "whole", "both archives are whole")),
    }
    return Evidence(**{**values, **changes})


def report(*scenarios: Evidence) -> Report:
    return Report("2026-11-26T12:00:00+00:00", "1.0", "Linux", scenarios)


def test_the_page_needs_nothing_else() -> None:
    page = render(report(found()))
    assert not re.search(r"<script|https?://|url\(|@import|\ssrc=|<link", page)
    assert "AWS is &lt;gone&gt;" in page and "A &amp; B" in page and "<gone>" not in page
    assert "1.25 s" in page and "at most 2 s" in page and "1 of 1 scenarios passed" in page


def test_the_timeline_is_drawn() -> None:
    drawn = ET.fromstring(timeline(found()))
    kinds = [element.get("class", "") for element in drawn.iter()]
    for kind in ("area aws", "area gcp", "line err", "line dead", "line spool", "whole", "mark"):
        assert kind in kinds, kind
    assert kinds.count("fault") == kinds.count("band") == 2
    view = [float(number) for number in drawn.get("viewBox", "").split()]
    for element in drawn.iter():
        for point in (element.get("points") or "").split():
            x, y = map(float, point.split(","))
            assert 0 <= x <= view[2] and 0 <= y <= view[3]


def test_a_fault_that_was_never_healed_lasts_to_the_end() -> None:
    drawn = ET.fromstring(timeline(found()))
    last = [element for element in drawn.iter() if element.get("class") == "band"][-1]
    assert float(last.get("x", 0)) + float(last.get("width", 0)) == pytest.approx(1040 - 16, abs=1)


def test_a_scenario_without_samples_has_no_timeline() -> None:
    assert timeline(found(samples=())) == ""
    assert "<svg" not in render(report(found(samples=())))


def test_what_failed_is_told() -> None:
    bad = Judged("publisher_rto <= 2 s", "RTO of the publisher", None, "s", False)
    page = render(report(found(), found(passed=False, criteria=(bad,), problem="it was interrupted")))
    assert "1 of 2 failed" in page and "not measured" in page and "it was interrupted" in page


def test_a_report_is_read_as_it_was_written(tmp_path: Path) -> None:
    written = report(found())
    evidence.write(written, tmp_path / "one", render(written))
    assert evidence.read(tmp_path / "one") == written
    assert evidence.newest(tmp_path) == tmp_path / "one"
    assert written.passed and not report().passed


def test_a_report_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no report"):
        evidence.read(tmp_path)
    with pytest.raises(ConfigurationError, match="there is no report"):
        evidence.newest(tmp_path)
    (tmp_path / "report.json").write_text("{}")
    with pytest.raises(ConfigurationError, match="can't be read"):
        evidence.read(tmp_path)
