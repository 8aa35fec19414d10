"""Runs Terraform with the provider stand-ins: what `isthmus tf` does.

    run("dev", "platform/aws", ["plan"], live=False)

The state is local, in the run directory; the tree stays clean. `init` is run when the files have changed.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from isthmus.core.errors import ConfigurationError, Refused
from isthmus.rehearsal import process, scan
from isthmus.rehearsal.mirror import mirror
from isthmus.rehearsal.realize.base import Context, Realizer
from isthmus.rehearsal.scan import Configuration
from isthmus.rehearsal.server.provider import Provider, Used
from isthmus.rehearsal.server.service import serve
from isthmus.rehearsal.session import Session
from isthmus.rehearsal.wire.plugin import reattach
from isthmus.rehearsal.workspace import Workspace

PROVIDERS = ("aws", "google")
_ADDRESS = "registry.terraform.io/hashicorp/{}"
_WITH_VARIABLES = frozenset({"plan", "apply", "destroy", "refresh", "import", "console", "test"})
_WITHOUT_INIT = frozenset({"fmt", "version", "init", "get"})
_COLORED = frozenset({*_WITH_VARIABLES, "output", "taint", "untaint", "init", "validate", "show", "providers"})


@dataclass(frozen=True)
class Stack:
    """A root module and how it is run.

    Attributes:
        directory: The root module's folder.
        environment: Name of the environment; its variables come from `variable_file`.
        name: As `platform/aws`.
        run_dir: The run directory.
        variable_file: Values of the environment; None for none.
        variables: Further values by name (TF_VAR_…): text, or JSON for other types.
    """

    directory: Path
    environment: str
    name: str
    run_dir: Path
    variable_file: Path | None = None
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def workspace(self) -> Workspace:
        """Its place in the run directory."""
        return Workspace(self.run_dir.absolute(), self.environment, self.name)


@dataclass(frozen=True)
class Outcome:
    """What a run came to.

    Attributes:
        code: Terraform's exit code.
        add: Resources added, or to add.
        change: Resources changed.
        remove: Resources removed.
        diagnostics: Errors and warnings as Terraform's JSON has them.
        outputs: Root module outputs by name.
    """

    code: int
    add: int = 0
    change: int = 0
    remove: int = 0
    diagnostics: tuple[Mapping[str, Any], ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)

    @property
    def no_changes(self) -> bool:
        """Whether there was nothing to do."""
        return self.code == 0 and not (self.add or self.change or self.remove)


def stack_of(
    environment: str,
    stack: str,
    *,
    root: Path | None = None,
    run_dir: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> Stack:
    """Finds a stack of the project, named `<layer>/<cloud>`.

    Raises:
        ConfigurationError: There is no such stack.
    """
    terraform = (root or Path.cwd()) / "terraform"
    directory = terraform / "stacks" / stack
    if not directory.is_dir():
        known = sorted(
            str(path.relative_to(terraform / "stacks")) for path in (terraform / "stacks").glob("*/*") if path.is_dir()
        )
        raise ConfigurationError(
            f"there is no stack {stack}", where=str(directory), fix=f"choose one of: {', '.join(known) or 'none'}"
        )
    values = terraform / "environments" / f"{environment}.tfvars"
    where = run_dir or Path(os.environ.get("ISTHMUS_RUN_DIR") or Path(".isthmus") / "run")
    return Stack(directory, environment, stack, where, values if values.is_file() else None, variables or {})


def run(
    environment: str,
    stack: str,
    args: Sequence[str],
    *,
    live: bool,
    context: Context | None = None,
    root: Path | None = None,
    run_dir: Path | None = None,
    variables: Mapping[str, str] | None = None,
) -> int:
    """Runs a Terraform command on a stack, its output unchanged on this process's own. Returns its exit code.

    Args:
        environment: As `dev`.
        stack: As `platform/aws`.
        args: Terraform's command and flags, as `["plan", "-detailed-exitcode"]`.
        live: Whether to make resources on the local clouds that `context` names; otherwise they are only recorded.
        context: The local clouds, account, project and regions.
        root: The project's folder; the current one unless given.
        run_dir: The run directory; ISTHMUS_RUN_DIR or `.isthmus/run` unless given.
        variables: Further variables.

    Raises:
        ConfigurationError: The stack, an endpoint or Terraform itself is missing or wrong.
        ForeignState: The state is not a rehearsal's.
    """
    found = stack_of(environment, stack, root=root, run_dir=run_dir, variables=variables)
    return run_stack(found, args, live=live, context=context)


def run_stack(
    stack: Stack,
    args: Sequence[str],
    *,
    live: bool = False,
    context: Context | None = None,
    stdout: Any = None,
    stderr: Any = None,
) -> int:
    """As `run`, for any root module."""
    workspace = stack.workspace
    workspace.prepare()
    workspace.prepare_state()
    configuration = scan.scan(stack.directory, workspace.modules)
    _refuse_own_state(args)
    here = mirror(stack.directory, workspace.tree, {"local": {"path": str(workspace.state)}})
    with _providers(configuration, workspace, live=live, context=context or Context()) as reattached:
        extra = _environment(stack, reattached)
        if args and args[0] not in _WITHOUT_INIT:
            code = _initialize(stack, configuration, here, extra)
            if code:
                return code
        return process.run(_arguments(stack, args, plain=_plain(stdout)), extra, here, stdout=stdout, stderr=stderr)


def execute(stack: Stack, args: Sequence[str], *, live: bool = False, context: Context | None = None) -> Outcome:
    """Runs `plan`, `apply`, `destroy` or `refresh` quietly and returns what it came to."""
    with tempfile.TemporaryFile("w+") as out:
        code = run_stack(stack, [*args, "-json"], live=live, context=context, stdout=out)
        out.seek(0)
        return _outcome(code, out)


def outputs(stack: Stack) -> dict[str, Any]:
    """The values of a stack's outputs, as its state has them; empty before the first apply."""
    state = stack.workspace.state
    if not state.is_file():
        return {}
    found = json.loads(state.read_text() or "{}").get("outputs", {})
    return {name: output["value"] for name, output in found.items()}


