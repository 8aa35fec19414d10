"""`isthmus failover`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from isthmus.cli import exits
from isthmus.cli.output import JSON, print_json, print_table, progress

if TYPE_CHECKING:
    from isthmus.core.failover import Rto
    from isthmus.local.dns.drill import Drill
    from isthmus.local.dns.moving import Moved

app = typer.Typer(no_args_is_help=True, help="DNS failover: which cloud answers, how healthy, how fast.")

_CLOUD = typer.Argument(help="aws or gcp.")
_SPEED = typer.Option(
    "--speed", min=1, max=60, help="How many times as fast health checks and resolvers' caches run meanwhile."
)
_CLOUDS = ("aws", "gcp")


@app.callback()
def failover() -> None:
    """DNS failover: which cloud answers, how healthy, how fast."""


@app.command()
def status(json: Annotated[bool, JSON] = False) -> None:
    """Show each provider's records, weights, health with the last probes, and what it answers now.

    The first time, it makes the edge: Route 53 and Cloud DNS from Terraform. Exit code 0: all healthy, 4: not.

    \b
    Example:
      isthmus failover status
      isthmus failover status --json | jq .authorities.aws.endpoints
    """
    import asyncio

    from isthmus.local.dns import edge
    from isthmus.local.dns.resolvers import ask
    from isthmus.local.dns.views import Dns, providers
    from isthmus.local.rundir import RunDirectory

    run = RunDirectory.current()
    made = edge.ensure(run, progress())
    found = Dns(run).status()
    for cloud, provider in providers(run).items():
        answer = asyncio.run(ask(provider.port, provider.ingest.name))
        found["authorities"][cloud]["port"] = provider.port
        found["authorities"][cloud]["answer"] = answer.__dict__ if answer else None
    clouds = {address: cloud for cloud, addresses in made.addresses.items() for address in addresses}
    if json:
        print_json({**found, "clouds": clouds})
    else:
        _print_status(found, clouds)
    ends = [end for one in found["authorities"].values() for end in one["endpoints"]]
    well = all(end["healthy"] for end in ends) and not any(one["outage"] for one in found["authorities"].values())
    raise typer.Exit(exits.OK if well else exits.PARTLY_UP)


@app.command()
def drill(
    cloud: Annotated[str, _CLOUD] = "aws",
    how: Annotated[str, typer.Option("--how", help="How it fails: refuse or hang.")] = "refuse",
    speed: Annotated[float, _SPEED] = 20.0,
    phases: Annotated[int, typer.Option("--phases", min=1, max=22, help="Outages, each from another moment.")] = 2,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Cut a cloud off, watch resolvers until none is sent there, heal it, watch it come back; beside the calculator.

    Exit code 0 only if the worst that was measured is within 10 % of the worst that was calculated.

    \b
    Example:
      isthmus failover drill aws
      isthmus failover drill gcp --how hang --phases 4 --speed 10
    """
    from isthmus.local.dns.drill import run_drill
    from isthmus.local.rundir import RunDirectory

    done = run_drill(RunDirectory.current(), _known(cloud), how=how, speed=speed, phases=phases, say=progress())
    if json:
        verdicts = [{**one.__dict__, "ratio": round(one.ratio, 3), "holds": one.holds} for one in done.verdicts]
        print_json({**done.__dict__, "verdicts": verdicts})
    else:
        _print_drill(done)
    if not all(one.holds for one in done.verdicts):
        raise typer.Exit(exits.FAILED)


@app.command()
def drain(
    cloud: Annotated[str, _CLOUD], speed: Annotated[float, _SPEED] = 20.0, json: Annotated[bool, JSON] = False
) -> None:
    """Take a cloud out of the answers of both providers, and check that traffic moved. `restore` undoes it.

    Its weight becomes 0 in Terraform's variables, and both edge stacks are applied: it answers only while the other
    cloud is unhealthy.

    \b
    Example:
      isthmus failover drain aws
    """
    from isthmus.local.dns.moving import drain as move
    from isthmus.local.rundir import RunDirectory

    _say_moved(move(RunDirectory.current(), _known(cloud), speed=speed, say=progress()), json)


@app.command()
def restore(speed: Annotated[float, _SPEED] = 20.0, json: Annotated[bool, JSON] = False) -> None:
    """Give a drained cloud its weight back, and check that traffic follows.

    \b
    Example:
      isthmus failover restore
    """
    from isthmus.local.dns.moving import restore as move
    from isthmus.local.rundir import RunDirectory

    _say_moved(move(RunDirectory.current(), speed=speed, say=progress()), json)


