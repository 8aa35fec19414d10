"""The decisions: numbered without a gap, each with its reasons, alternatives and price, and all in the index."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "adr"
FILES = sorted(FOLDER.glob("[0-9]*.md"))
PARTS = {
    "what was decided": r"Decided|Decision",
    "why": r"Why|What it is about|## Decision\n\n",
    "the alternatives": r"Weighed|Alternatives|Instead of",
    "what it costs": r"Costs|Consequences|What follows",
}


def test_the_index_is_up_to_date() -> None:
    """`python tools/adr_doc.py` writes it."""
    tool = [sys.executable, str(ROOT / "tools" / "adr_doc.py"), "--check"]
    done = subprocess.run(tool, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


def test_they_are_numbered_without_a_gap_and_as_their_files() -> None:
    numbers = [int(path.name[:4]) for path in FILES]
    assert numbers == list(range(1, len(FILES) + 1))
    for number, path in zip(numbers, FILES, strict=True):
        assert path.read_text("utf-8").startswith(f"# {number}. "), path.name


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_decision_has_its_alternatives_and_its_price(path: Path) -> None:
    text = path.read_text("utf-8")
    for part, names in PARTS.items():
        assert re.search(rf"^(\*\*({names})|## ({names})|{names})", text, re.MULTILINE), f"{path.name} lacks {part}"
    weighed = re.split(r"^(?:\*\*Weighed\.\*\*|## Alternatives|## Instead of)", text, flags=re.MULTILINE)[1]
    weighed = re.split(r"^(?:\*\*|## )", weighed, flags=re.MULTILINE)[0] if "**Weighed" in text else weighed
    assert len(re.findall(r"[.)]\s", weighed)) >= 2, f"{path.name} weighs one thing or none"
