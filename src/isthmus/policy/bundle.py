"""The rules: one folder each under `policy/`, with metadata that says what it is, why it matters and how to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from isthmus.core.errors import ConfigurationError

SEVERITIES = ("high", "medium", "low")


@dataclass(frozen=True, order=True)
class Rule:
    """A rule as its metadata tells it.

    Attributes:
        id: Domain and name, as in `encryption.s3_customer_key`.
        title: What it asks for, in a line.
        description: When it passes.
        severity: One of `SEVERITIES`.
        remedy: What to do when it fails.
        path: The file.
    """

    id: str
    title: str
    description: str
    severity: str
    remedy: str
    path: Path


@dataclass(frozen=True)
class Bundle:
    """A directory of policies: the rules, and every module that an engine must load."""

    root: Path
    rules: tuple[Rule, ...]

    def modules(self, *, tests: bool = False) -> list[Path]:
        """The files of Rego, sorted; the rules' own tests only when asked for."""
        files = sorted(self.root.rglob("*.rego"))
        return [path for path in files if tests or not path.stem.endswith("_test")]

    @property
    def ids(self) -> frozenset[str]:
        """The ids of all rules."""
        return frozenset(rule.id for rule in self.rules)


def load(root: Path) -> Bundle:
    """Reads a directory of policies.

    Raises:
        ConfigurationError: When there are no rules, or one has no metadata, or another package than its path.
    """
    files = sorted(path for path in root.glob("*/*/*.rego") if path.stem == path.parent.name)
    if not files:
        raise ConfigurationError("there are no rules", where=str(root), fix="give the directory that holds main.rego")
    return Bundle(root, tuple(_rule(path) for path in files))


def _rule(path: Path) -> Rule:
    text = path.read_text("utf-8")
    domain, name = path.parts[-3], path.stem
    if f"\npackage isthmus.{domain}.{name}\n" not in text:
        raise ConfigurationError(f"its package is not isthmus.{domain}.{name}", where=str(path))
    facts = _metadata(text, path)
    custom = facts.get("custom") or {}
    missing = [key for key in ("title", "description") if not facts.get(key)]
    missing += [key for key in ("severity", "remedy") if not custom.get(key)]
    if missing or custom["severity"] not in SEVERITIES:
        raise ConfigurationError(f"its metadata lacks {', '.join(missing) or 'a known severity'}", where=str(path))
    return Rule(f"{domain}.{name}", facts["title"], facts["description"], custom["severity"], custom["remedy"], path)


def _metadata(text: str, path: Path) -> dict[str, Any]:
    lines = text.splitlines()
    if lines[:1] != ["# METADATA"]:
        raise ConfigurationError("it doesn't begin with its metadata", where=str(path), fix="begin with `# METADATA`")
    block = []
    for line in lines[1:]:
        if not line.startswith("#"):
            break
        block.append(line[2:])
    try:
        facts = yaml.safe_load("\n".join(block))
    except yaml.YAMLError as error:
        raise ConfigurationError(f"its metadata is no YAML: {error}", where=str(path)) from None
    return facts if isinstance(facts, dict) else {}
