"""What is read from files of Terraform before Terraform reads them: constraints, blocks, and in what time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from isthmus.rehearsal import constraints, scan


@pytest.mark.parametrize(
    ("constraint", "version", "met"),
    [
        ("~> 5.0", "6.66.0", False),
        ("~> 6.0", "6.66.0", True),
        ("~> 6.60.1", "6.66.0", False),
        ("~> 6.66.0", "6.66.3", True),
        ("~> 6", "7.0.0", False),
        (">= 6.50, < 8.0", "7.46.1", True),
        (">= 6.50, < 7.0", "7.46.1", False),
        ("6.66", "6.66.0", True),
        ("= 6.65.0", "6.66.0", False),
        ("!= 6.66.0", "6.66.0", False),
        ("> 6.66.0", "6.66.0", False),
        ("<= v6.66.0", "6.66.0", True),
        ("whatever", "6.66.0", True),
    ],
)
def test_a_constraint_is_met_or_not(constraint: str, version: str, met: bool) -> None:
    assert constraints.allows(constraint, version) is met


WRITTEN = {
    "main.tf": """
terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.0"
    }
    beta = { source = "hashicorp/google-beta", version = ">= 6.0", configuration_aliases = [beta.a] }
    google = { version = "~> 6.0" }
    random = { source = "hashicorp/random" }
  }
}
locals {
  other = { source = "x", version = "1" }
}
""",
    "main.tf.json": '{"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws", "version": "~> 4.0"}}}}',
}


@pytest.mark.parametrize(
    ("file", "found"),
    [
        (
            "main.tf",
            {("hashicorp/aws", "~> 5.0"), ("hashicorp/google-beta", ">= 6.0"), ("hashicorp/google", "~> 6.0")},
        ),
        ("main.tf.json", {("hashicorp/aws", "~> 4.0")}),
    ],
)
def test_constraints_are_found_in_required_providers_alone(
    tmp_path: Path, file: str, found: set[tuple[str, str]]
) -> None:
    (tmp_path / file).write_text(WRITTEN[file])
    assert scan.scan(tmp_path).constraints == found


HOSTILE = {
    "blank lines": "\n" * 300_000,
    "comments that never end": "\n/* " * 30_000,
    "blocks that never end": 'ephemeral "aws_x" "y" {\n' * 20_000,
    "blocks in blocks": "required_providers {\n" * 20_000,
    "a long entry": "required_providers { a = {" + "\n" * 50_000 + "}}",
    "a long address": "to = module." + "a." * 100_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_reading_takes_no_longer_than_the_text_is_long(tmp_path: Path, kind: str) -> None:
    """Quadratic reading of any of these would take more than ten seconds."""
    (tmp_path / "main.tf").write_text(HOSTILE[kind])
    began = time.process_time()
    scan.scan(tmp_path)
    assert time.process_time() - began < 2


def test_what_follows_a_comment_keeps_its_line(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text('/* one\n\ntwo */\nephemeral "aws_x" "y" {\n}\n/* ephemeral "aws_x" "z" {} */\n')
    assert [(found.address, found.line) for found in scan.scan(tmp_path).foreign] == [("ephemeral.aws_x.y", 4)]
