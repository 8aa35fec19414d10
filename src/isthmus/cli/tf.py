"""`isthmus tf`."""

from __future__ import annotations

from typing import Annotated

import typer

from isthmus.cli.providers import PROVIDER, choose


def tf(
    context: typer.Context,
    environment: Annotated[str, typer.Argument(help="An environment, for example dev.")],
    stack: Annotated[str | None, typer.Argument(help="A stack, for example platform/aws.")] = None,
    provider: Annotated[str, PROVIDER] = "",
) -> None:
    """Run Terraform on a stack, as a rehearsal: on the local clouds if they are up, else as a plan without clouds.

    Everything after the stack is Terraform's own: init, validate, plan, apply, destroy, output, state … One word is
    not: `fidelity` prints how true the rehearsal of each resource type in use is.

    \b
    Example:
      isthmus tf dev platform/aws plan
      isthmus tf dev platform/gcp output -json
      isthmus tf dev platform/gcp fidelity
      isthmus tf fidelity
    """
    if environment == "fidelity" or context.args[:1] == ["fidelity"]:
        from isthmus.cli.fidelity import fidelity

        if environment == "fidelity":
            fidelity("dev", None, [word for word in (stack, *context.args) if word])
        else:
            fidelity(environment, stack, context.args[1:])
        return
    if stack is None:
        raise typer.BadParameter("name a stack, for example: isthmus tf dev platform/aws plan")
    choose(provider)
    from isthmus.local.rundir import RunDirectory
    from isthmus.local.stacks import run_terraform

    raise typer.Exit(run_terraform(RunDirectory.current(), environment, stack, context.args))
