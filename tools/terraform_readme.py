"""Writes the tables in the READMEs under terraform/: variables, outputs, figures of each cost profile.

`python tools/terraform_readme.py` writes them; with `--check` it says which are not up to date, and exits 1.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hcl2

TERRAFORM = Path(__file__).resolve().parent.parent / "terraform"
CLOUDS = ("aws", "gcp")
_TABLE = re.compile(r"(<!-- (?P<name>\w+): generated -->\n).*?(<!-- end -->)", re.DOTALL)


def load(folder: Path) -> dict[str, list[Any]]:
    """Reads all .tf files of a folder as one: kind of block to blocks."""
    merged: dict[str, list[Any]] = {}
    for path in sorted(folder.glob("*.tf")):
        for kind, blocks in hcl2.loads(path.read_text()).items():
            if isinstance(blocks, list):
                merged.setdefault(kind, []).extend(blocks)
    return merged


def named(folder: Path, kind: str) -> dict[str, dict[str, Any]]:
    """Returns the blocks with one label (variable, output, module) of a folder, in the order of the files."""
    return {text(name): body for block in load(folder).get(kind, []) for name, body in block.items()}


def resources(folder: Path, kind: str = "resource") -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Yields type, name and body of each resource (or data source) of a folder."""
    for block in load(folder).get(kind, []):
        for type_name, entries in block.items():
            for name, body in entries.items():
                yield text(type_name), text(name), body


def text(value: Any) -> str:
    """Returns a parsed value as it reads: without quotes, expression marks, heredoc marks."""
    value = str(value)
    if value.startswith("${") and value.endswith("}"):
        value = value[2:-1]
    value = value.strip('"')
    if value.startswith("<<-"):
        value = value.split("\n", 1)[1].rsplit("\n", 1)[0]
    return " ".join(value.split())


def locals_of(folder: Path) -> dict[str, Any]:
    """Returns the locals of a folder."""
    return {name: value for block in load(folder).get("locals", []) for name, value in block.items()}


def variables_table(folder: Path) -> str:
    """Returns the Markdown table of a folder's variables."""
    rows = [
        (f"`{name}`", f"`{text(body['type'])}`", _default(body), text(body["description"]))
        for name, body in named(folder, "variable").items()
    ]
    return _table(("variable", "type", "default", "what it is"), rows)


def outputs_table(folder: Path) -> str:
    """Returns the Markdown table of a folder's outputs."""
    rows = [(f"`{name}`", text(body["description"])) for name, body in named(folder, "output").items()]
    return _table(("output", "what it is"), rows)


def profiles_table(cloud: str) -> str:
    """Returns the Markdown table of what each cost profile sets on a cloud."""
    profiles = locals_of(TERRAFORM / "modules" / cloud / "profile")["profiles"]
    flat = {text(name): dict(_flatten(figures)) for name, figures in profiles.items() if not name.startswith("__")}
    names = ("minimal", "balanced", "resilient")
    rows = [(f"`{key}`", *(flat[name][key] for name in names)) for key in flat[names[0]]]
    return _table(("setting", *names), rows)


def flags_table() -> str:
    """Returns the Markdown table of the flags that each cost profile switches on."""
    local = locals_of(TERRAFORM / "modules" / "aws" / "profile")
    names = ("minimal", "balanced", "resilient")
    on = {
        text(name): [text(flag) for flag in flags]
        for name, flags in local["features"].items()
        if isinstance(flags, list)
    }
    rows = [
        (f"`{text(flag)}`", *("on" if text(flag) in on[name] else "off" for name in names)) for flag in local["flags"]
    ]
    return _table(("flag", *names), rows)


def render(readme: Path) -> str:
    """Returns a README's text with its tables made anew."""

    def fill(match: re.Match[str]) -> str:
        name = match["name"]
        if name in CLOUDS:
            made = profiles_table(name)
        elif name == "flags":
            made = flags_table()
        else:
            made = {"variables": variables_table, "outputs": outputs_table}[name](readme.parent)
        return match[1] + made + match[3]

    return _TABLE.sub(fill, readme.read_text())


def stale() -> list[Path]:
    """Returns the READMEs whose tables are not what the Terraform says."""
    return [path for path in sorted(TERRAFORM.rglob("README.md")) if render(path) != path.read_text()]


def _default(body: dict[str, Any]) -> str:
    return f"`{_plain(body['default'])}`" if "default" in body else "required"


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if value is None:
        return "null"
    if isinstance(value, list):
        return ", ".join(map(_plain, value)) or "none"
    return text(value) or '""'


def _flatten(figures: dict[str, Any], start: str = "") -> Iterator[tuple[str, str]]:
    for key, value in figures.items():
        if key.startswith("__"):
            continue
        if isinstance(value, dict):
            yield from _flatten(value, f"{start}{text(key)}.")
        else:
            yield start + text(key), _plain(value)


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def main(arguments: list[str]) -> int:
    """Writes the READMEs, or checks them; returns the exit code."""
    paths = stale()
    if "--check" in arguments:
        for path in paths:
            print(f"{path.relative_to(TERRAFORM.parent)} is not up to date; run: python tools/terraform_readme.py")
        return 1 if paths else 0
    for path in paths:
        path.write_text(render(path))
        print(path.relative_to(TERRAFORM.parent))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
