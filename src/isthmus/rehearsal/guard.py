"""What a rehearsal refuses before Terraform sees it: whatever would read or write a state or account that is real."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from isthmus.core.errors import Refused
from isthmus.rehearsal.errors import ForeignState, NotRehearsed
from isthmus.rehearsal.scan import Foreign
from isthmus.rehearsal.workspace import Workspace

_FLAGS = {
    "state": "a rehearsal keeps its own state",
    "state-out": "a rehearsal keeps its own state",
    "backend-config": "a rehearsal keeps its state on this machine and never asks a real backend",
    "migrate-state": "a rehearsal keeps its own state and takes over no other",
    "from-module": "a rehearsal writes no files beside the sources",
}
_COMMANDS = {
    "login": "a rehearsal needs no account, and keeps no token",
    "logout": "a rehearsal needs no account, and keeps no token",
    "cloud": "a rehearsal keeps its state on this machine",
    "query": "there is nothing to list in a rehearsal: the providers' list resources are not rehearsed",
    "rpcapi": "a rehearsal runs commands",
    "stacks": "a rehearsal runs root modules",
}
_SUBCOMMANDS = {
    "providers lock": "a rehearsal downloads no providers",
    "providers mirror": "a rehearsal downloads no providers",
}
_KINDS = {
    "ephemeral": "ephemeral resources of the providers are not rehearsed",
    "action": "actions of the providers are not rehearsed",
    "list": "list resources of the providers are not rehearsed",
    "data": "this reads a state that is kept elsewhere, and a rehearsal asks no real backend",
}
_READING = frozenset({"plan", "apply", "destroy", "refresh", "import", "console", "test", "validate", "graph"})


def refuse_arguments(args: Sequence[str]) -> None:
    """Raises Refused for a command or flag that has no place in a rehearsal."""
    name = args[0] if args else ""
    if name.startswith("-chdir"):
        raise Refused("a rehearsal is told its folder beforehand", where=name, fix="use --dir instead")
    reason = _COMMANDS.get(name) or _SUBCOMMANDS.get(" ".join(args[:2]))
    if reason:
        raise NotRehearsed(reason, where=f"terraform {' '.join(args[:2])}", fix="run Terraform itself for this")
    for argument in args:
        flag = argument.lstrip("-").partition("=")[0] if argument.startswith("-") else ""
        if flag in _FLAGS:
            raise Refused(_FLAGS[flag], where=argument, fix="leave the flag out")


def refuse_foreign_blocks(args: Sequence[str], foreign: Sequence[Foreign]) -> None:
    """Raises NotRehearsed when the command would need a block that a rehearsal can't answer."""
    if foreign and args and args[0] in _READING:
        first = foreign[0]
        fix = "rehearse a part without it, or give what it reads as a variable"
        raise NotRehearsed(_KINDS[first.kind], where=f"{first.file}:{first.line} ({first.address})", fix=fix)


def refuse_foreign_plan(plan: Path | None, workspace: Workspace) -> None:
    """Raises ForeignState for a saved plan that wasn't made here: a plan names the backend that it changes."""
    if plan is not None and plan.is_file() and not workspace.made_plan(plan):
        raise ForeignState(
            "this plan was not made by a rehearsal of this folder, and applying it could change a real state",
            where=str(plan),
            fix="make a new one with plan -out",
        )
