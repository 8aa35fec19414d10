"""`isthmus tf fidelity` and `isthmus tf <environment> <stack> fidelity`: how true the rehearsal of each type is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import typer

from isthmus.cli.output import print_json, print_table


def fidelity(environment: str, stack: str | None, words: Sequence[str]) -> None:
    """Prints each resource type in use: realized, recorded or schema only; facts and differences known.

    Args:
        environment: As `dev`.
        stack: As `platform/aws`; None for all stacks.
        words: What followed `fidelity`: nothing, or `--json`.
    """
    from isthmus.local.project import project_root
    from isthmus.rehearsal.fidelity import of_stack
    from isthmus.rehearsal.stack import stack_of, stacks_of

    if set(words) - {"--json"}:
        raise typer.BadParameter(f"fidelity takes only --json, not {' '.join(words)}")
    root = Path(project_root())
    names = [stack] if stack else stacks_of(root)
    each = {item.type_name: item for name in names for item in of_stack(stack_of(environment, name, root=root))}
    found = [each[name] for name in sorted(each)]
    if "--json" in words:
        print_json(found)
        return
    rows = [(item.type_name, item.level, item.known, "; ".join(item.differences)) for item in found]
    print_table(("type", "level", "facts known", "differences known"), rows)
