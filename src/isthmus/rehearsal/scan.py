"""A light reading of Terraform files: which modules, and which types. It never needs to be exact.

Taking too much (a type in a comment) costs a schema. Nothing depends on the order or nesting of blocks.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_TYPES = re.compile(r'^\s*(resource|data)\s+"([a-z0-9_]+)"\s+"', re.M)
_SOURCE = re.compile(r'^\s*source\s*=\s*"(\.\.?/[^"]*)"', re.M)
_JSON_TYPES = re.compile(r'"((?:aws|google)_[a-z0-9_]+)"')


@dataclass(frozen=True)
class Configuration:
    """What the files of a root module and of the modules it calls say.

    Attributes:
        resources: Resource types.
        data_sources: Data source types.
        digest: Changes when any file does.
    """

    resources: frozenset[str]
    data_sources: frozenset[str]
    digest: str


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
        resources=frozenset({name for kind, name in types if kind == "resource"} | named),
        data_sources=frozenset({name for kind, name in types if kind == "data"} | named),
        digest=_digest(texts),
    )


def state_types(state: Path) -> frozenset[str]:
    """The types that a state file holds; a type may be gone from the configuration and still be there to destroy."""
    if not state.is_file():
        return frozenset()
    resources = json.loads(state.read_text() or "{}").get("resources", [])
    return frozenset(resource["type"] for resource in resources)


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
