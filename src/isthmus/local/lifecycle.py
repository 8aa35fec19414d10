"""`up` and `down`: the order in which a run's parts start, get their Terraform, and end."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.local import applying, packages, process, stacks
from isthmus.local.credentials import new_api_key
from isthmus.local.endpoints import Endpoints, ingest_target
from isthmus.local.links import GCP_INGEST_FRONT, LINKS, initial_target
from isthmus.local.network import Network
from isthmus.local.parts import CLOUDS, PARTS
from isthmus.local.ports import choose
from isthmus.local.readiness import await_ingests, direct_ingests
from isthmus.local.repair import Recovered, repair
from isthmus.local.rundir import RunDirectory
from isthmus.local.supervise import Say, Supervisor

PROBLEMS_SHOWN = 5


@dataclass(frozen=True)
class UpReport:
    """What an `up` did.

    Attributes:
        started: Parts that had to be started.
        applied: Clouds whose Terraform was applied.
        recovered: Process ids of leftovers of a run that had been killed.
        repaired: What each archive got back from the other, where a cloud had been killed; None where none had.
        seconds: How long it took.
    """

    started: tuple[str, ...]
    applied: tuple[str, ...]
    recovered: tuple[int, ...]
    repaired: Recovered | None
    seconds: float


def up(
    run: RunDirectory,
    say: Say = lambda text: None,
    *,
    enforce_iam: bool | None = None,
    remote_state: bool | None = None,
    console: bool = False,
) -> UpReport:
    """Makes everything run and applies what must be applied; what is well already is left alone.

    Args:
        run: Where.
        say: Is told what happens.
        enforce_iam: Whether the local AWS refuses what its policies don't allow; None leaves it as it is.
        remote_state: Whether states are in buckets of the local clouds; None leaves it as it is.
        console: Whether to serve the web page, too.

    Raises:
        IsthmusError: Something could not be started or applied; what had started stays for the next `up`.
    """
    began = time.monotonic()
    with run.lock():
        run.create()
        supervisor = Supervisor(run, say)
        leftovers = _clear_away(supervisor)
        lost = supervisor.record.unsaved
        if enforce_iam is not None:
            supervisor.change(lambda _: {"enforce_iam": enforce_iam})
        if remote_state is not None and remote_state != supervisor.record.remote_state:
            _move_state(supervisor, remote_state)
        _make_secrets(supervisor)
        with ThreadPoolExecutor(len(CLOUDS) + 1) as pool:
            built = pool.submit(packages.ensure)
            started = _start_proxy(supervisor)
            clouds = [pool.submit(_bring_up, supervisor, cloud, built.result) for cloud in CLOUDS]
            results = _all_results(clouds, say)
        aim_links(supervisor)
        repaired = _repair(supervisor, lost) if lost else None
        started += ["control"] if supervisor.ensure("control") else []
        started += ["console"] if console and supervisor.ensure("console") else []
        started += [cloud for cloud, (new, _) in zip(CLOUDS, results, strict=True) if new]
        applied = [cloud for cloud, (_, new) in zip(CLOUDS, results, strict=True) if new]
        if applied or set(started) - {"control", "console"}:
            await_ingests(direct_ingests(Endpoints.of(supervisor.record)))
    seconds = time.monotonic() - began
    return UpReport(tuple(started), tuple(applied), tuple(leftovers), repaired, seconds)


def _move_state(supervisor: Supervisor, remote_state: bool) -> None:
    if supervisor.record.applied:
        raise ConfigurationError(
            "this run keeps its states elsewhere, and they can't be moved",
            where=str(supervisor.run.root),
            fix="run `isthmus down --purge` first",
        )
    supervisor.change(lambda _: {"remote_state": remote_state})


def down(run: RunDirectory, *, purge: bool = False, say: Say = lambda text: None) -> list[str]:
    """Ends all parts, clouds before proxies; what they saved stays for the next `up` unless it is purged.

    Returns:
        The parts that ran.
    """
    if not run.root.exists():
        return []
    with run.lock():
        supervisor = Supervisor(run, say)
        _note_unrecorded(supervisor)
        running = [name for name, part in supervisor.record.parts.items() if process.alive(part)]
        supervisor.stop("console")
        supervisor.stop("control")
        with ThreadPoolExecutor(len(CLOUDS)) as pool:
            _all_results([pool.submit(supervisor.stop, cloud) for cloud in CLOUDS], say)
        supervisor.stop("proxy")
        process.kill_leftovers(run.root)
        if purge:
            run.purge()
    return running


def _clear_away(supervisor: Supervisor) -> list[int]:
    """Finds what a killed run left: clouds that could not save their state, and processes without their part."""
    _note_unrecorded(supervisor)
    record = supervisor.record
    dead = [name for name, part in record.parts.items() if not process.alive(part)]
    kept = [part.pid for name, part in record.parts.items() if name not in dead]
    leftovers = process.kill_leftovers(supervisor.run.root, spare=kept)
    supervisor.change(
        lambda now: {
            "parts": {name: part for name, part in now.parts.items() if name not in dead},
            "applied": {cloud: digest for cloud, digest in now.applied.items() if cloud not in dead},
            "unsaved": tuple(sorted({*now.unsaved, *(name for name in dead if name in CLOUDS)})),
        }
    )
    for name in dead:
        supervisor.say(f"{name}: was killed; starting it again")
    return leftovers


def _note_unrecorded(supervisor: Supervisor) -> None:
    """Clouds that run without a record, since it was lost, will be killed: they save nothing either."""
    parts = supervisor.record.parts
    found = [cloud for cloud in CLOUDS if cloud not in parts and process.members(supervisor.run.root, cloud)]
    if found:
        supervisor.change(lambda now: {"unsaved": tuple(sorted({*now.unsaved, *found}))})


def _make_secrets(supervisor: Supervisor) -> None:
    supervisor.change(
        lambda now: {
            "api_key": now.api_key or new_api_key(),
            "proxy_token": now.proxy_token or secrets.token_urlsafe(24),
            "control_token": now.control_token or secrets.token_urlsafe(24),
            "console_token": now.console_token or secrets.token_urlsafe(24),
        }
    )


def _start_proxy(supervisor: Supervisor) -> list[str]:
    """The proxies first: the clouds are started with their ports. The other parts' ports are chosen before that."""
    running = supervisor.record.parts
    # All of them now: what is applied depends on the ports, and would be applied again for one that came later.
    names = [name for part in PARTS.values() if part.name not in running for name in part.ports]
    supervisor.change(lambda now: {"ports": {**now.ports, **choose(dict(now.ports), names)}})
    if not {"proxy", *CLOUDS} <= running.keys():
        supervisor.say("starting the fault proxies and both clouds")
    return ["proxy"] if supervisor.ensure("proxy") else []


