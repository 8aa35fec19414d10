"""Applies the edge stacks to the local clouds, until each knows what the other put out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.local import stacks
from isthmus.local.dns import wanted as wanting
from isthmus.local.dns.wanted import Made, Wanted
from isthmus.local.endpoints import Endpoints
from isthmus.local.project import digest_of, project_root
from isthmus.local.rundir import RunDirectory
from isthmus.rehearsal import runner

CLOUDS = ("gcp", "aws")
"""In this order, the first time: Google's address is known before, and AWS takes it."""
ROUNDS_MAX = 4
Say = Callable[[str], None]


def ensure(run: RunDirectory, say: Say = lambda text: None) -> Wanted:
    """Makes the edge where it isn't there yet, or where the Terraform has changed.

    Raises:
        NotUp: The clouds are not up.
        TerraformFailed: With what Terraform said.
    """
    Endpoints.require(run)
    with run.lock():
        return _converge(run, wanting.read(run) or Wanted(), say)


def reweigh(run: RunDirectory, change: Callable[[Wanted], Wanted], say: Say = lambda text: None) -> Wanted:
    """Changes the weights at both providers, as an operator does: in the variables, and with an apply of both stacks.

    Raises:
        NotUp: The clouds are not up.
        ConfigurationError: The change can't be made from how it is now.
        TerraformFailed: With what Terraform said.
    """
    Endpoints.require(run)
    with run.lock():
        now = _converge(run, wanting.read(run) or Wanted(), say)
        return _converge(run, change(now), say)


def drained(cloud: str) -> Callable[[Wanted], Wanted]:
    """The change that takes a cloud out of the answers while the other is well."""

    def change(now: Wanted) -> Wanted:
        rest = {name: weight for name, weight in now.weights.items() if name != cloud}
        if not any(rest.values()):
            raise ConfigurationError(
                f"{cloud} is the only cloud with a weight", fix="run `isthmus failover restore` first, then drain"
            )
        return replace(now, weights={**now.weights, cloud: 0}, before=now.before or now.weights)

    return change


def restored(now: Wanted) -> Wanted:
    """The change back to the weights before the drain."""
    return replace(now, weights=now.before or now.weights, before=None)


def _converge(run: RunDirectory, wanted: Wanted, say: Say) -> Wanted:
    """Applies both stacks until neither has anything new to tell the other."""
    wanting.write(run, wanted)
    for _ in range(ROUNDS_MAX):
        stale = [cloud for cloud in CLOUDS if wanted.applied.get(cloud) != _digest(wanted, cloud)]
        if not stale:
            return wanted
        # The first time one after the other: AWS takes Google's address.
        now = stale if wanted.addresses["gcp"] else stale[:1]
        say(f"applying {' and '.join(f'edge/{cloud}' for cloud in now)}")
        with ThreadPoolExecutor(len(now)) as pool:
            for made in list(pool.map(lambda cloud: _apply(run, cloud, wanted), now)):  # noqa: B023 - done within the turn
                wanted = wanted.learned(made)
        wanting.write(run, wanted)
    raise stacks.TerraformFailed(
        "the edge stacks tell each other something new each time they are applied",
        where="terraform/stacks/edge",
        fix=f"compare `isthmus tf {stacks.ENVIRONMENT} edge/aws output` with that of edge/gcp",
    )


def _apply(run: RunDirectory, cloud: str, wanted: Wanted) -> Made:
    """Applies a cloud's stack and returns what it put out."""
    context = stacks.context_of(run)
    stack = stacks.stack_in(run, stacks.ENVIRONMENT, f"edge/{cloud}")
    done = runner.execute(stack, ["apply", "-input=false", "-auto-approve"], live=True, context=context)
    if done.code:
        errors = [one for one in done.diagnostics if one.get("severity") == "error"]
        told = "\n".join(f"{one['summary']}: {one.get('detail', '')}" for one in errors) or "\n".join(done.said)
        raise stacks.TerraformFailed(
            f"terraform apply failed\n{told}",
            where=f"terraform/stacks/edge/{cloud}",
            fix=f"see `isthmus tf {stacks.ENVIRONMENT} edge/{cloud} plan`",
        )
    state = runner.state(stack, context) or {}
    put_out = {name: output["value"] for name, output in state.get("outputs", {}).items()}
    return Made(
        cloud,
        _addresses(cloud, put_out, state),
        put_out["name_servers"],
        put_out.get("validation"),
        _digest(wanted, cloud),
    )


def _addresses(cloud: str, put_out: Mapping[str, Any], state: Mapping[str, Any]) -> list[str]:
    """What answers for a cloud: the output of its edge, or on Google the load balancer's address that it found."""
    if cloud == "aws":
        return list(put_out.get("addresses", ()))
    return [
        instance["attributes"]["address"]
        for resource in state.get("resources", ())
        if resource["type"] == "google_compute_global_address"
        for instance in resource["instances"]
    ]


def _digest(wanted: Wanted, cloud: str) -> str:
    terraform = project_root() / "terraform"
    files = [
        terraform / "modules",
        terraform / "stacks" / "edge" / cloud,
        terraform / "environments" / f"{stacks.ENVIRONMENT}.tfvars",
    ]
    return digest_of(files, json.dumps(wanted.variables(), sort_keys=True))
