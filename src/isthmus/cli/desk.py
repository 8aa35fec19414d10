"""Where `plan`, `approve`, `apply` and `drift` work: the project, this run, and the key of saved plans."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isthmus.change.saved import Desk


def desk_of(*, packages: bool = False) -> Desk:
    """The desk of this shell; with `packages`, what is deployed is built first where it is stale."""
    from isthmus.change import vault
    from isthmus.change.clouds import stage_of
    from isthmus.change.costs import pricer
    from isthmus.change.saved import Desk
    from isthmus.local import packages as builds
    from isthmus.local.project import project_root
    from isthmus.local.rundir import RunDirectory

    if packages:
        builds.ensure()
    run = RunDirectory.current()
    run.claim()
    root, kept = project_root(), vault.Vault(run.root / "changes", vault.key_of())
    return Desk(root, stage_of(root, run), kept, pricer(root))


def stacks_of(desk: Desk, environment: str, named: Sequence[str] | None) -> list[str]:
    """The stacks that are named, or those that `up` applies."""
    from isthmus.change import plans, stage
    from isthmus.local.rundir import RunDirectory

    chosen = list(named or stage.deployed(RunDirectory.current()))
    return [target.stack for target in plans.targets(desk.root, [environment], chosen)]
