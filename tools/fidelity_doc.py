"""Writes docs/fidelity.md from what the rehearsal knows of its types and from the measurements in docs/fidelity.json.

python tools/fidelity_doc.py [--check]
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from isthmus.rehearsal import fidelity, scan
from isthmus.rehearsal.fidelity import Fidelity
from isthmus.rehearsal.resources import facts, hooks, store

ROOT = Path(__file__).parent.parent
DOCUMENT = ROOT / "docs" / "fidelity.md"
MEASURED = ROOT / "docs" / "fidelity.json"
HEAD = """# How true the rehearsal is

Written by `python tools/fidelity_doc.py`; `isthmus tf <environment> <stack> fidelity` prints a stack's types.

- **realized**: made on the local clouds while they are up, read back, changed and destroyed there; recorded otherwise.
- **recorded**: in the state only, planned with the provider's own rules, with values of the cloud's shapes.
- **schema only**: in the state only; names and types are checked, what the cloud decides is made up by type.
"""


def render() -> str:
    """The document."""
    used = fidelity.of_types(_used())
    others = [item for item in fidelity.of_types(fidelity.written_types()) if item not in used]
    return "\n".join(
        [
            HEAD,
            "## Whole providers\n",
            _table(("", "aws", "google"), [*_counts()]),
            "## Measured\n",
            *_measured(json.loads(MEASURED.read_text())),
            "## Types that Isthmus uses\n",
            _types(used),
            "## Other types with a facts file of their own\n",
            _types(others),
            "## What is missing\n",
            *_missing(used + others),
        ]
    )


def _used() -> frozenset[str]:
    stacks = [path for path in (ROOT / "terraform" / "stacks").glob("*/*") if path.is_dir()]
    return frozenset(name for stack in stacks for name in scan.scan(stack).resources)


def _counts() -> Iterable[Sequence[str]]:
    clouds = ("aws", "google")
    yield "provider version of the schemas", *(store.catalogue(cloud).version for cloud in clouds)
    yield "resource types", *(f"{len(store.catalogue(cloud).names('r')):,}" for cloud in clouds)
    yield "data sources by schema", *(f"{len(store.catalogue(cloud).names('d')):,}" for cloud in clouds)
    written = Counter(name.partition("_")[0] for name in fidelity.written_types())
    yield "types with a facts file of their own", *(str(written[cloud]) for cloud in clouds)
    generated = {cloud: store.catalogue(f"{cloud}-facts").names("f") for cloud in clouds}
    yield "types with facts from the cloud's models", *(f"{len(generated[cloud]):,}" for cloud in clouds)
    limits = {cloud: sum(_limits(name) for name in {*generated[cloud], *_of(cloud)}) for cloud in clouds}
    yield "limits of APIs that are warned of", *(f"{limits[cloud]:,}" for cloud in clouds)
    logic = Counter(name.partition("_")[0] for name in {*hooks.PLAN, *hooks.CHECK, *hooks.REPLACE})
    yield "types with plan-time logic of their own", *(str(logic[cloud]) for cloud in clouds)
    levels = Counter((item.type_name.partition("_")[0], item.level) for item in fidelity.of_types(_realizable()))
    yield "types realized on the local clouds", *(str(levels[cloud, fidelity.REALIZED]) for cloud in clouds)


def _of(cloud: str) -> list[str]:
    return [name for name in fidelity.written_types() if name.startswith(f"{cloud}_")]


def _realizable() -> list[str]:
    return [name for cloud in ("aws", "google") for name in store.catalogue(cloud).names("r")]


def _limits(type_name: str) -> int:
    return sum("api" in fact for fact in facts.load(type_name).attributes.values())


def _measured(figures: dict[str, Any]) -> list[str]:
    rows = [(row["what"], row["figure"]) for row in figures["rows"]]
    return [f"{figures['date']}.\n", _table(("what", "figure"), rows)]


def _types(items: Iterable[Fidelity]) -> str:
    rows = [(f"`{item.type_name}`", item.level, item.known, "; ".join(item.differences)) for item in items]
    return _table(("type", "level", "facts known", "differences known"), rows)


def _missing(items: Iterable[Fidelity]) -> list[str]:
    schema_only = [item.type_name for item in items if item.level == fidelity.SCHEMA_ONLY]
    lines = [f"- {text}\n" for text in json.loads(MEASURED.read_text())["missing"]]
    lines.append(f"- Made-up values where the cloud decides: {', '.join(f'`{name}`' for name in schema_only)}.\n")
    return ["".join(lines)]


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |\n" for line in lines)


def main(arguments: list[str]) -> int:
    """Writes the document, or checks it; returns the exit code."""
    current = DOCUMENT.read_text() if DOCUMENT.is_file() else ""
    if current == render():
        return 0
    if "--check" in arguments:
        print("docs/fidelity.md is not up to date; run: python tools/fidelity_doc.py")
        return 1
    DOCUMENT.write_text(render())
    print(DOCUMENT.relative_to(ROOT))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
