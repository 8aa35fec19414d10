"""`isthmus rehearse` in a folder that is nobody's: its own data and state, and nothing that is real."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from isthmus.cli.entry import main
from isthmus.core.errors import ConfigurationError, Refused
from isthmus.rehearsal.errors import ForeignState, NotRehearsed
from isthmus.rehearsal.runner import run_stack
from isthmus.rehearsal.stack import rehearsals_dir, stack_at

QUEUE = 'resource "aws_sqs_queue" "q" {\n  name   = "q"\n  region = "us-east-1"\n}\n'


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A root module that is the current folder; rehearsals are kept elsewhere."""
    made = tmp_path / "module"
    made.mkdir()
    (made / "main.tf").write_text(QUEUE)
    monkeypatch.setenv("ISTHMUS_RUN_DIR", str(tmp_path / "run"))
    monkeypatch.chdir(made)
    return made


def test_plan_apply_and_destroy_work_anywhere_and_leave_the_folder_alone(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for words in (["plan"], ["apply", "-auto-approve"], ["plan", "-detailed-exitcode"], ["destroy", "-auto-approve"]):
        assert main(["rehearse", "--", *words]) == 0
    said = capfd.readouterr().out
    assert "1 to add" in said
    assert "No changes." in said
    assert "Resources: 1 destroyed" in said
    assert [path.name for path in folder.iterdir()] == ["main.tf"]


def test_commands_that_read_work_too(folder: Path, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["rehearse", "--", "apply", "-auto-approve"]) == 0
    for words in (["validate"], ["graph"], ["state", "list"], ["state", "show", "aws_sqs_queue.q"], ["show", "-json"]):
        assert main(["rehearse", "--", *words]) == 0
    assert "Success! The configuration is valid." in capfd.readouterr().out


def test_a_state_beside_the_files_is_left_alone(folder: Path) -> None:
    real = json.dumps({"version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": "real", "resources": []})
    (folder / "terraform.tfstate").write_text(real)
    assert main(["rehearse", "--", "apply", "-auto-approve"]) == 0
    assert (folder / "terraform.tfstate").read_text() == real


@pytest.mark.parametrize("backend", ['backend "s3" {\n bucket = "b"\n key = "k"\n}', 'cloud {\n organization = "o"\n}'])
def test_the_backend_of_the_files_is_never_asked(folder: Path, backend: str) -> None:
    (folder / "versions.tf").write_text(f"terraform {{\n{backend}\n}}\n")
    assert main(["rehearse", "--", "apply", "-auto-approve"]) == 0


def test_a_plan_file_is_written_where_the_user_stands_and_can_be_applied(folder: Path) -> None:
    assert main(["rehearse", "--", "plan", "-out=p.bin"]) == 0
    assert (folder / "p.bin").is_file()
    assert main(["rehearse", "--", "apply", "p.bin"]) == 0


def test_a_plan_that_was_not_made_by_a_rehearsal_is_refused(folder: Path) -> None:
    (folder / "p.bin").write_bytes(b"a real plan")
    with pytest.raises(ForeignState, match="not made by a rehearsal of this folder"):
        run_stack(stack_at(folder), ["apply", "p.bin"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["plan", "-state=real.tfstate"], "keeps its own state"),
        (["init", "-backend-config=bucket=real"], "never asks a real backend"),
        (["init", "-migrate-state"], "takes over no other"),
        (["login"], "keeps no token"),
        (["query"], "list resources are not rehearsed"),
        (["-chdir=elsewhere", "plan"], "told its folder beforehand"),
    ],
)
def test_what_would_need_something_real_is_refused(folder: Path, words: list[str], says: str) -> None:
    with pytest.raises(Refused, match=says):
        run_stack(stack_at(folder), words)


@pytest.mark.parametrize(
    ("block", "says"),
    [
        ('ephemeral "aws_secretsmanager_secret_version" "s" {\n  secret_id = "s"\n}', "ephemeral resources"),
        ('action "aws_lambda_invoke" "a" {\n  config {\n  }\n}', "actions"),
        ('data "terraform_remote_state" "r" {\n  backend = "s3"\n}', "asks no real backend"),
    ],
)
def test_a_block_that_can_not_be_rehearsed_is_named_with_its_line(folder: Path, block: str, says: str) -> None:
    (folder / "more.tf").write_text(f"\n{block}\n")
    with pytest.raises(NotRehearsed, match=says) as refused:
        run_stack(stack_at(folder), ["plan"])
    assert "more.tf:2" in refused.value.where


def test_a_folder_without_terraform_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="there is no Terraform here"):
        stack_at(tmp_path)


def test_the_types_of_a_module_that_init_installs_are_known_at_once(module: Callable) -> None:
    made = module('module "q" {\n  source = "./q"\n}\n')
    inner = made.stack.directory / "q"
    inner.mkdir()
    (inner / "main.tf").write_text(QUEUE)
    assert made.do("plan").add == 1


def test_rehearsals_are_kept_in_the_users_state_folder() -> None:
    assert rehearsals_dir({"XDG_STATE_HOME": "/states"}) == Path("/states/isthmus/rehearsals")
    assert rehearsals_dir({"ISTHMUS_RUN_DIR": "/run"}) == Path("/run")
