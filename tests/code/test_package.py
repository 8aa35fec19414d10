"""The wheel, installed where there is no clone: it carries the project, and its commands work from an empty folder."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CPU_SECONDS_MAX = 0.6
"""Of `isthmus --help`: 0.16 on the machine that we measure on, and room for slower ones."""


@dataclass(frozen=True)
class Installed:
    """The wheel, and a folder with nothing in it to call its commands from."""

    wheel: Path
    python: Path
    empty: Path

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Runs `isthmus` in the empty folder, at home nowhere else."""
        environment = {"PATH": "/usr/bin:/bin", "HOME": str(self.empty.parent / "home")}
        return subprocess.run(
            [self.python.with_name("isthmus"), *words],
            cwd=self.empty,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
        )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    """Built from what git has, and installed into an environment that borrows only what Isthmus depends on."""
    base = tmp_path_factory.mktemp("package")
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True)
    wanted = ("src/", "catalog/", "examples/", "gamedays/", "policy/", "terraform/", "usage/")
    for name in listed.stdout.splitlines():
        if (name.startswith(wanted) or "/" not in name) and (ROOT / name).is_file():
            (base / "source" / name).parent.mkdir(parents=True, exist_ok=True)
            (base / "source" / name).write_bytes((ROOT / name).read_bytes())
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    quick = ["--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "wheel", *quick, "--wheel-dir", str(base), str(base / "source")], check=True)
    (wheel,) = base.glob("*.whl")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(base / "venv")], check=True)
    python = base / "venv" / "bin" / "python"
    place = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], capture_output=True, text=True
    ).stdout.strip()
    # A path in such a file is searched, but its own files of paths are not read: the clone is not found by it.
    Path(place, "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    subprocess.run(
        [*pip, "--python", str(python), "install", "--no-deps", "--no-index", "--no-compile", str(wheel)], check=True
    )
    (base / "empty").mkdir()
    yield Installed(wheel, python, base / "empty")


def test_the_wheel_has_all_that_git_has_of_the_project(installed: Installed) -> None:
    """Terraform, rules, catalogue, game days, samples of queries and usage; schemas, prices and the page's files."""
    with zipfile.ZipFile(installed.wheel) as archive:
        names = set(archive.namelist())
    kept = ("catalog", "examples", "gamedays", "policy", "terraform", "usage")
    listed = subprocess.run(["git", "ls-files", *kept], cwd=ROOT, capture_output=True, text=True).stdout.split()
    assert listed and {f"isthmus/_project/{name}" for name in listed if (ROOT / name).exists()} <= names
    tracked = subprocess.run(["git", "ls-files", "src"], cwd=ROOT, capture_output=True, text=True).stdout.split()
    data = {name.removeprefix("src/") for name in tracked if (ROOT / name).exists()}
    assert data <= names
    info = installed.wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info"
    assert {f"{info}/licenses/LICENSE", f"{info}/licenses/NOTICE", "isthmus/py.typed"} <= names


def test_its_files_are_found_and_its_runs_are_kept_in_the_users_folder(installed: Installed) -> None:
    """Nothing is written into the installation."""
    code = "from isthmus.local import project; print(project.project_root(), project.work_dir())"
    home = {"HOME": "/nowhere/home", "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        [installed.python, "-c", code], cwd=installed.empty, env=home, capture_output=True, text=True, timeout=60
    )
    root, work = done.stdout.split()
    assert (root.endswith("/site-packages/isthmus/_project"), work) == (True, "/nowhere/home/.local/state/isthmus")


def test_help_comes_at_once(installed: Installed) -> None:
    """Time of the processor, which other programs don't lengthen."""
    code = (
        "import contextlib, io, sys, time\n"
        "from isthmus.cli import main\n"
        "sys.argv = ['isthmus', '--help']\n"
        "with contextlib.redirect_stdout(io.StringIO()) as said, contextlib.suppress(SystemExit):\n"
        "    main()\n"
        "assert 'Commands:' in said.getvalue()\n"
        "print(time.process_time())"
    )
    done = subprocess.run(
        [installed.python, "-c", code], cwd=installed.empty, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert float(done.stdout) < CPU_SECONDS_MAX


def test_rules_are_tested_and_terraform_is_rehearsed_without_a_clone(installed: Installed) -> None:
    """The rules' own tests, a stack of the project, and a folder of somebody else's Terraform."""
    tested = installed.run("policy", "test")
    assert (tested.returncode, "0 failed" in tested.stdout) == (0, True), tested.stdout + tested.stderr
    bare = installed.empty.parent / "theirs"
    bare.mkdir()
    (bare / "main.tf").write_text('resource "aws_sqs_queue" "theirs" {\n  name = "theirs"\n}\n')
    rehearsed = installed.run("rehearse", "--dir", str(bare), "--", "plan", "-no-color")
    assert (rehearsed.returncode, "1 to add" in rehearsed.stdout) == (0, True), rehearsed.stdout + rehearsed.stderr
    assert not any(installed.empty.iterdir())


def test_what_is_imported_is_asked_for() -> None:
    """Every package of others that the code imports is a dependency of the package, by name."""
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    names = {re.split(r"[=<>\[ ]", text, maxsplit=1)[0].lower() for text in asked}
    known = packages_distributions()
    found: dict[str, set[str]] = {}
    for path in (ROOT / "src").rglob("*.py"):
        for top in _tops(ast.parse(path.read_text("utf-8"))) - sys.stdlib_module_names - {"isthmus"}:
            found[top] = {name.lower() for name in known.get(top, ())}
    assert {top for top, provided in found.items() if not provided & names} == set()


def _tops(tree: ast.AST) -> set[str]:
    tops = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            tops |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            tops.add(node.module.split(".")[0])
    return tops