def _bring_up(supervisor: Supervisor, cloud: str, built: Callable[[], str]) -> tuple[bool, bool]:
    """Starts a cloud and applies its Terraform; returns whether each was needed."""
    started = supervisor.ensure(cloud)
    wanted = stacks.digest(supervisor.record, cloud, built())
    if not started and supervisor.record.applied.get(cloud) == wanted:
        return False, False
    supervisor.say(f"{cloud}: applying {' and '.join(stacks.LAYERS)}")
    outputs = applying.apply(supervisor.run, cloud)
    supervisor.change(
        lambda now: {"applied": {**now.applied, cloud: wanted}, "outputs": {**now.outputs, cloud: outputs}}
    )
    return started, True


def aim_links(supervisor: Supervisor) -> None:
    """Points each link at where its endpoint is now: ports may have changed, and Cloud Run's is known only now."""
    record = supervisor.record
    network = Network.of(supervisor.run)
    for name, link in LINKS.items():
        known_late = name == GCP_INGEST_FRONT
        outputs = record.outputs.get("gcp", {})
        network.proxy.target(name, ingest_target(outputs) if known_late else initial_target(link, record.ports))


def _repair(supervisor: Supervisor, lost: Iterable[str]) -> Recovered:
    """Copies back into the archive of a cloud that was killed what the other one still has.

    What can't be copied does not keep the clouds from being up. It is told, and tried again by the next `up` if that
    may help.
    """
    done = repair(supervisor.run)
    if not done.again:
        supervisor.change(lambda now: {"unsaved": ()})
    counts = [f"{count:,} object{'s' * (count != 1)} to {cloud}" for cloud, count in done.copied.items() if count]
    supervisor.say(f"{' and '.join(lost)}: compared both archives after the kill and copied {_listed(counts)}")
    if "aws" in lost:
        supervisor.say("warning: the local AWS keeps its queues in memory: what it had accepted and not stored is gone")
    for problem in done.problems[:PROBLEMS_SHOWN]:
        supervisor.say(f"warning: {problem}")
    if len(done.problems) > PROBLEMS_SHOWN:
        supervisor.say(f"warning: and {len(done.problems) - PROBLEMS_SHOWN:,} more")
    if done.again:
        supervisor.say("the next `isthmus up` tries again")
    return done


def _listed(counts: list[str]) -> str:
    return ", ".join(counts) or "nothing"


def _all_results(futures: list[Any], say: Say) -> list[Any]:
    """Waits for all before the first error goes up, so that nothing runs on behind it; the others are told."""
    errors = [error for future in futures if (error := future.exception())]
    for error in errors[1:]:
        say(f"also: {error}")
    if errors:
        raise errors[0]
    return [future.result() for future in futures]
