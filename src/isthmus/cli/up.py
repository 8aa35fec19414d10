"""`isthmus up`."""

from __future__ import annotations

from typing import Annotated

import typer

from isthmus.cli.output import JSON, print_json, progress
from isthmus.cli.providers import PROVIDER, choose


def up(
    enforce_iam: Annotated[
        bool | None,
        typer.Option(
            "--enforce-iam/--no-enforce-iam",
            help="Let the local AWS refuse what its policies don't allow, until told otherwise.",
        ),
    ] = None,
    remote_state: Annotated[
        bool | None,
        typer.Option(
            "--remote-state/--local-state",
            help="Keep Terraform's states in buckets of the clouds, made by the bootstrap layer, as in production.",
        ),
    ] = None,
    console: Annotated[bool, typer.Option("--console/--no-console", help="Serve the web page, too.")] = True,
    json: Annotated[bool, JSON] = False,
    provider: Annotated[str, PROVIDER] = "",
) -> None:
    """Start both clouds on this machine and apply the Terraform of the environment dev to them.

    Twice in a row is fine, and after a crash it recovers: it ends what was left behind, starts what is missing, and
    fills up the archive of the cloud that lost something from the other.

    \b
    Example:
      isthmus up
      isthmus up --enforce-iam
      isthmus up --remote-state
      isthmus up --json | jq -r .ingests.aws
    """
    choose(provider)
    from isthmus.cli.console import address
    from isthmus.cli.status import print_state
    from isthmus.gamedays.breaker import heal_left_open
    from isthmus.local.lifecycle import up as bring_up
    from isthmus.local.rundir import RunDirectory
    from isthmus.local.state import look

    run = RunDirectory.current()
    report = bring_up(run, say=progress(), enforce_iam=enforce_iam, remote_state=remote_state, console=console)
    heal_left_open(run, progress())
    state = look(run)
    page = address(run)
    if json:
        print_json({"report": report, **state.__dict__, "console": page})
        return
    print_state(state)
    if page:
        typer.echo(f"console: {page}")
    did = f"up in {report.seconds:.1f} s" if report.started or report.applied else "was up already"
    typer.echo(f"{did}; API key in {run.record_file}; try: isthmus send --sample flights")
