"""The run directory keeps its record whole, private and under one command at a time."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from isthmus.core.errors import ConfigurationError
from isthmus.local.errors import Busy, from_os_error
from isthmus.local.lifecycle import down
from isthmus.local.ports import bind_loopback, choose, is_free
from isthmus.local.project import project_root
from isthmus.local.rundir import PartRecord, RunDirectory, RunRecord, write_atomically


def test_a_record_is_read_as_it_was_written(run: RunDirectory) -> None:
    record = RunRecord(
        ports={"aws": 1},
        parts={"aws": PartRecord(7, "boot:1", "abc")},
        api_key="key",
        proxy_token="token",
        control_token="another",
        applied={"aws": "d"},
        unsaved=("aws",),
        outputs={"aws": {}},
    )
    run.write(record)
    assert run.read() == record


def test_a_run_that_was_never_started_has_an_empty_record(run: RunDirectory) -> None:
    assert run.read() == RunRecord()


def test_only_its_owner_can_read_the_record_since_it_holds_the_key(run: RunDirectory) -> None:
    run.write(RunRecord(api_key="secret"))
    assert stat.S_IMODE(run.record_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(run.root.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe",
        b'{"format": 99, "parts": {}}',
        b'{"format": 1, "parts": {"aws": 5}}',
        b'{"format": 1, "parts": {"aws": {"pid": "x"}}}',
        b'{"format": 1, "ports": 5}',
    ],
)
def test_a_record_that_cannot_be_read_says_what_to_do(run: RunDirectory, content: bytes) -> None:
    run.record_file.write_bytes(content)
    with pytest.raises(ConfigurationError, match="can't be read") as caught:
        run.read()
    assert "delete the file" in caught.value.fix


def test_a_write_that_fails_leaves_the_old_content_and_no_litter(run: RunDirectory) -> None:
    run.write(RunRecord(api_key="old"))
    with pytest.raises(OSError, match="Not a directory"):
        write_atomically(run.record_file / "below a file", "new")
    assert run.read().api_key == "old"
    assert not list(run.root.glob(".run.json*"))


def test_a_second_command_waits_and_then_says_that_the_run_is_busy(run: RunDirectory) -> None:
    program = (
        "import sys, pathlib; from isthmus.local.rundir import RunDirectory\n"
        "with RunDirectory(pathlib.Path(sys.argv[1])).lock():\n print('held', flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", program, str(run.root)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    assert holder.stdout and holder.stdout.readline() == "held\n"
    with pytest.raises(Busy), run.lock(timeout_seconds=0.1):
        pass
    holder.kill()
    holder.communicate()
    with run.lock(timeout_seconds=5):
        pass


def test_purge_removes_all_but_the_lock(run: RunDirectory) -> None:
    with run.lock():
        (run.data("aws")).mkdir()
        run.write(RunRecord())
        run.purge()
        assert [path.name for path in run.root.iterdir()] == ["lock"]


def test_a_folder_with_other_things_is_never_taken_for_a_run(tmp_path: Path) -> None:
    """A purge would remove them."""
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigurationError, match="holds other things"):
        down(RunDirectory(tmp_path), purge=True)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_what_is_planned_before_the_first_up_leaves_the_folder_a_runs(tmp_path: Path) -> None:
    """Whoever plans or judges first can start the clouds after it."""
    planner = RunDirectory(tmp_path / "run")
    assert planner.planned("check") == tmp_path / "run" / "check"
    planner.planned("check").mkdir()
    with planner.lock():
        pass


def test_nothing_is_planned_in_a_folder_with_other_things(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(ConfigurationError, match="holds other things"):
        RunDirectory(tmp_path).planned("check")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_the_run_is_the_projects_from_each_of_its_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "terraform" / "stacks" / "platform").mkdir(parents=True)
    for folder in (tmp_path, tmp_path / "terraform" / "stacks" / "platform"):
        monkeypatch.chdir(folder)
        assert RunDirectory.current({}).root == tmp_path / ".isthmus" / "run"
    assert RunDirectory.current({"ISTHMUS_RUN_DIR": "/x/y"}).root == Path("/x/y")


def test_outside_of_every_clone_the_run_is_that_of_the_clone_that_isthmus_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert RunDirectory.current({}).root == project_root() / ".isthmus" / "run"
    monkeypatch.setenv("ISTHMUS_PROJECT_DIR", str(tmp_path / "gone"))
    assert RunDirectory.current({}).root == tmp_path / ".isthmus" / "run"


def test_ports_are_remembered_and_chosen_anew_when_taken() -> None:
    first = choose({}, ["a", "b"])
    assert choose(first, ["a", "b"]) == first
    with bind_loopback(first["a"]) as taken:
        taken.listen()
        assert not is_free(first["a"])
        second = choose(first, ["a", "b"])
    assert second["b"] == first["b"]
    assert second["a"] != first["a"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device here that is always full")
def test_a_full_disk_is_told_in_a_sentence() -> None:
    with pytest.raises(OSError, match="No space") as caught, Path("/dev/full").open("w") as full:
        full.write("x" * 10_000)
        full.flush()
    found = from_os_error(caught.value)
    assert found.what == "the disk is full"
    assert "free some space" in found.fix


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError) as caught:
        (tmp_path / "absent.json").read_text()
    assert from_os_error(caught.value).where.endswith("absent.json")
