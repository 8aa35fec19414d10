"""Runs Terraform with the provider stand-ins: what `isthmus tf` and `isthmus rehearse` do.

    run_stack(stack_of("dev", "platform/aws"), ["plan"])
    run_stack(stack_at(Path("anywhere")), ["plan"])

The state is in the run directory or on the local clouds; the tree stays clean. `init` is run when the files have
changed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from isthmus.rehearsal import guard, outcome, process, real, scan, settings
from isthmus.rehearsal.arguments import (
    WITH_VARIABLES,
    WITHOUT_INIT,
    arguments,
    is_plain,
    joined,
    saved_plan,
    written_plan,
)
from isthmus.rehearsal.mirror import mirror
from isthmus.rehearsal.outcome import Outcome
from isthmus.rehearsal.providers import NAMES, Running, serving
from isthmus.rehearsal.realize.base import Context
from isthmus.rehearsal.scan import Configuration
from isthmus.rehearsal.stack import ANY, Stack


def run_stack(
    stack: Stack,
    args: Sequence[str],
    *,
    live: bool = False,
    context: Context | None = None,
    stdout: Any = None,
    stderr: Any = None,
) -> int:
    """Runs a Terraform command on a root module, its output unchanged on this process's own. Returns its exit code.

    Args:
        stack: The root module.
        args: Terraform's command and flags, as `["plan", "-detailed-exitcode"]`.
        live: Whether to make resources on the local clouds that `context` names; otherwise they are only recorded.
        context: The local clouds, account, project and regions.
        stdout: Where output goes, as of `subprocess`.
        stderr: Where errors go.

    Raises:
        ConfigurationError: An endpoint, a setting or Terraform itself is missing or wrong.
        ForeignState: The state or the plan is not a rehearsal's.
        Refused: The command would need something real.
    """
    args = joined(args)
    guard.refuse_arguments(args)
    if args and args[0] == "fmt":
        return process.run(args, {}, stack.directory, stdout=stdout, stderr=stderr)
    if args and args[0] in WITH_VARIABLES and saved_plan(args) is None:
        settings.refuse_unknown(stack)
    found = context or Context()
    if not found.live and stack.project_number:
        found = replace(found, project_number=stack.project_number)
    if stack.provider == real.REAL:
        real.refuse_unless_up(found)
    here = _prepare(stack, found)
    with serving(live=live, context=found, existing=stack.existing, assumed=stack.assumed) as running:
        extra = _environment(stack, running, found)
        code, said = _ready(stack, args, running, here, extra, found)
        if code:
            print(real.explained(said) if stack.provider == real.REAL else _explained(said), file=stdout)
            return code
        code = process.run(arguments(stack, args, plain=is_plain(stdout)), extra, here, stdout=stdout, stderr=stderr)
    plan = written_plan(args)
    if plan is not None and plan.is_file():
        stack.workspace.remember_plan(plan)
    return code


def execute(
    stack: Stack,
    args: Sequence[str],
    *,
    live: bool = False,
    context: Context | None = None,
    hear: outcome.Hear = outcome.deaf,
) -> Outcome:
    """Runs `plan`, `apply`, `destroy` or `refresh` quietly and returns what it came to; `hear` is told meanwhile."""
    with outcome.listening(hear) as (out, lines):
        code = run_stack(stack, [*args[:1], "-json", *args[1:]], live=live, context=context, stdout=out)
    return outcome.read(code, lines)


def outputs(stack: Stack, context: Context | None = None) -> dict[str, Any]:
    """The values of a stack's outputs, as its state has them; empty before the first apply."""
    found = state(stack, context) or {}
    return {name: output["value"] for name, output in found.get("outputs", {}).items()}


def state(stack: Stack, context: Context | None = None) -> dict[str, Any] | None:
    """A stack's state as Terraform wrote it; None before there is one."""
    return next(iter(_states(stack, context or Context())), None)


def _states(stack: Stack, context: Context) -> list[dict[str, Any]]:
    if stack.backend is None:
        return stack.workspace.states()
    state = stack.backend.state(context)
    return [] if state is None else [state]


