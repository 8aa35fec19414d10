"""A light reading of Terraform files: which modules, and which types. It never needs to be exact.

Taking too much (a type in a comment) costs a schema. Nothing depends on the order or nesting of blocks.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from isthmus.rehearsal.constraints import constraints

_TYPES = re.compile(r'^[ \t]*(resource|data|mock_resource|mock_data)[ \t]+"([a-z0-9_]+)"', re.M)
_IMPORTED = re.compile(r"^[ \t]*to\s*=\s*(?:module\.[^=\n]*?\.)?((?:aws|google)_[a-z0-9_]+)\.", re.M)
_SOURCE = re.compile(r'^[ \t]*source\s*=\s*"(\.\.?/[^"]*)"', re.M)
_JSON_TYPES = re.compile(r'"((?:aws|google|random|null|time)_[a-z0-9_]+)"')
_BLOCK = re.compile(
    r"^(?P<indent>[ \t]*)(?P<kind>ephemeral|action|list|data)[ \t]+"
    r'"(?P<type>(?:aws|google)_\w+|terraform_remote_state)"[ \t]+"(?P<name>[\w-]+)"(?P<body>.*?)(?:^(?P=indent)\}|\Z)',
    re.M | re.S,
)
_COMMENT = re.compile(r"^[ \t]*/\*", re.M)
_BACKEND = re.compile(r'^[ \t]*backend\s*=\s*"(\w+)"', re.M)


@dataclass(frozen=True)
class Foreign:
    """A block that a rehearsal can't answer.

    Attributes:
        kind: `ephemeral`, `action`, `list`, or `data` for a state that is kept elsewhere.
        address: As `ephemeral.aws_secretsmanager_secret_version.s`.
        file: Its file.
        line: Its line there.
    """

    kind: str
    address: str
    file: Path
    line: int


@dataclass(frozen=True)
class Configuration:
    """What the files of a root module and of the modules it calls say.

    Attributes:
        resources: Resource types.
        data_sources: Data source types.
        digest: Changes when any file does.
        foreign: Blocks that a rehearsal can't answer.
        files: All files that were read.
        constraints: Versions that are asked of providers, as (`hashicorp/aws`, `~> 5.0`).
    """

    resources: frozenset[str]
    data_sources: frozenset[str]
    digest: str
    foreign: tuple[Foreign, ...] = ()
    files: tuple[Path, ...] = ()
    constraints: frozenset[tuple[str, str]] = frozenset()


def scan(root: Path, installed: Path | None = None) -> Configuration:
    """Reads a root module.

    Args:
        root: Its folder.
        installed: The `modules.json` of an earlier `init`, for modules that are not beside the root.
    """
    texts = _texts(root, installed)
    types = [found for text in texts.values() for found in _TYPES.findall(text)]
    named = {name for path, text in texts.items() if path.suffix == ".json" for name in _JSON_TYPES.findall(text)}
    return Configuration(
        resources=frozenset({name for kind, name in types if kind.endswith("resource")} | named | _imported(texts)),
        data_sources=frozenset({name for kind, name in types if kind.endswith("data")} | named),
        digest=_digest(texts),
        foreign=tuple(found for path, text in texts.items() for found in _foreign(path, text)),
        files=tuple(texts),
        constraints=frozenset(found for text in texts.values() for found in constraints(text)),
    )


def _imported(texts: dict[Path, str]) -> set[str]:
    """Types of import blocks: their resource blocks may not have been written yet."""
    return {name for text in texts.values() for name in _IMPORTED.findall(text)}


def _foreign(path: Path, text: str) -> Iterable[Foreign]:
    shown = _without_comments(text)
    for block in _BLOCK.finditer(shown):
        kind, type_name = block["kind"], block["type"]
        backend = _BACKEND.search(block["body"])
        elsewhere = type_name == "terraform_remote_state" and backend is not None and backend[1] != "local"
        if elsewhere or (kind != "data" and type_name != "terraform_remote_state"):
            line = shown.count("\n", 0, block.start()) + 1
            yield Foreign(kind, f"{kind}.{type_name}.{block['name']}", path, line)


def _without_comments(text: str) -> str:
    """The text with blank lines where comments of several lines were."""
    kept, place = [], 0
    while (begin := _COMMENT.search(text, place)) and (end := text.find("*/", begin.end())) >= 0:
        kept += [text[place : begin.start()], "\n" * text.count("\n", begin.start(), end)]
        place = end + 2
    return "".join([*kept, text[place:]])


def state_types(state: Mapping[str, Any] | None) -> frozenset[str]:
    """The types that a state holds; a type may be gone from the configuration and still be there to destroy."""
    return frozenset(resource["type"] for resource in (state or {}).get("resources", []))


def _texts(root: Path, installed: Path | None) -> dict[Path, str]:
    texts: dict[Path, str] = {}
    waiting = [root.resolve(), *_installed(root, installed)]
    seen: set[Path] = set()
    while waiting:
        folder = waiting.pop()
        if folder in seen or not folder.is_dir():
            continue
        seen.add(folder)
        for path in _files(folder):
            texts[path] = path.read_text(errors="replace")
            waiting += [(folder / source).resolve() for source in _SOURCE.findall(texts[path])]
    return texts


def _files(folder: Path) -> list[Path]:
    patterns: Iterable[str] = ("*.tf", "*.tf.json", "*.tftest.hcl", "tests/*.tftest.hcl")
    return sorted(path for pattern in patterns for path in folder.glob(pattern))


def _installed(root: Path, manifest: Path | None) -> list[Path]:
    if manifest is None or not manifest.is_file():
        return []
    modules = json.loads(manifest.read_text()).get("Modules", [])
    return [(root / module["Dir"]).resolve() for module in modules]


def _digest(texts: dict[Path, str]) -> str:
    digest = hashlib.sha256()
    for path in sorted(texts):
        digest.update(f"{path}\0{len(texts[path])}\0{texts[path]}".encode())
    return digest.hexdigest()