def _arguments(stack: Stack, args: Sequence[str], *, plain: bool) -> list[str]:
    name, *rest = args or [""]
    flags: list[str] = []
    if name in _COLORED - {"console"} and plain and "-no-color" not in rest:
        flags.append("-no-color")
    saved_plan = name == "apply" and any(not argument.startswith("-") for argument in rest)
    if name in _WITH_VARIABLES and not saved_plan and stack.variable_file:
        flags.append(f"-var-file={stack.variable_file.resolve()}")
    if name == "init" and "-input=false" not in rest:
        flags.append("-input=false")
    return [*([name] if name else []), *flags, *rest]


def _plain(stdout: Any) -> bool:
    """Whether colours would be noise: the library can't tell a terminal from a file."""
    return stdout is not None or not os.isatty(1) or bool(os.environ.get("NO_COLOR"))


def _environment(stack: Stack, reattached: str) -> dict[str, str]:
    values = {f"TF_VAR_{name}": value for name, value in stack.variables.items()}
    return {
        **values,
        "TF_DATA_DIR": str(stack.workspace.data_dir),
        "TF_CLI_CONFIG_FILE": str(stack.workspace.cli_config),
        "TF_REATTACH_PROVIDERS": reattached,
    }


def _initialize(stack: Stack, configuration: Configuration, here: Path, extra: Mapping[str, str]) -> int:
    workspace = stack.workspace
    if workspace.initialized(configuration.digest):
        return 0
    with workspace.lock(), tempfile.TemporaryFile("w+") as out:
        code = process.run(_arguments(stack, ["init", "-reconfigure"], plain=True), extra, here, stdout=out, stderr=out)
        if code:
            out.seek(0)
            print(out.read())
        else:
            workspace.mark_initialized(configuration.digest)
    return code


def _refuse_own_state(args: Sequence[str]) -> None:
    given = [argument for argument in args if argument.lstrip("-").startswith(("state=", "state-out="))]
    if given:
        raise Refused("a rehearsal keeps its own state", where=given[0], fix="leave the flag out")


@contextlib.contextmanager
def _providers(configuration: Configuration, workspace: Workspace, *, live: bool, context: Context) -> Iterator[str]:
    resources = configuration.resources | scan.state_types(workspace.state)
    servers = {}
    try:
        for name in PROVIDERS:
            used = Used(_of(name, resources), _of(name, configuration.data_sources))
            session = Session(
                provider=name,
                context=context if live else Context(),
                account_id=context.account_id,
                number=context.project_number,
            )
            servers[name] = serve(Provider(name, used, session, _realizers(name, context) if live else {}))
            servers[name].start()
        yield reattach({_ADDRESS.format(name): server.port for name, server in servers.items()})
    finally:
        for server in servers.values():
            server.stop()


def _of(provider: str, types: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in types if name.startswith(f"{provider}_"))


def _realizers(provider: str, context: Context) -> Mapping[str, Realizer]:
    endpoint = context.aws_endpoint if provider == "aws" else context.google_http_endpoint
    if not endpoint:
        return {}
    module = importlib.import_module(f"isthmus.rehearsal.realize.{provider}")
    found: Mapping[str, Realizer] = getattr(module, "REALIZERS", {})
    return found


def _outcome(code: int, lines: Any) -> Outcome:
    counts: Mapping[str, Any] = {}
    found: Mapping[str, Any] = {}
    problems: list[Mapping[str, Any]] = []
    for line in lines:
        if not line.startswith("{"):
            continue
        entry = json.loads(line)
        if entry.get("type") == "change_summary":
            counts = entry["changes"]
        elif entry.get("type") == "diagnostic":
            problems.append(entry["diagnostic"])
        elif entry.get("type") == "outputs":
            found = {name: output.get("value") for name, output in entry["outputs"].items()}
    return Outcome(code, counts.get("add", 0), counts.get("change", 0), counts.get("remove", 0), tuple(problems), found)
