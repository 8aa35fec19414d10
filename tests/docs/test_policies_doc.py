"""docs/policies.md says what the rules' metadata and the waivers say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_the_policies_is_up_to_date() -> None:
    """`python tools/policy_doc.py` writes it."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "policy_doc.py"), "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
