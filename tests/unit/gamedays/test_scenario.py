"""A scenario that can't be run is refused with its line and what is allowed; every one of the project's can be run."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from isthmus.core.errors import ConfigurationError, Several
from isthmus.gamedays import scenario
from isthmus.local.project import project_root

ROOT = project_root()
GOOD = (ROOT / "gamedays" / "aws-outage.yaml").read_text("utf-8")


def written(tmp_path: Path, text: str) -> Path:
    """A project with one scenario."""
    runbook = tmp_path / "docs" / "runbooks" / "failover.md"
    runbook.parent.mkdir(parents=True)
    runbook.write_text("# Failover\n")
    path = tmp_path / "gamedays" / "one.yaml"
    path.parent.mkdir()
    path.write_text(text, "utf-8")
    return path


def line_of(text: str, part: str) -> int:
    """The line on which a part begins."""
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize("name", scenario.names(ROOT))
def test_every_scenario_of_the_project_can_be_run(name: str) -> None:
    """It breaks something, says what counts, and Chaos Toolkit takes it for an experiment."""
    from chaoslib.experiment import ensure_experiment_is_valid

    found = scenario.find(ROOT, name)
    assert found.faults
    measured = {criterion.measure.name for criterion in found.criteria}
    assert {"failed_sends", "lost", "duplicated", "differing", "rpo"} <= measured
    assert measured & {"publisher_rto", "recovery"}
    ensure_experiment_is_valid(yaml.safe_load((ROOT / "gamedays" / f"{name}.yaml").read_text("utf-8")))


def test_the_scenarios_of_the_backlog_are_there() -> None:
    expected = {
        "aws-outage",
        "both-outage",
        "clock-skew",
        "credential-expiry",
        "dns-outage",
        "google-outage",
        "key-disabled",
        "latency-spike",
        "partition",
        "poison-flood",
        "queue-backlog",
        "slow-leak",
    }
    assert expected <= set(scenario.names(ROOT))


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        ("func: cut_off", "func: explode", "explode", "there is no action “explode”"),
        ("func: nothing_broken", "func: all_good", "all_good", "there is no probe “all_good”"),
        ("cloud: aws", "cloud: azure", "arguments: {cloud: azure", "there is no cloud “azure”"),
        ("how: refuse", "how: explode", "arguments: {cloud: aws, how: explode", "“explode” is not a fault"),
        ("cloud: aws, ", "", "arguments: {how: refuse", "cut_off has no cloud"),
        ("cloud: aws", "cloud: 7", "arguments: {cloud: 7", "cloud is 7, not a text"),
        ("events_per_second: 300", "events_per_second: fast", "arguments: {events", "'fast', not a number"),
        ("events_per_second: 300", "pace: 300", "arguments: {pace", "unknown key “pace”"),
        ("publisher_rto <= 2 s", "publisher_rto <= 2", "publisher_rto <= 2", "has no unit"),
        ("publisher_rto <= 2 s", "publisher_rto <= 2 events", "publisher_rto <= 2", "has the unit “events”"),
        ("publisher_rto <= 2 s", "happiness >= 1 %", "happiness", "nothing measures “happiness”"),
        ("publisher_rto <= 2 s", "as fast as possible", "as fast", "is not a criterion"),
        ("runbooks/failover.md", "runbooks/none.md", "runbook:", "there is no runbook docs/runbooks/none.md"),
        ("tags: [", "tag: [", "tag: [", "unknown key “tag”"),
        ("tolerance: true", "limit: true", "limit: true", "unknown key “limit”"),
        ("module: isthmus.gamedays.actions", "module: os", "module: os", "there is no module “os”"),
        ("type: python", "type: process", "type: process", "the provider is of the type “process”"),
        ("func: stop_traffic", "func: heal", "method:", "the method has no stop_traffic"),
        ("title: AWS is gone", "title: [AWS]", "title: [AWS]", "title is not a text"),
        ("title: AWS is gone", "title: AWS: gone", "title: AWS: gone", "not YAML"),
        ("title: AWS is gone", "title: a\ntitle: b", "title: b", "is there twice"),
        ("pauses: {after: 10}", "pauses: {after: soon}", "pauses: {after: soon", "the pause after is 'soon'"),
    ],
)
def test_what_cannot_be_run_is_refused_with_its_line(tmp_path: Path, old: str, new: str, at: str, said: str) -> None:
    assert old in GOOD
    text = GOOD.replace(old, new, 1)
    path = written(tmp_path, text)
    with pytest.raises(ConfigurationError) as refused:
        scenario.read(path, tmp_path)
    assert said in refused.value.what
    assert refused.value.where == f"gamedays/one.yaml:{line_of(text, at)}"


def test_rollbacks_must_heal(tmp_path: Path) -> None:
    head, _, tail = GOOD.rpartition("func: heal")
    with pytest.raises(ConfigurationError, match="the rollbacks don't heal"):
        scenario.read(written(tmp_path, head + "func: stop_traffic" + tail), tmp_path)


def test_a_name_that_is_not_there_is_told_with_those_that_are() -> None:
    with pytest.raises(ConfigurationError, match="there is no scenario “meteor”") as refused:
        scenario.find(ROOT, "meteor")
    assert "aws-outage" in refused.value.fix


def test_a_file_that_is_empty_is_told(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="the file is not a mapping"):
        scenario.read(written(tmp_path, ""), tmp_path)


def test_everything_that_is_wrong_is_told_at_once_each_with_its_line(tmp_path: Path) -> None:
    """An action that isn't there does not make a method without traffic of the rest."""
    swaps = {
        "func: start_traffic": "func: start_trafic",
        "func: cut_off": "func: explode",
        "publisher_rto <= 2 s": "publisher_rto <= 2",
        "docs/runbooks/failover.md": "docs/runbooks/none.md",
    }
    text = GOOD
    for old, new in swaps.items():
        assert old in text
        text = text.replace(old, new, 1)
    path = written(tmp_path, text)
    with pytest.raises(Several) as told:
        scenario.read(path, tmp_path)
    found = [(error.where, error.what.split(" ")[0]) for error in told.value.errors]
    places = sorted(line_of(text, part) for part in ("start_trafic", "explode", "publisher_rto <= 2", "none.md"))
    assert [int(where.rpartition(":")[2]) for where, _ in found] == places
    assert all(str(error) in str(told.value) for error in told.value.errors)