def _explained(said: str) -> str:
    """What a failed `init` said, with what to do when it could not get a provider that is not rehearsed."""
    if not real.UNAVAILABLE.search(said):
        return said
    return (
        f"{said}\nThe rehearsal has the providers {', '.join(f'hashicorp/{name}' for name in NAMES)}. "
        "Terraform downloads any other, which needs a network, or takes it from ~/.terraform.d/plugins; "
        "or rehearse a part without it."
    )


def _beside(stack: Stack) -> list[dict[str, Any]]:
    """The states of the environment's other stacks: what they have recorded, this one's data sources may look up."""
    return [] if stack.environment == ANY else stack.workspace.beside()


def _prepare(stack: Stack, context: Context) -> Path:
    """Makes the workspace and the mirror; one run at a time. Returns the mirrored root module."""
    workspace = stack.workspace
    workspace.prepare()
    with workspace.lock():
        workspace.drop_torn()
    further = None
    if stack.provider == real.REAL:
        files = scan.scan(stack.directory, workspace.modules).files
        further = real.overrides(stack.directory, files, context)
    with workspace.lock():
        if stack.backend is not None:
            return mirror(stack.directory, workspace.tree, stack.backend.block(context), further)
        workspace.prepare_state()
        local = {"path": str(workspace.state), "workspace_dir": str(workspace.workspaces)}
        return mirror(stack.directory, workspace.tree, {"local": local}, further)


def _ready(
    stack: Stack, args: Sequence[str], running: Running, here: Path, extra: Mapping[str, str], context: Context
) -> tuple[int, str]:
    """Sees to it that the providers know the types in use and that `init` has been run.

    Returns:
        The exit code of `init`, and what it said.
    """
    workspace = stack.workspace
    guard.refuse_foreign_plan(saved_plan(args), workspace)
    configuration = scan.scan(stack.directory, workspace.modules)
    code, said = 0, ""
    if args and args[0] not in WITHOUT_INIT and not workspace.initialized(_key(configuration, stack, context)):
        code, said = _initialize(stack, here, extra)
        # The modules that it has fetched have types of their own.
        configuration = scan.scan(stack.directory, workspace.modules)
        if not code:
            workspace.mark_initialized(_key(configuration, stack, context))
    if stack.provider == real.REAL:
        real.refuse_other_blocks(stack.directory, configuration.files)
        # A module that was fetched now may use a provider that nothing else does.
        _prepare(stack, context)
    else:
        guard.refuse_foreign_blocks(args, configuration.foreign)
    states = _states(stack, context)
    for state in [*_beside(stack), *states]:
        running.world.remember_state(state)
    held = frozenset(name for state in states for name in scan.state_types(state))
    running.use(configuration.resources | held, configuration.data_sources, configuration.constraints)
    return code, said


def _key(configuration: Configuration, stack: Stack, context: Context) -> str:
    """What `init` has to be run again for: the files, and where the state is."""
    return f"{configuration.digest} {stack.backend.block(context) if stack.backend else ''}"


def _environment(stack: Stack, running: Running, context: Context) -> dict[str, str]:
    values = {f"TF_VAR_{name}": value for name, value in stack.variables.items()}
    return {
        **values,
        **(stack.backend.environment(context) if stack.backend else {}),
        "TF_DATA_DIR": str(stack.workspace.data_dir),
        **_providers(stack, running, context),
    }


def _providers(stack: Stack, running: Running, context: Context) -> dict[str, str]:
    """How Terraform gets the providers: the stand-ins that run here, or real ones from where the user says."""
    if stack.provider == real.REAL:
        config = os.environ.get("TF_CLI_CONFIG_FILE", str(stack.workspace.cli_config))
        return {**real.environment(context), "TF_CLI_CONFIG_FILE": config}
    return {"TF_CLI_CONFIG_FILE": str(stack.workspace.cli_config), "TF_REATTACH_PROVIDERS": running.reattach}


def _initialize(stack: Stack, here: Path, extra: Mapping[str, str]) -> tuple[int, str]:
    with stack.workspace.lock(), tempfile.TemporaryFile("w+", errors="replace") as out:
        words = arguments(stack, ["init", "-reconfigure"], plain=True)
        code = process.run(words, extra, here, stdout=out, stderr=out)
        out.seek(0)
        return code, out.read()
