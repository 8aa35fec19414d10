"""Where a resource of a plan is written: file and line of its block."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_BLOCK = re.compile(r'^(resource|data)\s+"([^"]+)"\s+"([^"]+)"', re.MULTILINE)
_INDEX = re.compile(r"\[[^\]]*\]")


def place(plan: Mapping[str, Any], folder: Path, address: str) -> tuple[Path, int] | None:
    """File and line of a resource's block; None where the source doesn't show it.

    Args:
        plan: The plan, for the modules' sources.
        folder: The root module.
        address: As `module.archive.aws_s3_bucket.archive`, with or without instances.
    """
    parts = _INDEX.sub("", address).split(".")
    module = plan.get("configuration", {}).get("root_module", {})
    while parts[:1] == ["module"] and len(parts) > 1:
        call = module.get("module_calls", {}).get(parts[1], {})
        source = str(call.get("source", ""))
        if not source.startswith("."):
            return None
        folder, module, parts = (folder / source).resolve(), call.get("module", {}), parts[2:]
    mode = "data" if parts[:1] == ["data"] else "resource"
    return _blocks(folder).get((mode, *parts[-2:])) if len(parts) >= 2 else None


@cache
def _blocks(folder: Path) -> dict[tuple[str, ...], tuple[Path, int]]:
    found: dict[tuple[str, ...], tuple[Path, int]] = {}
    for file in sorted(folder.glob("*.tf")):
        text = file.read_text("utf-8")
        for match in _BLOCK.finditer(text):
            found[match.groups()] = (file, text.count("\n", 0, match.start()) + 1)
    return found
