"""Where a rehearsal keeps its state, and that it never takes another's."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from isthmus.core.errors import ConfigurationError
from isthmus.rehearsal import scan
from isthmus.rehearsal.errors import ForeignState
from isthmus.rehearsal.mirror import OVERRIDE, mirror
from isthmus.rehearsal.process import environment
from isthmus.rehearsal.realize.base import Context
from isthmus.rehearsal.workspace import Workspace

BACKEND = {"local": {"path": "/state"}}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    made = Workspace(tmp_path / "run", "dev", "platform/aws")
    made.prepare()
    return made


def test_a_state_is_a_rehearsals_before_terraform_sees_it(workspace: Workspace) -> None:
    workspace.prepare_state()
    first = json.loads(workspace.state.read_text())["lineage"]
    workspace.prepare_state()
    assert json.loads(workspace.state.read_text())["lineage"] == first


def test_a_state_from_elsewhere_is_refused(workspace: Workspace) -> None:
    workspace.prepare_state()
    workspace.state.write_text(json.dumps({"version": 4, "lineage": "another"}))
    with pytest.raises(ForeignState, match="not made by a rehearsal"):
        workspace.prepare_state()


def test_a_state_that_is_a_link_is_refused_and_what_it_leads_to_left_alone(
    workspace: Workspace, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "real.tfstate"
    elsewhere.write_text('{"half')
    workspace.state.symlink_to(elsewhere)
    with pytest.raises(ForeignState, match="not made by a rehearsal"):
        workspace.prepare_state()
    assert elsewhere.read_text() == '{"half'


def _module(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(text)
    return folder


def test_types_are_found_in_the_modules_that_are_called(tmp_path: Path) -> None:
    _module(tmp_path / "modules" / "queue", 'resource "aws_sqs_queue" "q" {}\n')
    root = _module(tmp_path / "root", 'module "q" {\n  source = "../modules/queue"\n}\ndata "aws_region" "r" {}\n')
    found = scan.scan(root)
    assert (found.resources, found.data_sources) == ({"aws_sqs_queue"}, {"aws_region"})


def test_a_changed_file_of_a_module_changes_the_digest(tmp_path: Path) -> None:
    module = _module(tmp_path / "m", "")
    root = _module(tmp_path / "root", 'module "m" {\n  source = "../m"\n}\n')
    before = scan.scan(root).digest
    (module / "main.tf").write_text('resource "aws_sqs_queue" "q" {}\n')
    assert scan.scan(root).digest != before


def test_the_mirror_follows_the_files_and_leads_to_the_folders_above(tmp_path: Path) -> None:
    root = _module(tmp_path / "repo" / "stacks" / "a", "")
    (tmp_path / "repo" / ".git").mkdir()
    (tmp_path / "repo" / "modules").mkdir()
    here = mirror(root, tmp_path / "run" / "tree", BACKEND)
    assert (here / "../../modules").resolve() == tmp_path / "repo" / "modules"
    (root / "main.tf").rename(root / "other.tf")
    mirror(root, tmp_path / "run" / "tree", BACKEND)
    assert {path.name for path in here.iterdir()} == {"other.tf", OVERRIDE}


def test_a_run_directory_within_the_repository_does_not_lead_into_itself(tmp_path: Path) -> None:
    root = _module(tmp_path / "repo" / "stack", "")
    (tmp_path / "repo" / ".git").mkdir()
    here = mirror(root, tmp_path / "repo" / ".isthmus" / "tree", BACKEND)
    assert not (here.parent / ".isthmus").exists()


def test_terraform_gets_no_credentials_of_real_accounts() -> None:
    shell = {
        "AWS_PROFILE": "prod",
        "GOOGLE_APPLICATION_CREDENTIALS": "x",
        "TF_CLI_ARGS": "-y",
        "TF_VAR_a": "1",
        "PATH": "p",
    }
    passed = environment({}, shell)
    assert {name for name in passed if passed[name] == shell.get(name)} == {"TF_VAR_a", "PATH"}
    assert not passed.keys() & {"AWS_PROFILE", "GOOGLE_APPLICATION_CREDENTIALS", "TF_CLI_ARGS"}


def test_terraform_does_not_find_the_credentials_in_the_home_folder() -> None:
    passed = environment({}, {"AWS_CONFIG_FILE": "/home/me/.aws/config"})
    found = {passed[name] for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "CLOUDSDK_CONFIG")}
    assert found == {os.devnull}


@pytest.mark.parametrize("endpoint", ["http://10.0.0.1:4566", "https://sqs.us-east-1.amazonaws.com", "192.168.1.1:80"])
def test_an_endpoint_that_is_not_on_loopback_is_refused(endpoint: str) -> None:
    with pytest.raises(ConfigurationError, match="not on loopback"):
        Context(aws_endpoint=endpoint)
