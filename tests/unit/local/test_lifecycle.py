"""After a crash the next start finds what was lost and what was left behind; `down` ends everything."""

from __future__ import annotations

import os
import signal

from isthmus.local import process
from isthmus.local.lifecycle import _clear_away, _make_secrets, down
from isthmus.local.rundir import RunDirectory
from isthmus.local.state import look
from isthmus.local.supervise import Supervisor


def started(run: RunDirectory) -> Supervisor:
    """A run with proxies and AWS."""
    supervisor = Supervisor(run)
    _make_secrets(supervisor)
    supervisor.ensure("proxy")
    supervisor.ensure("aws")
    return supervisor


def test_a_run_that_was_killed_is_cleared_away_and_its_cloud_marked_as_unsaved(run: RunDirectory) -> None:
    supervisor = started(run)
    supervisor.change(lambda now: {"applied": {"aws": "digest", "gcp": "digest"}})
    parts = supervisor.record.parts
    for part in parts.values():
        os.kill(part.pid, signal.SIGKILL)
    assert process.wait_until(lambda: not any(process.alive(part) for part in parts.values()), 5)
    assert look(run).level == "down"
    _clear_away(supervisor)
    record = supervisor.record
    assert (record.parts, record.unsaved, record.applied) == ({}, ("aws",), {"gcp": "digest"})
    assert supervisor.ensure("proxy")
    assert supervisor.ensure("aws")
    down(run)


def test_a_process_whose_record_is_lost_is_found_and_ended(run: RunDirectory) -> None:
    supervisor = started(run)
    orphan = supervisor.record.parts["aws"]
    run.update(parts={"proxy": supervisor.record.parts["proxy"]})
    assert _clear_away(supervisor) == [orphan.pid]
    assert not process.alive(orphan)
    assert supervisor.record.unsaved == ("aws",)
    assert process.alive(supervisor.record.parts["proxy"])
    down(run)


def test_down_remembers_a_cloud_that_it_could_only_kill(run: RunDirectory) -> None:
    """Its record was lost, so that the next start fills its archive up again."""
    started(run)
    run.record_file.unlink()
    down(run)
    assert run.read().unsaved == ("aws",)
    assert process.members(run.root) == []


def test_the_key_and_the_token_are_made_once(run: RunDirectory) -> None:
    supervisor = Supervisor(run)
    _make_secrets(supervisor)
    first = supervisor.record
    _make_secrets(supervisor)
    assert supervisor.record == first
    assert len(first.api_key) > 40


def test_down_ends_everything_and_keeps_ports_and_key(run: RunDirectory) -> None:
    before = started(run).record
    assert look(run).level == "partial"
    assert down(run) == ["proxy", "aws"]
    after = run.read()
    assert (after.parts, after.unsaved) == ({}, ())
    assert (after.ports, after.api_key) == (before.ports, before.api_key)
    assert process.members(run.root) == []
    assert down(run) == []


def test_down_purge_removes_the_data_and_the_key(run: RunDirectory) -> None:
    started(run)
    down(run, purge=True)
    assert [path.name for path in run.root.iterdir()] == ["lock"]
