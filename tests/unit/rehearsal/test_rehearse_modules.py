"""The tool that plans public modules' examples, on a repository of our own making."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

TOOL = Path(__file__).resolve().parents[3] / "tools" / "rehearse_modules.py"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    """The tool as a module."""
    spec = importlib.util.spec_from_file_location("rehearse_modules", TOOL)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["rehearse_modules"] = module
    spec.loader.exec_module(module)
    return module


def test_examples_are_planned_and_counted(tool: ModuleType, tmp_path: Path) -> None:
    example = tmp_path / "modules" / "terraform-aws-queue" / "examples"
    texts = {
        "works": 'variable "n" {}\nmodule "q" {\n  source = "e/queue/aws"\n  version = "1.0"\n  name = var.n\n}\n',
        "fails": 'resource "aws_sqs_queue" "q" {\n  nme = "q"\n}\n',
        "far": 'module "m" {\n  source = "example/missing/aws"\n}\n',
    }
    for name, text in texts.items():
        (example / name).mkdir(parents=True)
        (example / name / "main.tf").write_text(text)
    queue = 'variable "name" {}\nresource "aws_sqs_queue" "q" {\n  name = var.name\n}\n'
    (example.parent / "main.tf").write_text(queue)
    tool.localize(tmp_path / "modules")
    results = [tool.plan(found, tmp_path / "run") for found in tool.examples(tmp_path / "modules", "")]
    found = {result.example.name: (result.kind, result.resources) for result in results}
    assert found == {"works": ("passed", 1), "fails": ("failed", 0), "far": ("not here", 0)}
    assert "3 examples: 1 passed, 1 failed, 1 not here." in tool.table(results)