@app.command()
def rto(
    env: Annotated[str, typer.Option("--env", help="Whose settings.")] = "prod",
    json: Annotated[bool, JSON] = False,
) -> None:
    """Calculate how long DNS failover takes at worst, from Terraform's settings and by what resolvers do.

    \b
    Example:
      isthmus failover rto --env staging
    """
    from isthmus.change.edges import settings
    from isthmus.core.failover import FAILURES, RESOLVERS, worst_back, worst_out
    from isthmus.local import packages, stacks
    from isthmus.local.dns import wanted
    from isthmus.local.dns.authority import PROVIDERS
    from isthmus.local.project import project_root
    from isthmus.local.rundir import RunDirectory

    run = RunDirectory.current()
    packages.ensure()
    # What the laptop's edge is made with is not in the environment's file.
    made = wanted.read(run) if env == wanted.ENVIRONMENT else None
    variables = {**stacks.build_variables(), **(made.variables() if made else {})}
    rows: list[dict[str, Any]] = []
    for one in settings(env, project_root(), variables, run.planned("check")):
        for failure in FAILURES:
            for resolver in RESOLVERS:
                out = worst_out(one.checks, one.ttl_seconds, failure=failure, resolver=resolver)
                back = worst_back(one.checks, one.ttl_seconds, failure=failure, resolver=resolver)
                rows.append(_row(PROVIDERS[one.cloud], failure, resolver.says, out, back))
    if json:
        print_json(rows)
        return
    print_table(
        ("provider", "the ingest", "the resolver", "detection s", "caching s", "out s", "back s"),
        [tuple(row.values()) for row in rows],
        title=f"DNS failover of {env} at worst",
    )


def _row(provider: str, failure: str, resolver: str, out: Rto, back: Rto) -> dict[str, Any]:
    return {
        "provider": provider,
        "failure": failure,
        "resolver": resolver,
        "detect_seconds": out.detect_seconds,
        "cache_seconds": float(out.cache_seconds),
        "out_seconds": out.total_seconds,
        "back_seconds": back.total_seconds,
    }


def _known(cloud: str) -> str:
    from isthmus.core.errors import ConfigurationError

    if cloud not in _CLOUDS:
        raise ConfigurationError(f"“{cloud}” is no cloud", fix=f"name one of: {', '.join(_CLOUDS)}")
    return cloud


def _print_status(found: dict[str, Any], clouds: dict[str, str]) -> None:
    rows, ends = [], []
    for one in found["authorities"].values():
        answer = one["answer"] or {"addresses": ("no answer",)}
        for record in one["records"]:
            chances = {share["target"]: share["probability"] for share in record["shares"]}
            for target in record["targets"]:
                cloud = clouds.get(target["values"][0], "?")
                share = f"{chances.get(target['name'], 0):.0%}"
                place = f"127.0.0.1:{one['port']}"
                now = "yes" if set(answer["addresses"]) & set(target["values"]) else ""
                name = f"{record['name']} {record['ttl']} {record['type']}"
                rows.append(
                    (
                        one["provider"],
                        place,
                        name,
                        record["policy"],
                        cloud,
                        target["values"],
                        target["weight"],
                        share,
                        now,
                    )
                )
        for end in one["endpoints"]:
            last = max((probe for c in end["checkers"] for probe in c["probes"]), key=lambda p: p["at"], default=None)
            told = "not yet" if last is None else f"{last['why'] or 'passed'} in {last['milliseconds']:.0f} ms"
            verdict = "healthy" if end["healthy"] else "UNHEALTHY"
            votes = f"{end['healthy_checkers']} of {len(end['checkers'])} (needs {end['healthy_min']})"
            every = f"{end['interval_seconds']:g} s, {end['failures']} fail, {end['successes']} pass"
            ends.append((one["provider"], clouds.get(end["address"], "?"), end["address"], verdict, votes, every, told))
    columns = ("provider", "authority", "record", "policy", "cloud", "addresses", "weight", "share", "answers now")
    print_table(columns, rows)
    print_table(("provider", "cloud", "address", "verdict", "checkers", "probes", "last probe"), ends)
    for one in found["authorities"].values():
        if one["outage"]:
            typer.echo(f"{one['provider']} is out ({one['outage']})")
    if found["speed"] != 1:
        typer.echo(f"the clock of the health checks runs {found['speed']:g} times as fast")


def _print_drill(done: Drill) -> None:
    typer.echo(
        f"{len(done.phases)} outages of {done.cloud} ({done.how}), {done.resolvers} resolvers a provider; "
        f"a clock {done.speed:g} times as fast, all seconds are the providers'"
    )
    columns = ("provider", "out, measured s", "at worst s", "of it", "back, measured s", "at worst s", "")
    rows = [
        (
            one.provider,
            one.measured_out,
            one.calculated_out.total_seconds,
            f"{one.ratio:.0%}",
            one.measured_back,
            one.calculated_back.total_seconds,
            "holds" if one.holds else "DOES NOT HOLD",
        )
        for one in done.verdicts
    ]
    print_table(columns, rows)


def _say_moved(moved: Moved, json: bool) -> None:
    if json:
        print_json({**moved.__dict__, "holds": moved.holds})
    else:
        weights = ", ".join(f"{cloud} {weight}" for cloud, weight in moved.weights.items())
        counted = ", ".join(f"{cloud} {count}" for cloud, count in moved.counted.items())
        typer.echo(f"weights: {weights}; all resolvers follow after {moved.seconds:g} s")
        typer.echo(f"requests that the ingests counted since: {counted}")
    if not moved.holds:
        raise typer.Exit(exits.FAILED)
