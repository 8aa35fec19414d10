"""Prices of another commit and of another profile: planned in a directory of its own that is gone afterwards."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from isthmus.change import plans, pricing
from isthmus.change.plans import Target
from isthmus.core.errors import ConfigurationError
from isthmus.cost.usage import Usage

KEY = 'resource "aws_kms_key" "{name}" {{}}\n'
STACK = """
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "aws" { type = object({ region = string }) }
variable "cost_profile" { type = string }
resource "aws_kms_key" "catalog" {
  for_each = fileset("${path.module}/../../../../catalog", "*.json")
}
resource "aws_kms_key" "dear" {
  count = var.cost_profile == "resilient" ? 5 : 0
}
provider "aws" { region = var.aws.region }
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A commit with a key of its own and one by a file; a tree with two of each, and a stack that only it has."""
    stack = tmp_path / "terraform" / "stacks" / "platform" / "aws"
    values = tmp_path / "terraform" / "environments" / "dev.tfvars"
    stack.mkdir(parents=True)
    values.parent.mkdir()
    values.write_text('aws = { region = "us-east-1" }\ncost_profile = "minimal"\n', "utf-8")
    (tmp_path / "catalog").mkdir()
    (tmp_path / "catalog" / "one.json").write_text("{}", "utf-8")
    (stack / "main.tf").write_text(STACK + KEY.format(name="one"), "utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", "-A")
    git(tmp_path, "-c", "user.name=n", "-c", "user.email=e@example.com", "commit", "-qm", "One key")
    (stack / "main.tf").write_text(STACK + KEY.format(name="one") + KEY.format(name="two"), "utf-8")
    later = tmp_path / "terraform" / "stacks" / "edge" / "aws"
    later.mkdir(parents=True)
    (later / "main.tf").write_text(STACK + KEY.format(name="edge"), "utf-8")
    (tmp_path / "catalog" / "two.json").write_text("{}", "utf-8")
    return tmp_path


def git(root: Path, *words: str) -> str:
    return subprocess.run(["git", "-C", str(root), *words], check=True, capture_output=True, text=True).stdout


def test_the_tree_costs_more_than_the_commit(project: Path, tmp_path: Path) -> None:
    wanted = plans.targets(project, ["dev"])
    said: list[str] = []
    before = pricing.price_commit(project, "HEAD", wanted, {}, lambda name: Usage(), said.append)
    after = pricing.price_all(plans.plan_all(project, wanted, {}, tmp_path / "run"), lambda name: Usage())
    assert before["dev"].monthly.fixed_usd == pytest.approx(2.0)
    assert after["dev"].monthly.fixed_usd == pytest.approx(7.0)
    assert said == [f"plan: {Target('dev', 'platform/aws')}"]


def test_the_other_commits_directory_is_gone_afterwards(project: Path) -> None:
    with pricing.other_commit(project, "HEAD") as there:
        assert "one" in (there / "terraform/stacks/platform/aws/main.tf").read_text("utf-8")
        assert "two" not in (there / "terraform/stacks/platform/aws/main.tf").read_text("utf-8")
    assert not there.exists()
    assert git(project, "worktree", "list").count("\n") == 1


@pytest.mark.parametrize("ref", ["nowhere", "--output=x", ""])
def test_a_commit_that_is_not_there_is_an_error(project: Path, ref: str) -> None:
    with pytest.raises(ConfigurationError, match="there is no commit"), pricing.other_commit(project, ref):
        pytest.fail("there is no such commit")


def test_a_commit_without_terraform_is_an_error(project: Path) -> None:
    git(project, "rm", "-rqf", "--cached", "terraform")
    git(project, "-c", "user.name=n", "-c", "user.email=e@example.com", "commit", "-qm", "No Terraform")
    with pytest.raises(ConfigurationError, match="it has no terraform/"), pricing.other_commit(project, "HEAD"):
        pytest.fail("there is no Terraform")


@pytest.mark.parametrize(("profile", "keys"), [("minimal", 4), ("resilient", 9)])
def test_a_profile_is_priced_with_the_files_beside_the_terraform(project: Path, profile: str, keys: int) -> None:
    wanted = [Target("dev", "platform/aws")]
    found = pricing.price_profile(project, profile, wanted, {}, lambda name: Usage())
    assert found["dev"].monthly.fixed_usd == pytest.approx(keys)
    assert 'cost_profile = "minimal"' in (project / "terraform/environments/dev.tfvars").read_text("utf-8")
