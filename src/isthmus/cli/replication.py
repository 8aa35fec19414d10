"""`isthmus replication status|verify|repair|watch|jobs|run`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from isthmus.cli import exits
from isthmus.cli.output import JSON, print_json, print_line, progress
from isthmus.cli.replication_print import facts, print_balance, print_jobs, sentence
from isthmus.core.errors import Unavailable

if TYPE_CHECKING:
    from isthmus.archive.balance import Balance, Rules

app = typer.Typer(no_args_is_help=True, help="Compare both archives, and copy what one of them lacks.")

SAY_SECONDS = 1.0
RUN_SECONDS = 3600.0
"""How long a job may take that is waited for."""

_TYPE = typer.Option("--type", help="Only events of this type; all without it.")
_GRACE = typer.Option(
    "--grace", min=0, help="Seconds that an object may be on its way before it counts as missing.", metavar="SECONDS"
)
_ALL = typer.Option("--all", help="Show every hour, not only the last ones and those that are not whole.")


@app.command()
def status(
    type_: Annotated[str | None, _TYPE] = None,
    grace: Annotated[float, _GRACE] = 0.0,
    all_: Annotated[bool, _ALL] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Compare both archives by listing them: what is missing where, since when, and how far behind each is.

    S3 lists no checksums: what `verify` has not asked for yet is compared by key and size. Days older than any queue
    keeps a message are not listed again. Exit code 1 when an object is missing or corrupt.

    \b
    Example:
      isthmus replication status
      isthmus replication status --grace 60 --json | jq .rpo_seconds
    """
    _show(_balance(replace(_rules(type_), grace_seconds=grace)), all_, json)


@app.command()
def verify(
    type_: Annotated[str | None, _TYPE] = None,
    grace: Annotated[float, _GRACE] = 0.0,
    all_: Annotated[bool, _ALL] = False,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Compare both archives by key and CRC32C: every day is listed, and each checksum asked for that is not known yet.

    It can be interrupted; what was asked for is kept. Exit code 1 when an object is missing or corrupt.

    \b
    Example:
      isthmus replication verify
      isthmus replication verify --type com.example.flight.departed --all
    """
    _show(_balance(replace(_rules(type_), grace_seconds=grace, learn=True, fresh=True)), all_, json)


@app.command()
def repair(
    type_: Annotated[str | None, _TYPE] = None,
    rate: Annotated[
        float | None, typer.Option("--rate", min=0.01, help="At most so many objects a second; no limit without it.")
    ] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Copy what one archive lacks from the other, and compare them again by checksum. Nothing is overwritten.

    Interrupt it at any time: the next one goes on where it stopped. Exit code 1 when they don't hold the same after it.

    \b
    Example:
      isthmus replication repair
      isthmus replication repair --rate 50
    """
    from isthmus.archive.pace import Pace
    from isthmus.archive.repair import Order
    from isthmus.archive.repair import repair as copy_over
    from isthmus.local.ledger import ledger
    from isthmus.local.rundir import RunDirectory

    order = Order(rules=replace(_rules(type_), learn=True, fresh=True), pace=Pace(rate))
    tell = _Teller()
    with ledger(RunDirectory.current()) as books:
        done = copy_over(
            books.aws,
            books.gcp,
            order,
            known=books.known,
            progress=lambda n, of: tell(f"{n:,} of {of:,} missing objects dealt with"),
        )
    copies = done.copies
    if json:
        print_json({"repair": copies, **facts(done.balance)})
    else:
        counts = ", ".join(f"{count:,} to {cloud}" for cloud, count in copies.copied.items())
        typer.echo(f"copied {counts}; {copies.copied_bytes:,} bytes")
        for reason in copies.failed:
            typer.echo(f"not copied: {reason}")
        typer.echo(sentence(done.balance))
    raise typer.Exit(exits.OK if done.is_whole else exits.FAILED)


@app.command()
def watch(
    type_: Annotated[str | None, _TYPE] = None,
    grace: Annotated[float, _GRACE] = 0.0,
    interval: Annotated[
        float, typer.Option("--interval", min=0.1, help="Seconds between two looks.", metavar="SECONDS")
    ] = 5.0,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="End after so many lines.")] = None,
    json: Annotated[bool, JSON] = False,
) -> None:
    """Look again and again, and print a line whenever something changes, until Ctrl-C.

    \b
    Example:
      isthmus replication watch
      isthmus replication watch --grace 60 --json
    """
    from isthmus.local.ledger import ledger
    from isthmus.local.rundir import RunDirectory

    rules = replace(_rules(type_), grace_seconds=grace)
    lines = 0
    last: object = None
    with ledger(RunDirectory.current()) as books:
        from isthmus.archive.balance import reckon

        while limit is None or lines < limit:
            try:
                found: Balance | Unavailable = reckon(books.aws, books.gcp, rules, known=books.known)
            except Unavailable as error:
                found = error
            if (now := _state(found)) != last:
                last, lines = now, lines + 1
                _print_change(found, json)
            if limit is None or lines < limit:
                time.sleep(interval)


