"""docs/local-google.md says what the checks of the local Google Cloud show."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_the_local_google_cloud_is_up_to_date() -> None:
    """`python tools/local_google_doc.py` writes it; every test that it names is there."""
    command = [sys.executable, str(ROOT / "tools" / "local_google_doc.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
