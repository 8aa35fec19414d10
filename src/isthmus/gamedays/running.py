"""Runs scenarios by Chaos Toolkit's library, heals whatever comes, and gathers the evidence."""

from __future__ import annotations

import contextlib
import copy
import json
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from isthmus.core.errors import ConfigurationError
from isthmus.gamedays import session as sessions
from isthmus.gamedays.evidence import Evidence, Judged, Step
from isthmus.gamedays.measuring import measure
from isthmus.gamedays.scenario import Scenario
from isthmus.gamedays.session import Session
from isthmus.gamedays.site import Site

Say = Callable[[str], None]
_ALWAYS = {"runtime": {"rollbacks": {"strategy": "always"}}}


def check_site(scenario: Scenario, site: Site) -> None:
    """Refuses a scenario that a site can't carry out, before anything is touched.

    Raises:
        ConfigurationError: naming the fault and what the site lacks.
    """
    for activity in scenario.method:
        lacking = activity.fault.needs(site) if activity.fault else ""
        if lacking:
            what = f"“{activity.name}” needs {lacking.partition(': ')[0]}"
            raise ConfigurationError(what, where=activity.line, fix=lacking.partition(": ")[2])


def run_all(scenarios: Sequence[Scenario], site: Site, folder: Path, say: Say) -> Iterator[Evidence]:
    """Runs scenarios one after the other; an interrupted one is the last.

    Raises:
        ConfigurationError: One of them can't be carried out here; then none is begun.
    """
    for scenario in scenarios:
        check_site(scenario, site)
    for number, scenario in enumerate(scenarios, start=1):
        say(f"[{number}/{len(scenarios)}] {scenario.title}")
        evidence = run_one(scenario, site, folder / scenario.name, say)
        yield evidence
        if evidence.status == "interrupted":
            return


def run_one(scenario: Scenario, site: Site, folder: Path, say: Say = lambda _: None) -> Evidence:
    """Runs a scenario; whatever it broke is healed when this returns, however it ends.

    Raises:
        IsthmusError: Something can't be healed; it is written down for `isthmus heal`.
    """
    folder.mkdir(parents=True)
    session = Session(site, folder, say)
    sessions.enter(session)
    try:
        with _log(folder / "chaostoolkit.log"):
            journal = _journal(scenario, say)
        (folder / "journal.json").write_text(json.dumps(journal, indent=2, default=str) + "\n", "utf-8")
        session.timeline.tell("step", f"ended: {journal['status']}")
    finally:
        sessions.leave()
        session.close()
    return _evidence(scenario, session, journal)


def _journal(scenario: Scenario, say: Say) -> dict[str, Any]:
    from chaoslib.experiment import run_experiment

    handler = _progress(say)
    journal: dict[str, Any] = run_experiment(
        copy.deepcopy(dict(scenario.experiment)), settings=_ALWAYS, event_handlers=[handler]
    )
    return journal


def _progress(say: Say) -> Any:
    """What tells each activity as it begins, and the steady state."""
    from chaoslib.run import RunEventHandler

    class Progress(RunEventHandler):  # type: ignore[misc]
        def start_hypothesis_before(self, experiment: Any) -> None:
            say("is the steady state there?")

        def start_hypothesis_after(self, experiment: Any) -> None:
            say("is it there again?")

        def start_activity(self, activity: Any) -> None:
            if activity["type"] == "action":
                say(f"{activity['name']}")

    return Progress()


@contextlib.contextmanager
def _log(path: Path) -> Iterator[None]:
    """Sends Chaos Toolkit's own log to a file."""
    logger = logging.getLogger("chaostoolkit")
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    propagate, level = logger.propagate, logger.level
    logger.addHandler(handler)
    logger.propagate = False
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        handler.close()
        logger.propagate = propagate
        logger.setLevel(level)


def _evidence(scenario: Scenario, session: Session, journal: dict[str, Any]) -> Evidence:
    measured = measure(session)
    judged = [criterion.judge(measured) for criterion in scenario.criteria]
    steps = tuple(_steps(journal, session))
    steady, problem = _steady(journal)
    failed = next((step for step in steps if step.failed), None)
    if failed and not problem:
        problem = f"“{failed.name}” could not be carried out: {failed.output}"
    if journal["status"] != "completed" and not problem:
        problem = f"it was {journal['status']}"
    timeline = session.timeline
    return Evidence(
        scenario=scenario.name,
        title=scenario.title,
        description=scenario.description,
        runbook=scenario.runbook,
        started=journal["start"],
        seconds=round(time.monotonic() - timeline.began, 1),
        status=journal["status"],
        steady=steady,
        problem=problem,
        passed=not problem and all(one.passed for one in judged),
        criteria=tuple(
            Judged(one.criterion.text, one.criterion.measure.title, one.value, one.criterion.measure.unit, one.passed)
            for one in judged
        ),
        measured=measured,
        steps=steps,
        samples=tuple(timeline.samples),
        bands=tuple(timeline.bands),
        moments=tuple(timeline.moments),
    )


def _steady(journal: dict[str, Any]) -> tuple[bool, str]:
    """Whether the steady state held, and which probe said first that it did not."""
    for when in ("before", "after"):
        state = journal["steady_states"][when]
        if state is not None and not state["steady_state_met"]:
            probe = state["probes"][-1]["activity"]["name"]
            return False, f"the steady state was not there {when} the method: not “{probe}”"
    return journal["steady_states"]["after"] is not None, ""


def _steps(journal: dict[str, Any], session: Session) -> Iterator[Step]:
    began = datetime.now(UTC).timestamp() - session.timeline.now()
    for run in [*journal["run"], *journal["rollbacks"]]:
        at = datetime.fromisoformat(run["start"]).timestamp() - began
        failed = run.get("status") != "succeeded"
        said = str(run.get("output") if run.get("output") is not None else "")
        if failed:
            said = "".join(run.get("exception", ["it was interrupted"])[-1:]).strip()
        yield Step(
            run["activity"]["name"], run["activity"]["type"], round(at, 2), run.get("duration", 0.0), said, failed
        )
