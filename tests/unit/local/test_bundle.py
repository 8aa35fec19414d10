"""Deployment packages: the same bytes from the same inputs, and all that they import."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import isthmus
from isthmus.core.errors import ConfigurationError
from isthmus.local import bundle

SOURCE = Path(isthmus.__file__).parent


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """All packages, built once."""
    built = bundle.ensure(tmp_path_factory.mktemp("packages"))
    return {package.path.stem: package.path for package in built}


@pytest.mark.parametrize("role", bundle.ROLES)
def test_a_package_holds_all_that_its_function_imports(role: str, packages: dict[str, Path], tmp_path: Path) -> None:
    """It is imported by an interpreter that sees the package and the standard library and nothing else."""
    with zipfile.ZipFile(packages[role]) as archive:
        archive.extractall(tmp_path)
    program = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); "
        f"import isthmus.functions.aws.{role} as f; assert callable(f.handler); "
        f"import isthmus.adapters.aws.session as s; [s.client(n, 'us-east-1') for n in {sorted(bundle.BOTO_DATA)}]; "
        "assert not [m for m in sys.modules.values() if 'site-packages' in (getattr(m, '__file__', None) or '')]"
    )
    environment = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "y", "PATH": os.environ["PATH"]}
    result = subprocess.run(
        [sys.executable, "-I", "-S", "-c", program], env=environment, capture_output=True, text=True, timeout=120
    )
    assert result.returncode == 0, result.stderr


def test_a_package_has_the_same_bytes_from_a_copy_of_the_source(packages: dict[str, Path], tmp_path: Path) -> None:
    """Times, modes and the order of the file system don't show in it."""
    copy = tmp_path / "isthmus"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"), copy_function=shutil.copyfile)
    for file in copy.rglob("*.py"):
        os.utime(file, (1, 1))
        file.chmod(0o600)
    again = bundle.build("archive", tmp_path / "archive.zip", source=copy)
    assert again.path.read_bytes() == packages["archive"].read_bytes()


def test_a_package_is_not_built_twice(packages: dict[str, Path]) -> None:
    """Nothing changed, so nothing is written."""
    again = bundle.build("archive", packages["archive"], source=SOURCE)
    assert not again.rebuilt


def test_a_changed_source_is_built_again(tmp_path: Path) -> None:
    """Another byte in the code gives another package."""
    copy = tmp_path / "isthmus"
    shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("__pycache__"))
    first = bundle.build("archive", tmp_path / "archive.zip", source=copy)
    (copy / "core" / "keys.py").write_text((copy / "core" / "keys.py").read_text() + "\n")
    second = bundle.build("archive", tmp_path / "archive.zip", source=copy)
    assert second.rebuilt
    assert second.sha256 != first.sha256


def test_an_unknown_role_is_named(tmp_path: Path) -> None:
    """The error lists what there is."""
    with pytest.raises(ConfigurationError, match="no function has the role 'mail'"):
        bundle.build("mail", tmp_path / "mail.zip", source=SOURCE)
