"""Writes the drawings of docs/architecture.md from the Terraform and the code: what uses what.

python tools/architecture_doc.py [--check]
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import generated
from terraform_readme import TERRAFORM, named

ROOT = TERRAFORM.parent
DOC = ROOT / "docs" / "architecture.md"
CLOUDS = {"aws": "AWS", "gcp": "Google Cloud"}
LAYERS = ("bootstrap", "foundation", "platform", "edge")
_MARK = "<!-- {name}: generated -->\n"
_END = "<!-- end -->"


def stack_drawing(layer: str, cloud: str) -> str:
    """The modules of a stack as a Mermaid flowchart; an arrow leads from what gives to what takes."""
    modules = {
        name: body for name, body in named(TERRAFORM / "stacks" / layer / cloud, "module").items() if name != "profile"
    }
    arrows = sorted(
        f"  {given} --> {name}"
        for name, body in modules.items()
        for given in _references(body)
        if given in modules and given != name
    )
    alone = sorted(name for name in modules if not any(name in arrow.split() for arrow in arrows))
    lines = [
        f"**{layer} on {CLOUDS[cloud]}**\n",
        "```mermaid",
        "flowchart LR",
        *arrows,
        *(f"  {name}" for name in alone),
        "```\n",
    ]
    return "\n".join(lines)


def _references(body: Any) -> set[str]:
    return set(re.findall(r"\bmodule\.(\w+)", str(body)))


def code_drawing() -> str:
    """The layers of the Python code, as import-linter holds them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    lines = ["```", *(layer.replace("isthmus.", "").replace(" : ", "  ") for layer in layers), "```\n"]
    return "\n".join(lines)


def render(page: str) -> str:
    """The page with its drawings as they are now."""
    stacks = "\n".join(stack_drawing(layer, cloud) for layer in LAYERS for cloud in CLOUDS)
    for name, text in (("stacks", stacks), ("code", code_drawing())):
        start = page.index(_MARK.format(name=name)) + len(_MARK.format(name=name))
        page = page[:start] + text + page[page.index(_END, start) :]
    return page


def main(arguments: list[str]) -> int:
    """Writes the page, or checks it; returns the exit code."""
    return generated.write(DOC, render(DOC.read_text("utf-8")), arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
