"""What the tests of the Terraform read it with: the same reader that writes the READMEs."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


def _module(path: Path) -> ModuleType:
    """A Python file as a module; the tests are no package."""
    if path.stem not in sys.modules:
        spec = importlib.util.spec_from_file_location(path.stem, path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[path.stem] = module
        spec.loader.exec_module(module)
    return sys.modules[path.stem]


@pytest.fixture(scope="session")
def reader() -> ModuleType:
    """The tool tools/terraform_readme.py as a module."""
    return _module(ROOT / "tools" / "terraform_readme.py")


@pytest.fixture(scope="session")
def cel() -> ModuleType:
    """The evaluator of Google's attribute mappings and conditions."""
    return _module(Path(__file__).with_name("cel.py"))


@pytest.fixture(scope="session")
def terraform() -> Path:
    """The folder terraform/."""
    return ROOT / "terraform"


@pytest.fixture(scope="session")
def modules(terraform: Path) -> list[Path]:
    """Every module's folder."""
    return sorted(path for path in terraform.glob("modules/*/*") if path.is_dir())


@pytest.fixture(scope="session")
def stacks(terraform: Path) -> list[Path]:
    """Every stack's folder."""
    return sorted(path for path in terraform.glob("stacks/*/*") if path.is_dir())
