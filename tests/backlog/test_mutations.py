"""Each row of the backlog can fail: in a copy of the project, its mutation makes the check fail that it names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from isthmus.change.backlog import Row, read
from isthmus.local import packages

ROOT = Path(__file__).resolve().parents[2]
ROWS = {row.id: row for row in read(ROOT)}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project's files, and the packages that it has built."""
    packages.ensure()
    target = tmp_path_factory.mktemp("mutations") / "isthmus"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    shutil.copytree(ROOT / "build", target / "build")
    return target


@pytest.mark.parametrize("row", ROWS.values(), ids=ROWS)
def test_the_checks_of_a_row_notice_its_mutation(row: Row, copy: Path) -> None:
    file = copy / row.mutation.file
    text = file.read_text()
    assert row.mutation.replace in text
    file.write_text(text.replace(row.mutation.replace, row.mutation.by))
    try:
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", row.mutation.fails]
        ran = subprocess.run(
            command,
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(copy / "src"), "ISTHMUS_PROJECT_DIR": str(copy)},
            capture_output=True,
            text=True,
        )
        # 1: tests have failed; 2 and more would be a run that could not be.
        assert ran.returncode == 1, ran.stdout[-3000:]
    finally:
        file.write_text(text)
