"""All commands, each from its own file."""

from __future__ import annotations

from typing import Annotated

import typer

from isthmus import __version__
from isthmus.cli import (
    alert,
    apply,
    backlog,
    catalog,
    check,
    compact,
    console,
    cost,
    demo,
    dlq,
    down,
    drift,
    exits,
    failover,
    faults,
    gameday,
    google,
    logs,
    metrics,
    new,
    plan,
    policy,
    probe,
    query,
    rehearse,
    replication,
    send,
    slo,
    state,
    status,
    tail,
    tf,
    trace,
    up,
)
from isthmus.cli.command import use_everywhere

app = typer.Typer(
    name="isthmus",
    help="Takes events in on AWS and on Google Cloud, keeps every one of them in both; all of it on this machine.",
    epilog="Exit codes: " + "; ".join(f"{code} {meaning}" for code, meaning in exits.MEANINGS.items()) + ".",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

# Terraform's flags have one dash: `-h` would be seen in `-out=change.tfplan`.
_TERRAFORMS = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": ["--help"]}

app.command()(demo.demo)
app.command()(up.up)
app.command()(status.status)
app.command()(down.down)
app.command()(console.console)
app.command()(send.send)
app.command()(tail.tail)
app.command()(query.query)
app.command()(compact.compact)
app.add_typer(catalog.app, name="catalog")
app.add_typer(new.app, name="new")
app.add_typer(dlq.app, name="dlq")
app.add_typer(replication.app, name="replication")
app.add_typer(failover.app, name="failover")
app.add_typer(gameday.app, name="gameday")
app.add_typer(policy.app, name="policy")
app.add_typer(state.app, name="state")
app.command(name="break")(faults.break_)
app.command()(faults.heal)
app.command()(google.google)
app.command()(logs.logs)
app.command()(metrics.metrics)
app.command()(slo.slo)
app.command()(probe.probe)
app.add_typer(trace.app, name="trace")
app.command(context_settings=_TERRAFORMS)(tf.tf)
app.command(context_settings={"allow_extra_args": True})(rehearse.rehearse)
app.command()(check.check)
app.command()(cost.cost)
app.command()(plan.plan)
app.command()(apply.approve)
app.command()(apply.apply)
app.command()(drift.drift)
app.command()(alert.alert)
app.command()(backlog.backlog)
use_everywhere(app)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"isthmus {__version__}")
        raise typer.Exit()


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show where an error came from.")] = False,
) -> None:
    """Takes events in on AWS and on Google Cloud, keeps every one of them in both; all of it on this machine."""
