"""The playbooks say what the scenarios do, and every one is there."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_playbooks_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, "tools/gamedays_doc.py", "--check"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_every_scenario_has_a_playbook() -> None:
    scenarios = {path.stem for path in (ROOT / "gamedays").glob("*.yaml")}
    assert {path.stem for path in (ROOT / "docs" / "gamedays").glob("*.md")} == scenarios | {"README"}
