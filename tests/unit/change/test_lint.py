"""The linters that are ours: links of pages, and Terraform's own checks; and those that are others', on bad files."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from isthmus.change import links, lint, terraform
from isthmus.change.tools import TOOLS

ROOT = Path(__file__).resolve().parents[3]
GOOD = 'variable "zone" {\n  type    = string\n  default = "a"\n}\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of one stack."""
    folder = tmp_path / "terraform" / "stacks" / "platform" / "aws"
    folder.mkdir(parents=True)
    (folder / "main.tf").write_text(GOOD)
    return tmp_path


def _page(root: Path, text: str) -> list[tuple[int, str]]:
    (root / "page.md").write_text(text)
    (root / "other.md").write_text("# A `first` heading\n\n## Twice\n## Twice\n")
    return [(problem.line, problem.message.partition(":")[0]) for problem in links.links(root, ("page.md",))]


def test_a_link_to_nothing_is_told_with_its_line(tmp_path: Path) -> None:
    """Inline, in a definition, in an image, with an anchor."""
    text = "[a](other.md)\n[b](none.md)\n![c](none.png)\n\n[d]: other.md#nowhere\n[e](#here)\n"
    assert _page(tmp_path, text) == [(2, "none.md"), (3, "none.png"), (5, "other.md#nowhere"), (6, "#here")]


def test_links_that_hold_are_left_alone(tmp_path: Path) -> None:
    """Headings as GitHub names them, the web's addresses, and what stands in code."""
    text = (
        "# Here, now!\n[a](other.md#a-first-heading) [b](other.md#twice-1) [c](#here-now) [d](https://example.com/x)\n"
        "`[e](none.md)`\n```\n[f](none.md)\n```\n[g](</other.md>)\n"
    )
    assert _page(tmp_path, text) == []


def test_every_link_of_this_project_holds() -> None:
    """Its own pages."""
    pages = lint._files(("*.md", "[!.]*/**/*.md"), ROOT)
    assert "README.md" in pages
    assert [f"{problem.place} {problem.message}" for problem in links.links(ROOT, pages)] == []


def test_terraform_that_is_not_formatted_is_told_with_its_line(project: Path) -> None:
    """And what can't be read at all."""
    file = project / "terraform" / "stacks" / "platform" / "aws" / "main.tf"
    assert list(terraform.formatting(project)) == []
    file.write_text(GOOD.replace("default = ", "default="))
    (found,) = terraform.formatting(project)
    assert (found.rule, found.place) == ("terraform fmt", "terraform/stacks/platform/aws/main.tf:3")
    file.write_text('variable "zone" {\n')
    (found,) = terraform.formatting(project)
    assert (found.message, found.line) == ("Unclosed configuration block", 1)


def test_terraform_that_is_not_valid_is_told_with_its_line(project: Path, tmp_path: Path) -> None:
    """No variables are needed, and no environment."""
    file = project / "terraform" / "stacks" / "platform" / "aws" / "main.tf"
    assert list(terraform.validate(project, tmp_path / "run")) == []
    file.write_text(GOOD + 'output "zone" {\n  value = var.zones\n}\n')
    (found,) = terraform.validate(project, tmp_path / "run")
    assert (found.rule, found.place) == ("terraform validate", "terraform/stacks/platform/aws/main.tf:6")
    assert "undeclared input variable" in found.message


BAD = {
    "ruff": ("a.py", "import os\n", "ruff: F401"),
    "shellcheck": ("tools/a.sh", "#!/bin/sh\nrm $1\n", "shellcheck: SC2086"),
    "yamllint": ("a.yaml", "a: 1\na: 2\n", "yamllint: key-duplicates"),
    "zizmor": (
        ".github/workflows/a.yml",
        "on: pull_request_target\npermissions: {}\njobs: {}\n",
        "zizmor: dangerous-triggers",
    ),
    "actionlint": (
        ".github/workflows/a.yml",
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{run: 'echo ${{ nothing.there }}'}]\n",
        "actionlint: expression",
    ),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_each_linter_stops_a_bad_file_with_its_rule_and_place(name: str, tmp_path: Path) -> None:
    """As it is run in a check. Those that pip installs are always there."""
    tool = next(tool for tool in TOOLS if tool.name == name)
    if name == "actionlint" and not lint.find(name):
        pytest.skip(f"actionlint is not installed: {tool.get}")
    file, text, rule = BAD[name]
    (tmp_path / ".git").mkdir()
    (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / file).write_text(text)
    found = lint._run(tool, tmp_path, lambda said: None).problems
    assert (rule, file) in {(problem.rule, problem.file) for problem in found}
    assert all(problem.line and problem.message for problem in found)


def test_the_extra_brings_every_linter_that_is_a_python_package() -> None:
    """At the versions that we are held to ourselves."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    extra = set(project["project"]["optional-dependencies"]["lint"])
    offered = {tool.get.removeprefix("pip install ") for tool in TOOLS if tool.get.startswith("pip install ")}
    assert {re.split("[<>=]", one)[0] for one in extra} == offered
    assert extra <= set(project["dependency-groups"]["dev"])
