"""Writes docs/soak.md from what `isthmus gameday soak --json` printed.

isthmus gameday soak --seed 1 --runs 200 --json > soak.json && python tools/soak_doc.py soak.json
"""

from __future__ import annotations

import json
import statistics
import sys
from collections import Counter
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).parent.parent / "docs" / "soak.md"
HEAD = """# The soak, recorded

`isthmus gameday soak --seed {first} --runs {runs}` on two cores that others used too: {events} events a run
under one to four random faults of either cloud. Each seed gives its schedule again, and each run has its events
checked one by one in both archives.

| figure | |
|---|---|
| runs that passed | {passed} of {runs} |
| events acknowledged | {acknowledged:,} |
| lost / duplicated / objects that differ | {missing} / {duplicated} / {differing} |
| events through the producer's spool | {spooled:,} |
| batches that the other cloud took | {failovers:,} |
| a run, from the first event until both archives were whole: median / longest | {median:.1f} / {longest:.1f} s |

The faults, by how often they came: {kinds}.

| seed | faults | acknowledged | missing | duplicated | differing | failovers | spooled | s |
|---|---|---|---|---|---|---|---|---|
"""
COLUMNS = ("acknowledged", "missing", "duplicated", "differing", "failovers", "spooled", "seconds")


def render(runs: list[dict[str, Any]]) -> str:
    """The document."""
    total = {name: sum(run[name] for run in runs) for name in COLUMNS}
    kinds = Counter(_kind(fault) for run in runs for fault in run["schedule"])
    seconds = [run["seconds"] for run in runs]
    head = HEAD.format(
        first=runs[0]["seed"],
        runs=len(runs),
        events=f"{runs[0]['acknowledged']:,}",
        passed=sum(run["passed"] for run in runs),
        median=statistics.median(seconds),
        longest=max(seconds),
        kinds=", ".join(f"{name} {count}" for name, count in kinds.most_common()),
        **total,
    )
    rows = [
        f"| {run['seed']} | {'; '.join(run['schedule'])} | {' | '.join(str(run[name]) for name in COLUMNS)} |"
        for run in runs
    ]
    return head + "\n".join(rows) + "\n"


def _kind(fault: str) -> str:
    """What kind of fault a sentence is about: `gcp throttle=20KB/s 0.1–1.2 s` is a throttle."""
    words = fault.rpartition(" ")[0].rpartition(" ")[0]
    for name in ("partition", "freeze", "paused", "poisoned", "clock", "credentials", "key"):
        if name in words:
            return name
    return words.split()[-1].partition("=")[0]


if __name__ == "__main__":
    DOCUMENT.write_text(render(json.loads(Path(sys.argv[1]).read_text("utf-8"))), "utf-8")
