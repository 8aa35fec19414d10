"""What the tests of the Terraform read it with: the same reader that writes the READMEs."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="session")
def reader() -> ModuleType:
    """The tool tools/terraform_readme.py as a module."""
    name = "terraform_readme"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        spec.loader.exec_module(module)
    return sys.modules[name]


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
