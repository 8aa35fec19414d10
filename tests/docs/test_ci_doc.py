"""The page about CI says what the workflows say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_table_of_the_workflows_is_up_to_date() -> None:
    """Otherwise the tool that writes it says so."""
    tool = [sys.executable, str(ROOT / "tools" / "ci_doc.py"), "--check"]
    result = subprocess.run(tool, capture_output=True, text=True, timeout=60)
    assert (result.returncode, result.stdout) == (0, "")
