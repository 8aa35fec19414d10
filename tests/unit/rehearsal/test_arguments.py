"""Terraform's arguments as the child gets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from isthmus.rehearsal.arguments import arguments
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
