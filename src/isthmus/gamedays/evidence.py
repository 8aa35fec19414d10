"""The evidence of a game day: what was done, what was measured, and whether the criteria hold. Kept as JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from isthmus.core.errors import ConfigurationError
from isthmus.gamedays.timeline import Band, Moment, Sample
from isthmus.local.rundir import write_atomically

JSON_FILE = "report.json"
HTML_FILE = "report.html"


@dataclass(frozen=True)
class Judged:
    """A criterion and what came of it.

    Attributes:
        text: As the scenario has it.
        title: What it is about.
        measured: What was measured; None where nothing could be.
        unit: In which.
        passed: Whether it holds.
    """

    text: str
    title: str
    measured: float | None
    unit: str
    passed: bool


@dataclass(frozen=True)
class Step:
    """An activity that was carried out.

    Attributes:
        name: As the scenario has it.
        kind: `action` or `probe`.
        at: Seconds since the start.
        seconds: How long it took.
        output: What it said.
        failed: Whether it could not be carried out.
    """

    name: str
    kind: str
    at: float
    seconds: float
    output: str
    failed: bool


@dataclass(frozen=True)
class Evidence:
    """All of one scenario.

    Attributes:
        scenario: Its name.
        status: What Chaos Toolkit says: `completed`, `failed`, `aborted` or `interrupted`.
        steady: Whether the steady state held before and after.
        problem: Why it did not pass, where no criterion says so; "" for nothing.
        measured: The value of each measure in its unit.
        seconds: How long it took.
    """

    scenario: str
    title: str
    description: str
    runbook: str
    started: str
    seconds: float
    status: str
    steady: bool
    problem: str
    passed: bool
    criteria: tuple[Judged, ...]
    measured: dict[str, float | None]
    steps: tuple[Step, ...]
    samples: tuple[Sample, ...]
    bands: tuple[Band, ...]
    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class Report:
    """The evidence of the scenarios that were run together.

    Attributes:
        started: When, ISO 8601.
        version: Of Isthmus.
        platform: Where.
        scenarios: The evidence of each, in the order in which they were run.
    """

    started: str
    version: str
    platform: str
    scenarios: tuple[Evidence, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether all did."""
        return bool(self.scenarios) and all(one.passed for one in self.scenarios)

    def to_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"passed": self.passed, **asdict(self)}


def write(report: Report, folder: Path, page: str) -> Path:
    """Writes both forms; returns the page's path."""
    folder.mkdir(parents=True, exist_ok=True)
    write_atomically(folder / JSON_FILE, msgspec.json.format(msgspec.json.encode(report.to_json())).decode() + "\n")
    write_atomically(folder / HTML_FILE, page, mode=0o644)
    return folder / HTML_FILE


def newest(folder: Path) -> Path:
    """The folder of the newest report below one.

    Raises:
        ConfigurationError: There is none.
    """
    found = sorted(folder.glob(f"*/{JSON_FILE}"), key=lambda path: path.stat().st_mtime_ns)
    if not found:
        raise ConfigurationError("there is no report", where=str(folder), fix="run `isthmus gameday run` first")
    return found[-1].parent


def read(folder: Path) -> Report:
    """Reads what `write` wrote.

    Raises:
        ConfigurationError: There is none, or it can't be read.
    """
    path = folder / JSON_FILE
    try:
        return msgspec.json.decode(path.read_bytes(), type=Report)
    except FileNotFoundError:
        raise ConfigurationError("there is no report", where=str(path), fix="run `isthmus gameday run` first") from None
    except msgspec.MsgspecError as error:
        raise ConfigurationError(f"the report can't be read: {error}", where=str(path)) from None
