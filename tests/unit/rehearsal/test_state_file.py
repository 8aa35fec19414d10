"""State files that are torn, and those that a Terraform is writing."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from isthmus.rehearsal import state_file
from isthmus.rehearsal.workspace import Workspace

HALF = '{"version": 4, "ser'
HOLDER = (
    "import fcntl, sys; f = open(sys.argv[1], 'r+'); fcntl.lockf(f, fcntl.LOCK_EX); print('held', flush=True); input()"
)


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "run", "dev", "platform/aws")
    made.prepare()
    made.prepare_state()
    return made


@contextlib.contextmanager
def _held(file: Path) -> Iterator[None]:
    """Another process has the lock that Terraform takes."""
    holder = [sys.executable, "-c", HOLDER, str(file)]
    with subprocess.Popen(holder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as held:
        assert held.stdout is not None
        assert held.stdout.readline() == "held\n"
        yield
        held.communicate("\n")


def _backup(file: Path) -> Path:
    return file.with_name(f"{file.name}.backup")


def test_a_torn_state_is_taken_from_its_backup(workspace: Workspace) -> None:
    whole = json.loads(workspace.state.read_text())
    _backup(workspace.state).write_text(json.dumps({**whole, "serial": 7}))
    workspace.state.write_text(json.dumps(whole)[:20])
    workspace.prepare_state()
    assert json.loads(workspace.state.read_text()) == {**whole, "serial": 7}


@pytest.mark.parametrize("torn", ["", HALF, "[]", "\0\0\0"])
@pytest.mark.parametrize("backup", [None, "", HALF])
def test_a_state_that_nothing_is_left_of_begins_anew_as_the_same_rehearsals(
    workspace: Workspace, torn: str, backup: str | None
) -> None:
    lineage = json.loads(workspace.state.read_text())["lineage"]
    workspace.state.write_text(torn)
    if backup is not None:
        _backup(workspace.state).write_text(backup)
    workspace.prepare_state()
    found = json.loads(workspace.state.read_text())
    assert (found["lineage"], found["resources"]) == (lineage, [])


def test_a_torn_state_of_another_terraform_workspace_is_mended_too(workspace: Workspace) -> None:
    other = workspace.workspaces / "blue" / "terraform.tfstate"
    other.parent.mkdir(parents=True)
    other.write_text(HALF)
    _backup(other).write_text('{"version": 4, "lineage": "blue"}')
    workspace.prepare_state()
    assert [state["lineage"] for state in workspace.states()][1:] == ["blue"]


@pytest.mark.parametrize("text", ["", HALF])
def test_a_state_that_another_terraform_is_writing_is_left_alone(workspace: Workspace, text: str) -> None:
    """Half written is not torn: only when nobody holds it is the backup taken."""
    workspace.state.write_text(text)
    before = workspace.state.stat().st_ino
    with _held(workspace.state):
        workspace.prepare_state()
        assert (workspace.state.read_text(), workspace.state.stat().st_ino) == (text, before)
    workspace.prepare_state()
    assert json.loads(workspace.state.read_text())["version"] == 4


def test_a_whole_state_is_looked_at_without_its_lock(workspace: Workspace) -> None:
    """A Terraform that starts in that moment would be told that the state is locked."""
    with _held_for_reading(workspace.state):
        assert state_file.mend(workspace.state) is not None


@contextlib.contextmanager
def _held_for_reading(file: Path) -> Iterator[None]:
    """Opening the file for writing, which its lock needs, is an error here, whoever runs the test."""
    real = Path.open

    def refuse(path: Path, mode: str = "r", **more: object) -> object:
        assert path != file or "+" not in mode
        return real(path, mode, **more)  # type: ignore[call-overload]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "open", refuse)
        yield


def test_a_half_written_state_is_read_when_it_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "terraform.tfstate"
    file.write_text(HALF)
    writer = threading.Timer(0.05, lambda: state_file.write_atomically(file, '{"serial": 2}'))
    writer.start()
    assert state_file.read(file) == {"serial": 2}
    writer.join()


def test_a_state_that_is_never_whole_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_file, "_WRITING_SECONDS", 0.0)
    file = tmp_path / "terraform.tfstate"
    file.write_text(HALF)
    assert state_file.read(file) is None


def test_what_a_killed_init_has_half_written_is_dropped(workspace: Workspace) -> None:
    workspace.modules.parent.mkdir()
    workspace.modules.write_text('{"Modules": [{"Ke')
    (workspace.data_dir / "terraform.tfstate").write_text(HALF)
    workspace.mark_initialized("digest")
    workspace.drop_torn()
    assert {path.name for path in workspace.data_dir.iterdir()} == {"modules"}
    assert not workspace.modules.exists()


def test_what_a_finished_init_has_written_stays(workspace: Workspace) -> None:
    workspace.modules.parent.mkdir()
    workspace.modules.write_text('{"Modules": []}')
    workspace.mark_initialized("digest")
    workspace.drop_torn()
    assert workspace.initialized("digest")
    assert workspace.modules.exists()


def test_a_write_that_fails_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(IsADirectoryError):
        state_file.write_atomically(tmp_path / "folder", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
