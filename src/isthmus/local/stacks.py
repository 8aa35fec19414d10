"""Terraform of the environment dev, applied to the local clouds through the rehearsal."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from isthmus.core.errors import ConfigurationError, IsthmusError
from isthmus.local import process
from isthmus.local.credentials import senders_variable
from isthmus.local.dns import wanted
from isthmus.local.endpoints import url
from isthmus.local.errors import NotUp
from isthmus.local.packages import PACKAGES
from isthmus.local.parts import ACCOUNT_ID, PROJECT, REGION
from isthmus.local.ports import HOST
from isthmus.local.project import digest_of, project_root, work_dir
from isthmus.local.rundir import RunDirectory, RunRecord
from isthmus.rehearsal import runner
from isthmus.rehearsal.backends import Backend, GcsBackend, S3Backend
from isthmus.rehearsal.real import PROVIDERS, REHEARSED
from isthmus.rehearsal.realize.base import Context
from isthmus.rehearsal.resources.data_sources.world import read_existing
from isthmus.rehearsal.stack import Stack, stack_at, stack_of

ENVIRONMENT = wanted.ENVIRONMENT
PROVIDER = "ISTHMUS_PROVIDER"
LAYERS = ("foundation", "platform")
"""What `up` applies on each cloud, in this order; remote states need bootstrap before."""
EDGE = "edge"
"""What `isthmus failover` applies, with a name and addresses of this run."""
BOOTSTRAP = "bootstrap"
"""Makes the buckets of the other layers' states; its own state is a file."""
_ARCHITECTURES = {"aarch64": "arm64", "arm64": "arm64"}


class TerraformFailed(IsthmusError):
    """Terraform refused or failed; `what` has what it said."""


def digest(record: RunRecord, cloud: str, packages: str) -> str:
    """Digest of all that an apply depends on: another one means that it must be applied again."""
    terraform = project_root() / "terraform"
    files = [
        terraform / "slo.yaml",
        terraform / "handlers",
        terraform / "modules",
        *(terraform / "stacks" / layer / cloud for layer in LAYERS),
        terraform / "environments" / f"{ENVIRONMENT}.tfvars",
    ]
    ports = [f"{name}={port}" for name, port in sorted(record.ports.items())]
    return digest_of(files, packages, record.api_key, provider(), *ports)


def provider() -> str:
    """Which providers apply the stacks: ISTHMUS_PROVIDER, `rehearsed` (the stand-ins) unless set to `real`.

    Raises:
        ConfigurationError: It is neither.
    """
    named = os.environ.get(PROVIDER, REHEARSED)
    if named not in PROVIDERS:
        raise ConfigurationError(
            f"there are no providers {named}", where=PROVIDER, fix=f"choose one of: {', '.join(PROVIDERS)}"
        )
    return named


def variables(record: RunRecord) -> dict[str, str]:
    """The Terraform variables that only this machine knows."""
    return {"senders": senders_variable(record.api_key), **build_variables()}


def build_variables() -> dict[str, str]:
    """The Terraform variables that the build knows."""
    return {
        "package_dir": str(work_dir() / PACKAGES),
        "architecture": _ARCHITECTURES.get(platform.machine(), "x86_64"),
    }


def apply(run: RunDirectory, cloud: str) -> int:
    """Applies a cloud's stacks, Terraform's output on this process's own; returns the first exit code that isn't 0."""
    record = run.read()
    for layer in (*((BOOTSTRAP,) if record.remote_state else ()), *LAYERS):
        stack = _stack(run, record, ENVIRONMENT, f"{layer}/{cloud}")
        code = runner.run_stack(stack, ["apply", "-input=false", "-auto-approve"], live=True, context=_context(record))
        if code:
            return code
    return 0


def outputs(run: RunDirectory, cloud: str) -> dict[str, Any]:
    """The outputs of a cloud's last layer, as its state has them."""
    record = run.read()
    return runner.outputs(_stack(run, record, ENVIRONMENT, f"{LAYERS[-1]}/{cloud}"), _context(record))


def run_terraform(run: RunDirectory, environment: str, stack: str, arguments: Sequence[str]) -> int:
    """Runs Terraform for a person, its output on the terminal, and returns its exit code.

    The local clouds are used where they are up; otherwise nothing is made and computed values stay unknown.

    Raises:
        ConfigurationError: There is no such stack or environment.
    """
    run.claim()
    record = run.read()
    context = _context(record)
    found = _known_stack(run, record, environment, stack)
    return runner.run_stack(found, arguments, live=context.live, context=context)


