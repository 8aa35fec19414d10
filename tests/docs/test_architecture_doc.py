"""The page about the architecture draws what the Terraform and the code say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text("utf-8")


def test_the_drawings_are_up_to_date() -> None:
    """Otherwise the tool that makes them says so."""
    tool = [sys.executable, str(ROOT / "tools" / "architecture_doc.py"), "--check"]
    result = subprocess.run(tool, capture_output=True, text=True, timeout=120)
    assert (result.returncode, result.stdout) == (0, "")


def test_every_stack_is_drawn_with_what_its_parts_give_each_other() -> None:
    drawn = re.findall(r"\*\*(\w+) on ([\w ]+)\*\*\n\n```mermaid\nflowchart LR\n(.*?)```", PAGE, re.S)
    assert len(drawn) == 8
    platform = next(arrows for layer, cloud, arrows in drawn if (layer, cloud) == ("platform", "AWS"))
    assert "  messaging --> function\n" in platform


def test_every_folder_of_the_code_is_in_the_layers() -> None:
    layers = re.search(r"<!-- code: generated -->\n```\n(.*?)```", PAGE, re.S)
    assert layers is not None
    packages = {path.parent.name for path in (ROOT / "src" / "isthmus").glob("*/__init__.py")}
    assert packages == set(layers[1].split())
