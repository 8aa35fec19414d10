"""Deployment packages: the same bytes from the same inputs, and all that they import."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import botocore
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


@pytest.mark.parametrize("role", bundle.ROLES)
def test_a_package_holds_what_its_function_imports_only_later(role: str, packages: dict[str, Path]) -> None:
    """Also what is imported within a function, which no import of the module shows: all of Isthmus that is named."""
    with zipfile.ZipFile(packages[role]) as archive:
        held = set(archive.namelist())
    assert _imported(f"isthmus/functions/aws/{role}.py") - held == set()


def test_the_canarys_package_holds_all_of_isthmus_that_it_imports_and_nothing_more(packages: dict[str, Path]) -> None:
    """The runtime has the SDK; a small package starts sooner, once in a few minutes."""
    entry = "isthmus/functions/aws/canary.py"
    with zipfile.ZipFile(packages["archive"].with_name("canary.zip")) as archive:
        held = {name.removeprefix("python/") for name in archive.namelist()}
    assert held - {"canary.py"} == _imported(entry) - {entry, "isthmus/functions/aws/__init__.py"}


def test_the_canary_is_imported_with_the_sdk_alone(packages: dict[str, Path], tmp_path: Path) -> None:
    """By the name that CloudWatch calls it, as a module beside the package."""
    with zipfile.ZipFile(packages["archive"].with_name("canary.zip")) as archive:
        archive.extractall(tmp_path)
    site = Path(botocore.__file__).parents[1]
    known = {"botocore", "canary", "certifi", "dateutil", "isthmus", "jmespath", "six", "urllib3"}
    program = (
        f"import sys; sys.path[:0] = [{str(tmp_path / 'python')!r}, {str(site)!r}]; import canary; "
        f"assert callable(canary.handler) and {str(tmp_path)!r} in sys.modules['isthmus.functions.canary'].__file__; "
        f"[canary.client(n, 'us-east-1') for n in ('s3', 'secretsmanager')]; "
        "print(sorted({n.partition('.')[0] for n in sys.modules} - set(sys.stdlib_module_names)))"
    )
    result = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stderr
    assert set(ast.literal_eval(result.stdout)) - {"__main__"} <= known


def _imported(entry: str) -> set[str]:
    """A file and all files of Isthmus that it imports, however far away."""
    waiting, seen = [entry], set[str]()
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += _own_imports(SOURCE.parent / name)
    assert "isthmus/core/errors.py" in seen
    return seen


def _own_imports(file: Path) -> Iterator[str]:
    """The files of Isthmus that a file imports anywhere, but for the types alone."""
    for node in _running(ast.parse(file.read_text("utf-8"))):
        for module in _named(node):
            path = SOURCE.parent / module.replace(".", "/")
            for found in (path / "__init__.py", path.with_suffix(".py")):
                if module.partition(".")[0] == "isthmus" and found.is_file():
                    yield found.relative_to(SOURCE.parent).as_posix()


def _running(tree: ast.AST) -> Iterator[ast.AST]:
    """The nodes that are run: not those below `if TYPE_CHECKING`."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test)):
            yield node
            yield from _running(node)


def _named(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        names = [alias.name for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        assert not node.level, "imports are absolute here"
        names = [str(node.module), *(f"{node.module}.{alias.name}" for alias in node.names)]
    else:
        return
    for name in names:
        parts = name.split(".")
        yield from (".".join(parts[: count + 1]) for count in range(len(parts)))


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
