"""The catalogue as a linter sees it, against what git has."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from isthmus.change import catalog
from isthmus.change.lint import lint
from isthmus.core.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[3]
ORDER: dict[str, Any] = {"description": "An order.", "properties": {"number": {"type": "integer"}}}
FILE = "catalog/com.example.order.schema.json"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose one schema is committed."""
    write(tmp_path, ORDER)
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    for words in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "One type"]):
        subprocess.run(["git", "-C", str(tmp_path), *words], check=True)
    return tmp_path


def write(root: Path, schema: Any) -> None:
    path = root / FILE
    path.parent.mkdir(exist_ok=True)
    path.write_text(schema if isinstance(schema, str) else json.dumps(schema))


def said(root: Path, against: str = "HEAD") -> list[tuple[str, str, str]]:
    return [(problem.level, problem.subject, problem.message) for problem in catalog.check(root, against)]


def test_this_catalogue_is_as_it_should_be() -> None:
    assert list(catalog.check(ROOT)) == []


def test_what_was_removed_is_refused_and_what_is_new_passes(project: Path) -> None:
    write(project, {**ORDER, "properties": {"number": {"type": "string"}}})
    ((level, subject, message),) = said(project)
    assert (level, subject) == ("error", "number")
    assert "changed from integer to string" in message
    write(
        project, {**ORDER, "additionalProperties": True, "properties": {**ORDER["properties"], "a": {"type": "string"}}}
    )
    assert [(level, subject) for level, subject, _ in said(project)] == [("note", "a")]
    (project / FILE).unlink()
    assert "the type was removed" in said(project)[0][2]


def test_without_a_commit_to_compare_with_only_what_is_there_is_looked_at(project: Path) -> None:
    write(project, {**ORDER, "properties": {"total": {"type": "number"}}})
    assert said(project, "") == []
    with pytest.raises(ConfigurationError, match="no commit nowhere"):
        said(project, "nowhere")


@pytest.mark.parametrize(
    ("schema", "subject", "message"),
    [
        ("{", "", "no JSON"),
        ({"description": "x"}, "", "no properties"),
        ({"properties": {}}, "", "no description"),
        ({**ORDER, "properties": {"a": {"type": ["integer", "string"]}}}, "a", "2 types"),
        ({**ORDER, "properties": {"a": {"enum": [1]}}}, "a", "no types"),
        ({**ORDER, "properties": {"a-b": {"type": "string"}}}, "a-b", "no column of this name"),
        ({**ORDER, "properties": {"a": {"type": "string", "oneOf": []}}}, "a", "the keyword oneOf"),
    ],
)
def test_a_schema_that_makes_no_columns_is_named(project: Path, schema: Any, subject: str, message: str) -> None:
    write(project, schema)
    ((_, about, text),) = said(project, "")
    assert about == subject
    assert message in text


def test_names_that_differ_in_case_alone_are_one_column(project: Path) -> None:
    write(project, {**ORDER, "properties": {"a": {"type": "string"}, "A": {"type": "string"}}})
    assert [subject for _, subject, _ in said(project, "")] == ["a", "A"]


def test_the_first_step_of_a_check_refuses_it(project: Path, tmp_path: Path) -> None:
    """Against what is committed, or against where a branch left another commit's."""
    write(project, {**ORDER, "properties": {}})
    assert catalog.base(project, "") == catalog.base(project, "HEAD")
    stack = project / "terraform" / "stacks" / "platform" / "aws"
    stack.mkdir(parents=True)
    (stack / "main.tf").write_text('variable "zone" {\n  type    = string\n  default = "a"\n}\n')
    step = lint(project, tmp_path / "run", tools=(), strict=False, base=catalog.base(project, ""))
    assert [(problem.rule, problem.subject) for problem in step.problems] == [("catalog", "number")]
    assert "catalog" in step.facts
    assert lint(project, tmp_path / "run", tools=(), strict=False).problems == ()


def test_outside_git_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    write(tmp_path, ORDER)
    assert catalog.base(tmp_path, "") == ""
    assert said(tmp_path, "") == []
