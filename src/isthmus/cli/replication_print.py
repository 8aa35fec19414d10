"""How a balance is printed: the hours as a table, what is wrong in sentences, everything as JSON."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import typer

from isthmus.cli.output import print_table

if TYPE_CHECKING:
    from isthmus.archive.balance import Balance
    from isthmus.core.tally import Hour, Summary

HOURS_SHOWN = 24
KEYS_SHOWN = 10
DIGEST_CHARS = 10
COLUMNS = ("type", "hour (UTC)", "objects", "events", "bytes", "digest", "missing", "corrupt")


def facts(balance: Balance) -> dict[str, Any]:
    """Everything of a balance, for programs."""
    from isthmus.archive.gauges import gauges

    clouds = balance.clouds
    return {
        "whole": balance.is_whole,
        "at_ms": balance.at_ms,
        "rpo_seconds": balance.rpo_seconds,
        "lag_seconds": {cloud: _seconds(lag) for cloud, lag in zip(clouds, balance.lag_ms, strict=True)},
        "missing": {
            cloud: {"objects": lack.objects, "oldest_ms": lack.oldest_ms, "keys": lack.named}
            for cloud, lack in zip(clouds, balance.lacks, strict=True)
        },
        "in_flight": balance.in_flight,
        "corrupt": {"objects": balance.corrupt, "keys": balance.corrupt_named},
        "strangers": balance.strangers,
        "hours_not_listed": balance.kept,
        "gauges": gauges(balance),
        "totals": dict(zip(clouds, balance.totals(), strict=True)),
        "hours": [_hour_facts(balance, hour) for hour in balance.hours],
    }


def _hour_facts(balance: Balance, hour: Hour) -> dict[str, Any]:
    left, right = balance.clouds
    return {
        "folder": hour.folder,
        "whole": hour.is_whole,
        left: hour.left,
        right: hour.right,
        "missing": {left: hour.only_right, right: hour.only_left},
        "corrupt": hour.corrupt,
    }


def print_balance(balance: Balance, all_: bool) -> None:
    """Prints the hours, then what is missing and corrupt, then one sentence that says it all."""
    shown = balance.hours if all_ else _chosen(balance.hours)
    print_table(COLUMNS, [_row(balance, hour) for hour in shown])
    if len(shown) < len(balance.hours):
        typer.echo(f"{len(balance.hours) - len(shown):,} more hours are whole; --all shows them")
    for cloud, lack in zip(balance.clouds, balance.lacks, strict=True):
        _print_keys(f"missing on {cloud}", lack.objects, lack.named)
    _print_keys("corrupt, the same key with other contents", balance.corrupt, balance.corrupt_named)
    for line in _notes(balance):
        typer.echo(line)
    typer.echo(sentence(balance))


def sentence(balance: Balance) -> str:
    """Returns how the archives stand, in one line."""
    left, right = balance.totals()
    names = dict(zip(balance.clouds, balance.lacks, strict=True))
    if balance.is_whole:
        said = f"whole: {left.objects:,} objects" if left == right else "whole"
        said += f", {left.events:,} events on both" if left == right and not left.uncounted else ""
    else:
        wrong = [f"{lack.objects:,} missing on {cloud}" for cloud, lack in names.items() if lack.objects]
        wrong += [f"{balance.corrupt:,} corrupt"] if balance.corrupt else []
        said = f"not whole: {', '.join(wrong)}"
        said += f"; the oldest missing is {age(balance.rpo_seconds)} old (RPO now)" if balance.missing else ""
    said += f"; {balance.in_flight:,} on their way" if balance.in_flight else ""
    lags = [
        f"{cloud} {lag / 1000:.1f} s"
        for cloud, lag in zip(balance.clouds, balance.lag_ms, strict=True)
        if lag is not None
    ]
    return said + (f"; longest way into the archive in the last hour: {', '.join(lags)}" if lags else "")


def print_jobs(jobs: list[dict[str, Any]]) -> None:
    """Prints transfer jobs for people."""
    if not jobs:
        typer.echo(
            "no job is applied: `features = { replication = true }` in terraform/environments makes transfer jobs, "
            "`ledger = true` the schedule that compares the archives"
        )
        return
    rows = [(job["name"], *_does(job), _moment(job["next"]), _last(job)) for job in jobs]
    print_table(("job", "does", "what", "next run (UTC)", "last run"), rows)


def _does(job: dict[str, Any]) -> tuple[str, str]:
    if "to" in job:
        return f"calls on {job['target']}", job["to"].rpartition(":")[2] if job["target"] == "aws" else job["to"]
    return f"copies to {job['target']}", ", ".join(job["prefixes"])


def _last(job: dict[str, Any]) -> str:
    if job["problem"]:
        return f"can't be run here: {job['problem']}"
    if not job["runs"]:
        return "never"
    run = job["runs"][-1]
    well = "answered" if run["called"] else f"{run['copied']} copied"
    return f"{_moment(run['started'])}: {run['error'] or well}"


def _moment(seconds: float | None) -> str:
    return "" if seconds is None else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S")


def age(seconds: float) -> str:
    """A length of time as people read it."""
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.0f} s"


def _chosen(hours: list[Hour]) -> list[Hour]:
    """The last hours, and those that are not whole; in the order of all."""
    last = sorted(hours, key=lambda hour: hour.folder.split("/", 2)[2])[-HOURS_SHOWN:]
    folders = {hour.folder for hour in last} | {hour.folder for hour in hours if not hour.is_whole}
    return [hour for hour in hours if hour.folder in folders]


def _row(balance: Balance, hour: Hour) -> tuple[str, ...]:
    prefix, type_, date, clock = hour.folder.rstrip("/").split("/")
    missing = zip(balance.clouds, (hour.only_right, hour.only_left), strict=True)
    return (
        unquote(type_.removeprefix("type=")) + (" (quarantine)" if prefix == "quarantine" else ""),
        f"{date.removeprefix('date=')} {clock.removeprefix('hour=')}",
        _both(f"{hour.left.objects:,}", f"{hour.right.objects:,}"),
        _both(_counted(hour.left.events, hour.left.uncounted), _counted(hour.right.events, hour.right.uncounted)),
        _both(f"{hour.left.size_bytes:,}", f"{hour.right.size_bytes:,}"),
        _both(_digest(hour.left), _digest(hour.right)),
        ", ".join(f"{count:,} on {cloud}" for cloud, count in missing if count),
        f"{hour.corrupt:,}" if hour.corrupt else "",
    )


def _both(left: str, right: str) -> str:
    """Both sides' values, once where they are the same; AWS first."""
    return left if left == right else f"{left} / {right}"


def _counted(events: int, uncounted: int) -> str:
    return f"{events:,}" if not uncounted else f"≥ {events:,}" if events else "?"


def _digest(side: Summary) -> str:
    return side.digest[:DIGEST_CHARS] or ("?" if side.objects else "-")


def _print_keys(what: str, count: int, named: list[str]) -> None:
    for key in named[:KEYS_SHOWN]:
        typer.echo(f"{what}: {key}")
    if count > len(named[:KEYS_SHOWN]):
        typer.echo(f"{what}: and {count - len(named[:KEYS_SHOWN]):,} more; --json names {len(named):,}")


def _notes(balance: Balance) -> list[str]:
    left, _ = balance.totals()
    notes = []
    if left.unchecked:
        notes.append(
            f"{left.unchecked:,} objects compared by size alone; `isthmus replication verify` asks for checksums"
        )
    if balance.strangers:
        notes.append(f"{balance.strangers:,} objects are not the archive's and were left out")
    if balance.kept:
        notes.append(f"{balance.kept:,} hours can't change any more and were not listed; `verify` lists them")
    return notes


def _seconds(milliseconds: int | None) -> float | None:
    return None if milliseconds is None else milliseconds / 1000
