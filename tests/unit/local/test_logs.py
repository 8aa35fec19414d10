"""Logs of parts and functions: the last lines, then what is added, each line once."""

from __future__ import annotations

from typing import Any

import pytest

from isthmus.core.errors import ConfigurationError
from isthmus.local.errors import NotUp
from isthmus.local.logs import CloudWatchLog, FileLog, logs
from isthmus.local.rundir import RunDirectory


class Group:
    """CloudWatch Logs with one group, as boto3 is called."""

    def __init__(self) -> None:
        self.events: list[tuple[int, str]] = []

    def get_paginator(self, name: str) -> Group:
        assert name == "filter_log_events"
        return self

    def paginate(self, logGroupName: str, startTime: int) -> list[dict[str, Any]]:
        found = [{"timestamp": at, "message": text} for at, text in self.events if at >= startTime]
        return [{"events": found[:2]}, {"events": found[2:]}]


@pytest.fixture
def run(tmp_path) -> RunDirectory:
    run = RunDirectory(tmp_path / "run")
    run.create()
    return run


def test_a_files_last_lines_come_first_then_whole_lines_that_are_added(tmp_path) -> None:
    path = tmp_path / "gcp.log"
    path.write_text("one\ntwo\nthree\nhal")
    log = FileLog(path)
    assert list(log.last(2)) == ["two", "three"]
    assert list(log.more()) == []
    with path.open("a") as handle:
        handle.write("f\nfive\n")
    assert list(log.more()) == ["half", "five"]
    path.write_text("anew\n")
    assert list(log.more()) == ["anew"]


def test_an_event_of_cloudwatch_is_told_once_though_others_share_its_millisecond() -> None:
    group = Group()
    group.events = [(1, "a"), (2, "b\n"), (2, "b\n")]
    log = CloudWatchLog(group, "/aws/lambda/isthmus-dev-ingest")
    assert list(log.last(2)) == ["b", "b"]
    assert list(log.more()) == []
    group.events += [(2, "c"), (3, "d\ne")]
    assert list(log.more()) == ["c", "d", "e"]
    assert list(log.more()) == []


def test_functions_are_among_the_logs_by_cloud_and_role(run: RunDirectory) -> None:
    run.log("gcp").write_text("ready\n")
    services = run.data("gcp") / "logs"
    services.mkdir(parents=True)
    (services / "run-isthmus-dev-archive.log").write_text("handled\n")
    assert list(logs(run)) == ["gcp", "gcp.archive"]
    assert list(logs(run, "gcp.archive")["gcp.archive"].last(9)) == ["handled"]
    with pytest.raises(ConfigurationError, match=r"no log of “gcp\.nope”.*gcp, gcp\.archive"):
        logs(run, "gcp.nope")


def test_where_nothing_was_started_there_are_no_logs(run: RunDirectory) -> None:
    with pytest.raises(NotUp):
        logs(run)
