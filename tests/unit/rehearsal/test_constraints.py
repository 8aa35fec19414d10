"""Version constraints, as Terraform reads them."""

from __future__ import annotations

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