@app.command()
def jobs(json: Annotated[bool, JSON] = False) -> None:
    """List what the applied Terraform does by schedules: when each runs next, and what its last run did.

    Transfer jobs (`features = { replication = true }`) and the ledger that compares both archives (`ledger = true`);
    the environment dev has neither as it is. They run by their own schedules while the run is up. Exit code 1 when one
    can't be run here, or its last run failed.

    \b
    Example:
      isthmus replication jobs
    """
    from isthmus.local.control.client import ControlClient
    from isthmus.local.rundir import RunDirectory

    found = ControlClient(RunDirectory.current()).call("GET", "/transfers/")
    if json:
        print_json(found)
    else:
        print_jobs(found)
    well = all(not job["problem"] and not (job["runs"] and job["runs"][-1]["error"]) for job in found)
    raise typer.Exit(exits.OK if well else exits.FAILED)


@app.command()
def run(
    job: Annotated[str, typer.Argument(help="The job's name, as `isthmus replication jobs` shows it.")],
    json: Annotated[bool, JSON] = False,
) -> None:
    """Run a job now, whatever its schedule says. Exit code 1 when an object could not be copied, or a call failed.

    \b
    Example:
      isthmus replication run isthmus-dev-replication
    """
    from isthmus.local.control.client import ControlClient
    from isthmus.local.rundir import RunDirectory

    done = ControlClient(RunDirectory.current(), timeout_seconds=RUN_SECONDS).call(
        "POST", "/transfers/run", {"name": job}
    )
    if json:
        print_json(done)
    elif done["called"]:
        typer.echo(f"called: {done['error'] or 'it answered'}, in {done['seconds']:.1f} s")
    else:
        typer.echo(f"copied {done['copied']:,} objects, {done['copied_bytes']:,} bytes in {done['seconds']:.1f} s")
        if done["corrupt"]:
            typer.echo(f"{done['corrupt']:,} objects have other contents on the other side, and were left alone")
        if done["error"]:
            typer.echo(f"{done['failures']:,} objects not copied: {done['error']}")
    raise typer.Exit(exits.FAILED if done["error"] else exits.OK)


def _state(found: Balance | Unavailable) -> object:
    """What makes a line when it changes."""
    if isinstance(found, Unavailable):
        return found.where
    return [lack.objects for lack in found.lacks], found.corrupt, found.in_flight


def _print_change(found: Balance | Unavailable, json: bool) -> None:
    if not json:
        said = f"not known: {found}" if isinstance(found, Unavailable) else sentence(found)
        typer.echo(f"{time.strftime('%H:%M:%S', time.gmtime())} {said}")
    elif isinstance(found, Unavailable):
        print_line({"whole": None, "error": str(found)})
    else:
        print_line({name: value for name, value in facts(found).items() if name not in ("hours", "totals")})


def _rules(type_: str | None) -> Rules:
    from isthmus.archive.balance import PREFIXES, Rules
    from isthmus.core import keys

    return Rules(prefixes=PREFIXES if type_ is None else [keys.type_folder(prefix, type_) for prefix in PREFIXES])


def _balance(rules: Rules) -> Balance:
    from isthmus.archive.balance import reckon
    from isthmus.local.ledger import ledger
    from isthmus.local.rundir import RunDirectory

    tell = _Teller()
    with ledger(RunDirectory.current()) as books:
        return reckon(
            books.aws, books.gcp, rules, known=books.known, progress=lambda n: tell(f"{n:,} objects compared")
        )


def _show(balance: Balance, all_: bool, json: bool) -> None:
    if json:
        print_json(facts(balance))
    else:
        print_balance(balance, all_)
    raise typer.Exit(exits.OK if balance.is_whole else exits.FAILED)


class _Teller:
    """Tells how far a long work is, now and then: what takes no longer than a second says nothing."""

    def __init__(self) -> None:
        self._say: Callable[[str], None] = progress()
        self._next = time.monotonic() + SAY_SECONDS

    def __call__(self, text: str) -> None:
        """Says it if it is time to."""
        if time.monotonic() >= self._next:
            self._say(text)
            self._next = time.monotonic() + SAY_SECONDS
