"""Pages that a tool writes whole: written, or compared with what stands there."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def write(page: Path, text: str, arguments: list[str]) -> int:
    """Writes a page, or with `--check` says whether it is up to date; returns the exit code."""
    if "--check" not in arguments:
        page.write_text(text, "utf-8")
        return 0
    if page.is_file() and page.read_text("utf-8") == text:
        return 0
    print(f"{page.relative_to(ROOT)} is not up to date; run: python tools/{Path(sys.argv[0]).name}")
    return 1
