"""What the rehearsal says of its own fidelity."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from isthmus.rehearsal import fidelity
from isthmus.rehearsal.stack import stack_at


def test_a_realized_type_says_so_with_its_facts() -> None:
    queue = fidelity.of_type("aws_sqs_queue")
    assert (queue.level, queue.logic) == (fidelity.REALIZED, True)
    assert queue.facts["defaults"] >= 7
    assert "API limits" in queue.known


def test_a_type_with_a_file_is_recorded_and_one_without_is_schema_only() -> None:
    assert fidelity.of_type("aws_vpc").level == fidelity.RECORDED
    assert fidelity.of_type("aws_medialive_channel").level == fidelity.SCHEMA_ONLY
    assert fidelity.of_type("aws_medialive_channel").differences != ()


def test_the_types_of_a_folder_are_listed_by_name(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(
        'resource "google_pubsub_topic" "t" {}\nresource "aws_vpc" "v" {}\nresource "random_id" "r" {}\n'
        'resource "aws_no_such_thing" "n" {}\ndata "aws_region" "here" {}\n'
    )
    found = fidelity.of_stack(stack_at(tmp_path, run_dir=tmp_path / "run"))
    assert [item.type_name for item in found] == ["aws_vpc", "google_pubsub_topic"]


def test_the_projects_own_types_all_have_a_file() -> None:
    terraform = Path(__file__).parents[3] / "terraform"
    for stack in sorted(path for path in (terraform / "stacks").glob("*/*") if path.is_dir()):
        levels = {item.type_name: item.level for item in fidelity.of_stack(stack_at(stack, run_dir=stack / "run"))}
        assert [name for name, level in levels.items() if level == fidelity.SCHEMA_ONLY] == []


def test_the_document_is_up_to_date() -> None:
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, str(root / "tools" / "fidelity_doc.py"), "--check"], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