def rehearse(
    run: RunDirectory, directory: Path, arguments: Sequence[str], *, live: bool, existing: Path | None = None
) -> int:
    """Runs Terraform in any folder of Terraform for a person, and returns its exit code.

    Args:
        run: Where the local clouds are written down.
        directory: The root module.
        arguments: Terraform's command and flags.
        live: Whether to make resources on the local clouds; otherwise they are only recorded in the rehearsal's state.
        existing: A file of what data sources find.

    Raises:
        NotUp: `live`, and no local cloud runs.
    """
    context = _context(run.read()) if live else Context()
    if live and not context.live:
        raise NotUp("the local clouds are not up", where=str(run.root), fix="start them with `isthmus up`")
    stack = stack_at(directory, existing=read_existing(existing) if existing else None)
    return runner.run_stack(stack, arguments, live=live, context=context)


def stack_in(run: RunDirectory, environment: str, stack: str) -> Stack:
    """A stack as this run has it: its variables, its providers, the place of its state."""
    return _stack(run, run.read(), environment, stack)


def _known_stack(run: RunDirectory, record: RunRecord, environment: str, stack: str) -> Stack:
    """A stack in an environment that a person named: both are there."""
    found = _stack(run, record, environment, stack)
    if found.variable_file is None:
        known = sorted(path.stem for path in (project_root() / "terraform" / "environments").glob("*.tfvars"))
        raise ConfigurationError(
            f"there is no environment {environment}",
            where="terraform/environments",
            fix=f"choose one of: {', '.join(known)}",
        )
    return found


def _stack(run: RunDirectory, record: RunRecord, environment: str, stack: str) -> Stack:
    values = {**variables(record), **_edge_variables(run, environment, stack)}
    found = stack_of(environment, stack, root=project_root(), run_dir=run.root, variables=values)
    return replace(found, provider=provider(), backend=_backend(run, record, environment, stack))


def _edge_variables(run: RunDirectory, environment: str, stack: str) -> dict[str, str]:
    """What the edge of this run was made with; nothing for other stacks, and before it was made."""
    edge = wanted.read(run) if environment == ENVIRONMENT and stack.startswith(f"{EDGE}/") else None
    return edge.variables() if edge else {}


def _backend(run: RunDirectory, record: RunRecord, environment: str, stack: str) -> Backend | None:
    """Where a stack's state is: in the bucket that its cloud's bootstrap made, or None for a file of the run."""
    layer, _, cloud = stack.partition("/")
    if not record.remote_state or layer == BOOTSTRAP:
        return None
    made = state_buckets(run, environment).get(cloud)
    if made is None:
        return None
    if cloud == "aws":
        return S3Backend(
            made["bucket"],
            f"{environment}/{stack}.tfstate",
            region=REGION,
            dynamodb_table=made["lock_table"],
            kms_key_id=made["key"],
        )
    return GcsBackend(made["bucket"], f"{environment}/{stack}")


def state_buckets(run: RunDirectory, environment: str) -> dict[str, dict[str, str]]:
    """What the bootstrap layer put out about states, by cloud; empty where it was not applied."""
    found = {}
    for cloud in ("aws", "gcp"):
        bootstrap = stack_of(environment, f"{BOOTSTRAP}/{cloud}", root=project_root(), run_dir=run.root)
        made = runner.outputs(replace(bootstrap, provider=provider())).get("state")
        if made:
            found[cloud] = made
    return found


def state_store(run: RunDirectory, environment: str, stack: str) -> S3Backend | GcsBackend:
    """The backend of a stack's remote state.

    Raises:
        ConfigurationError: There is no such stack or environment, or its state is in a file.
    """
    record = run.read()
    found = _known_stack(run, record, environment, stack).backend
    if isinstance(found, S3Backend | GcsBackend):
        return found
    remote = "run `isthmus down --purge`, then `isthmus up --remote-state`"
    applied = f"apply {BOOTSTRAP} and {stack} in the environment {environment} first"
    raise ConfigurationError(
        f"the state of {stack} is in a file, which has no lock and no versions",
        where=str(run.root),
        fix=(applied if environment != ENVIRONMENT else "name another stack") if record.remote_state else remote,
    )


def context_of(run: RunDirectory) -> Context:
    """The local clouds of a run."""
    return _context(run.read())


def _context(record: RunRecord) -> Context:
    """The clouds that run, past the fault proxies; nothing is made on one that doesn't."""
    ports = record.ports
    aws, gcp = (name in record.parts and process.alive(record.parts[name]) for name in ("aws", "gcp"))
    return Context(
        aws_endpoint=url(ports["aws"]) if aws else "",
        google_http_endpoint=url(ports["gcp.http"]) if gcp else "",
        google_grpc_endpoint=f"{HOST}:{ports['gcp.pubsub']}" if gcp else "",
        region=REGION,
        account_id=ACCOUNT_ID,
        project=PROJECT,
    )
