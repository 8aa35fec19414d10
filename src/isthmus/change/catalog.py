"""The event catalogue as a linter sees it: schemas that make columns, and changes that break nobody."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from isthmus.archive import catalogue, evolution
from isthmus.change.git import commit_of, git
from isthmus.change.report import Problem
from isthmus.core.errors import ConfigurationError

RULE = "catalog"
FOLDER = "catalog"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,254}")
"""What Glue and BigQuery both take as a column's name without quotes (documentation of both, 2026-11)."""

Schemas = Mapping[str, Mapping[str, Any]]


def check(root: Path, against: str = "") -> Iterator[Problem]:
    """Looks at every schema of the catalogue, and at what changed.

    Args:
        root: The project.
        against: A commit that the catalogue is compared with; empty for none.

    Raises:
        ConfigurationError: When there is no such commit.
    """
    schemas: dict[str, Mapping[str, Any]] = {}
    for path in sorted((root / FOLDER).glob(f"*{catalogue.SUFFIX}")):
        name = f"{FOLDER}/{path.name}"
        try:
            schema = json.loads(path.read_text("utf-8"))
        except ValueError as error:
            yield Problem(RULE, f"it is no JSON: {error}", file=name, fix="write a JSON Schema")
            continue
        if not isinstance(schema, dict) or not isinstance(schema.get("properties"), dict):
            yield Problem(RULE, "it has no properties", file=name, fix="describe an event's data")
            continue
        schemas[path.name] = schema
        yield from _schema(name, schema)
    if against:
        yield from changes(before(root, against), schemas)


def before(root: Path, ref: str) -> dict[str, Mapping[str, Any]]:
    """Returns the schemas of a commit, by file name.

    Raises:
        ConfigurationError: When there is no such commit.
    """
    commit = commit_of(root, ref)
    names = git(root, "ls-tree", "--name-only", "-z", commit, f"{FOLDER}/").split("\0")
    found: dict[str, Mapping[str, Any]] = {}
    for name in names:
        if name.endswith(catalogue.SUFFIX):
            try:
                schema = json.loads(git(root, "show", f"{commit}:{name}"))
            except ValueError:
                continue  # It was none then; whatever it is now is no change for the worse.
            if isinstance(schema, dict):
                found[Path(name).name] = schema
    return found


def changes(old: Schemas, new: Schemas) -> Iterator[Problem]:
    """Yields what a change of the catalogue breaks."""
    for name, schema in sorted(old.items()):
        file = f"{FOLDER}/{name}"
        if name not in new:
            said = "the type was removed: its tables go, and queries with them"
            yield Problem(RULE, said, file=file, fix="keep the schema for as long as its events are kept")
            continue
        for finding in sorted(set(evolution.compare(schema, new[name]))):
            yield Problem(RULE, finding.message, finding.level, file, subject=finding.path, fix=finding.fix)


def _schema(file: str, schema: Mapping[str, Any]) -> Iterator[Problem]:
    if not isinstance(schema.get("description"), str):
        yield Problem(RULE, "it has no description, which the tables get", file=file, fix="say what the event is")
    names = Counter(name.lower() for name in schema["properties"])
    for name, part in schema["properties"].items():
        yield from _property(file, name, part if isinstance(part, dict) else {})
        if names[name.lower()] > 1:
            said = "another property differs in its letters' case alone, and the tables have one column for both"
            yield Problem(RULE, said, file=file, subject=name, fix="give it another name")
    for path, keyword in evolution.unknown(schema):
        said = f"the keyword {keyword} is not looked at: it makes no column, and no change of it is judged"
        yield Problem(RULE, said, "warning", file, subject=path, fix="see docs/analytics.md for those that are")


def _property(file: str, name: str, part: Mapping[str, Any]) -> Iterator[Problem]:
    kinds = part.get("type", [])
    named = {kind for kind in (kinds if isinstance(kinds, list) else [kinds]) if kind != "null"}
    if len(named) != 1:
        said = f"it has {len(named) or 'no'} types, and a column has one"
        yield Problem(RULE, said, file=file, subject=name, fix='give it one type, and "null" where it may be absent')
    if not _NAME.fullmatch(name):
        said = "Athena and BigQuery take no column of this name"
        yield Problem(RULE, said, file=file, subject=name, fix="write letters, digits and underscores")


def base(root: Path, since: str) -> str:
    """Returns what the first step compares with: the commit that is asked for, else what is committed, else nothing."""
    if since:
        return git(root, "merge-base", commit_of(root, since), "HEAD").strip()
    try:
        return commit_of(root, "HEAD")
    except ConfigurationError:
        return ""
