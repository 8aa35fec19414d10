"""AGENTS.md: every folder has one owner, and the backlog names no other owners."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from isthmus.change.backlog import read

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "AGENTS.md").read_text("utf-8")
OWNERS = {
    owner: re.findall(r"`([^`]+)`", folders)
    for owner, folders in re.findall(r"^\| ([A-Z][^|]+?) \| (`[^|]+) \|$", TEXT, re.M)
}


def test_the_backlog_and_the_list_name_the_same_owners() -> None:
    assert {owner for row in read(ROOT) for owner in row.owners} == set(OWNERS)


def test_what_an_owner_answers_for_is_there_and_has_no_other_owner() -> None:
    named = [name for names in OWNERS.values() for name in names]
    assert [name for name in named if not (ROOT / name).exists()] == []
    assert len(named) == len(set(named))


def test_every_folder_of_the_project_has_an_owner() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    named = tuple(name + "/" for names in OWNERS.values() for name in names)
    shared = {"", "src/isthmus", "terraform"}  # files right in these belong to whoever owns what they are about
    folders = {str(Path(name).parent) for name in listed if "/" in name}
    assert sorted(folder for folder in folders - shared if not f"{folder}/".startswith(named)) == []
