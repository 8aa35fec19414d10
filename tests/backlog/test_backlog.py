"""The backlog: its defects are named, its states computed from what pytest said, its page in step with its rows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from isthmus.change import backlog
from isthmus.change.backlog import Mutation, Row, Standing
from isthmus.core.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
ROW = Row(
    "ARC-1", "P0", ("Nobody",), "a row", "it is", ("tests/a.py::test_a", "tests/b"), Mutation("f", "a", "b", "tests/b")
)
RESULTS = """<testsuites><testsuite>
<testcase classname="tests.a" name="test_a[one]"/>
<testcase classname="tests.a" name="test_a[two]">{a}</testcase>
<testcase classname="tests.a" name="test_ab"><failure/></testcase>
<testcase classname="tests.b.test_b" name="test_b">{b}</testcase>
</testsuite></testsuites>"""


@pytest.mark.parametrize(
    ("a", "b", "outcomes", "state"),
    [
        ("", "", ("passed", "passed"), "Done"),
        ("<failure/>", "", ("failed", "passed"), "In progress"),
        ("<error/>", "<skipped/>", ("failed", "skipped"), "Ready"),
        ("<skipped/>", "", ("skipped", "passed"), "In progress"),
    ],
)
def test_a_row_is_done_when_every_test_of_every_check_has_passed(
    a: str, b: str, outcomes: tuple[str, str], state: str, tmp_path: Path
) -> None:
    results = tmp_path / "results.xml"
    results.write_text(RESULTS.format(a=a, b=b))
    (standing,) = backlog.standings([ROW], results)
    assert (tuple(standing.outcomes.values()), standing.state) == (outcomes, state)


def test_a_check_that_no_test_answers_to_is_missing(tmp_path: Path) -> None:
    results = tmp_path / "results.xml"
    results.write_text("<testsuites/>")
    (standing,) = backlog.standings([ROW], results)
    assert standing.state == "Ready"
    assert standing.open_checks == ["missing: tests/a.py::test_a", "missing: tests/b"]


@pytest.mark.parametrize("text", ["", "<testsuites>", "no xml"])
def test_what_is_no_result_is_refused(text: str, tmp_path: Path) -> None:
    results = tmp_path / "results.xml"
    results.write_text(text)
    with pytest.raises(ConfigurationError, match="no results of pytest"):
        backlog.standings([ROW], results)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("priority: P0", "priority: P9", "P9"),
        ("priority: P0", "weight: 1", "weight"),
        ("id: ARC-002", "id: ARC-001", "ARC-001 needs an id of its own"),
        ("fails: tests/docs/test_agents_doc.py", "fails: tests/docs/nothing.py", "ARC-005"),
    ],
)
def test_a_row_that_shows_nothing_is_refused(old: str, new: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    text = (ROOT / backlog.FILE).read_text()
    assert old in text
    (tmp_path / backlog.FILE).write_text(text.replace(old, new, 1))
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        backlog.read(tmp_path)


def test_a_check_that_is_not_there_is_told_not_passed() -> None:
    with pytest.raises(ConfigurationError, match="nothing_of_this_name"):
        backlog.run(ROOT, ["tests/code/nothing_of_this_name.py"])


def test_every_check_names_tests_that_are_there() -> None:
    for row in backlog.read(ROOT):
        for check in row.checks:
            file, _, name = check.partition("::")
            assert (ROOT / file).exists(), f"{row.id}: {check}"
            assert not name or f"def {name.partition('[')[0]}(" in (ROOT / file).read_text(), f"{row.id}: {check}"


def test_the_page_holds_the_rows_of_the_file() -> None:
    """Its states are what the checks said when it was written; all else comes from the file."""
    rows = backlog.read(ROOT)
    states = dict(re.findall(r"^\| (ARC-\d+) \|.*\| ([\w ]+) \|$", (ROOT / backlog.PAGE).read_text(), re.M))
    assert set(states) == {row.id for row in rows}
    told = dict(re.findall(r"^- `(tests/[^`]+)`: (\w+)$", (ROOT / backlog.PAGE).read_text(), re.M))
    found = [Standing(row, {check: told.get(check, "missing") for check in row.checks}) for row in rows]
    assert backlog.page(found) == (ROOT / backlog.PAGE).read_text(), "run `isthmus backlog --write`"
