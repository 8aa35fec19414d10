"""`isthmus rehearse`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def rehearse(
    context: typer.Context,
    directory: Annotated[Path, typer.Option("--dir", help="The root module's folder.")] = Path(),
    live: Annotated[bool, typer.Option("--live", help="Make resources on the local clouds, which must be up.")] = False,
    existing: Annotated[
        Path | None, typer.Option("--existing", help="JSON of what data sources find: lists of objects by type.")
    ] = None,
) -> None:
    """Run Terraform in any folder that uses hashicorp/aws or hashicorp/google, without an account.

    Everything after `--` is Terraform's own. The state of the rehearsal is kept apart, in the user's state folder or
    where ISTHMUS_RUN_DIR says; the folder itself, its backend and its real state are left alone.

    \b
    Example:
      isthmus rehearse -- plan
      isthmus rehearse --dir examples/complete -- apply -auto-approve
    """
    from isthmus.local.rundir import RunDirectory
    from isthmus.local.stacks import rehearse as run

    raise typer.Exit(run(RunDirectory.current(), directory, context.args, live=live, existing=existing))
