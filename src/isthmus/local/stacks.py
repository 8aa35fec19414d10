"""Terraform of the environment dev, applied to the local clouds through the rehearsal."""

from __future__ import annotations

import json
import platform
from collections.abc import Mapping, Sequence
from typing import Any

from isthmus.core.errors import IsthmusError
from isthmus.local import process
from isthmus.local.credentials import senders_variable
from isthmus.local.endpoints import Endpoints
from isthmus.local.packages import PACKAGES
from isthmus.local.parts import CLOUDS
from isthmus.local.project import digest_of, project_root
from isthmus.local.rundir import RunDirectory, RunRecord

ENVIRONMENT = "dev"
STACKS = {"aws": "platform/aws", "gcp": "platform/gcp"}
_ARCHITECTURES = {"aarch64": "arm64", "arm64": "arm64"}


class TerraformFailed(IsthmusError):
    """Terraform refused or failed; `what` has what it said."""


def digest(record: RunRecord, cloud: str, packages: str) -> str:
    """Digest of all that an apply depends on: another one means that it must be applied again."""
    terraform = project_root() / "terraform"
    files = [
        terraform / "modules",
        terraform / "stacks" / STACKS[cloud],
        terraform / "environments" / f"{ENVIRONMENT}.tfvars",
    ]
    ports = [f"{name}={port}" for name, port in sorted(record.ports.items())]
    return digest_of(files, packages, record.api_key, *ports)


def variables(record: RunRecord) -> dict[str, str]:
    """The Terraform variables that only this machine knows."""
    return {
        "senders": senders_variable(record.api_key),
        "package_dir": str(project_root() / PACKAGES),
        "architecture": _ARCHITECTURES.get(platform.machine(), "x86_64"),
    }


def apply(run: RunDirectory, cloud: str) -> Mapping[str, Any]:
    """Applies a cloud's stack and returns its outputs.

    Raises:
        TerraformFailed: With what Terraform said.
    """
    stack = STACKS[cloud]
    for words in (["init", "-input=false"], ["apply", "-input=false", "-auto-approve"]):
        _run(run, stack, words)
    outputs = json.loads(_run(run, stack, ["output", "-json"]))
    return {name: output["value"] for name, output in outputs.items()}


def run_terraform(run: RunDirectory, environment: str, stack: str, arguments: Sequence[str]) -> int:
    """Runs Terraform for a person, its output on the terminal, and returns its exit code.

    The local clouds are used where they are up; otherwise nothing is made and computed values stay unknown.
    """
    return _terraform(run.read(), environment, stack, arguments, capture=False)[0]


def is_live(record: RunRecord) -> bool:
    """Whether both local clouds run, so that resources can be made on them."""
    return all(name in record.parts and process.alive(record.parts[name]) for name in CLOUDS)


def _run(run: RunDirectory, stack: str, arguments: Sequence[str]) -> str:
    code, output = _terraform(run.read(), ENVIRONMENT, stack, arguments, capture=True)
    if code != 0:
        raise TerraformFailed(
            f"terraform {arguments[0]} failed\n{output.strip()}",
            where=f"terraform/stacks/{stack}",
            fix=f"read what Terraform says above; `isthmus tf {ENVIRONMENT} {stack} plan` shows it again",
        )
    return output


def _terraform(
    record: RunRecord, environment: str, stack: str, arguments: Sequence[str], *, capture: bool
) -> tuple[int, str]:
    """The one place that calls the rehearsal's runner."""
    # The runner is not in the tree yet. What it is to be given is all here: the project's root, the variables of this
    # machine, and the endpoints past the fault proxies while the clouds run.
    endpoints = Endpoints.of(record) if is_live(record) else None
    raise TerraformFailed(
        "the rehearsal's runner is not part of this Isthmus yet",
        where=f"{environment}/{stack}: {' '.join(arguments)} ({'live' if endpoints else 'plan'}, capture={capture})",
        fix="wire isthmus.rehearsal.runner in isthmus.local.stacks",
    )
