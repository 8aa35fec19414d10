"""Terraform's arguments as the child gets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from isthmus.rehearsal.arguments import arguments, joined, saved_plan, written_plan
from isthmus.rehearsal.stack import Stack


@pytest.mark.parametrize(
    ("given", "passed"),
    [
        ("plan", "plan -no-color"),
        ("state show a.b", "state show -no-color a.b"),
        ("workspace new blue", "workspace new -no-color blue"),
        ("console", "console -no-color"),
        ("output -no-color", "output -no-color"),
        ("state -help", "state -help"),
        ("state", "state"),
        ("version", "version"),
        ("-version", "-version"),
        ("", ""),
    ],
)
def test_what_is_no_terminal_gets_no_colours(given: str, passed: str, tmp_path: Path) -> None:
    stack = Stack(tmp_path, "test", "module", tmp_path / "run")
    assert arguments(stack, given.split(), plain=True) == passed.split()
    assert arguments(stack, given.split(), plain=False) == given.split()


@pytest.mark.parametrize(
    ("given", "plan"),
    [
        (["apply"], None),
        (["apply", "-auto-approve"], None),
        (["apply", "-var", "x=y"], None),
        (["apply", "--var-file", "other.tfvars", "-target", "a.b"], None),
        (["apply", "-var", "x=y", "saved.plan"], "saved.plan"),
        (["apply", "-lock-timeout", "5s", "-auto-approve", "saved.plan"], "saved.plan"),
        (["plan", "-var", "x=y"], None),
    ],
)
def test_the_value_of_a_flag_is_no_saved_plan(given: list[str], plan: str | None, tmp_path: Path) -> None:
    """Only with one are the environment's variables left out: they are in it."""
    variables = tmp_path / "dev.tfvars"
    stack = Stack(tmp_path, "test", "module", tmp_path / "run", variable_file=variables)
    words = joined(given)
    assert saved_plan(words) == (Path(plan) if plan else None)
    assert (f"-var-file={variables}" in arguments(stack, words, plain=False)) == (plan is None)


def test_a_path_of_its_own_word_is_from_where_the_user_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same as the path after an equals sign."""
    monkeypatch.chdir(tmp_path)
    words = joined(["plan", "-out", "my.plan", "-var", "greeting=-out"])
    assert written_plan(words) == Path("my.plan")
    stack = Stack(tmp_path, "test", "module", tmp_path / "run")
    assert arguments(stack, words, plain=False) == ["plan", f"-out={tmp_path}/my.plan", "-var=greeting=-out"]
    assert joined(["plan", "-out"]) == ["plan", "-out"]
