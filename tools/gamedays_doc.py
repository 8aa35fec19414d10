"""Writes docs/gamedays/ from the scenarios: a playbook for each, and the list of them.

python tools/gamedays_doc.py [--check]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from isthmus.gamedays import scenario
from isthmus.gamedays.activity import Activity
from isthmus.gamedays.criteria import MEASURES
from isthmus.gamedays.scenario import Scenario
from isthmus.gamedays.there import Place, on_real_clouds

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "docs" / "gamedays"
INDEX = """# Game days

Written by `python tools/gamedays_doc.py` from `gamedays/*.yaml`.

A game day breaks something on purpose while producers send, heals it, and judges what was measured by criteria with
units. The scenarios are experiments in Chaos Toolkit's format; `isthmus.gamedays.actions` and `.probes` are what they
may use, and a scenario that asks for anything else is refused with its line before anything is touched.

```sh
isthmus gameday list                                      # what there is
isthmus gameday run aws-outage                            # on the clouds of this run, started where they aren't up
make gamedays                                             # all of them, with the report
isthmus gameday report                                    # what the last one found, and where its page is
isthmus gameday run aws-outage --target aws-gcp --env staging    # the script for the real clouds; nothing is done
isthmus gameday approve aws-outage --env prod             # the digest of that very script
isthmus gameday run aws-outage --target aws-gcp --env prod --execute --approval DIGEST
```

Whatever a game day breaks it heals, also when it is interrupted; what a killed one left broken the next `isthmus`
command heals, or `isthmus heal`. The evidence is a page that needs nothing else, the same as JSON, the producer's
record, and Chaos Toolkit's journal and log.

| scenario | what happens | breaks | held when |
|---|---|---|---|
{rows}

## What is measured

| measure | unit | what it is |
|---|---|---|
{measures}
"""


def render() -> dict[Path, str]:
    """Every page by its path."""
    found = [scenario.find(ROOT, name) for name in scenario.names(ROOT)]
    pages = {FOLDER / f"{one.name}.md": "\n".join(_page(one)) + "\n" for one in found}
    measures = "\n".join(f"| `{one.name}` | {one.unit} | {one.says} |" for one in MEASURES.values())
    return {FOLDER / "README.md": INDEX.format(rows="\n".join(map(_row, found)), measures=measures), **pages}


def _row(one: Scenario) -> str:
    breaks = ", ".join(f"`{fault}`" for fault in one.faults)
    held = ", ".join(f"`{criterion.text}`" for criterion in one.criteria)
    return f"| [{one.name}]({one.name}.md) | {one.title} | {breaks} | {held} |"


def _page(one: Scenario) -> Iterator[str]:
    yield f"# {one.title}"
    yield ""
    yield f"Written by `python tools/gamedays_doc.py` from `gamedays/{one.name}.yaml`; run it by"
    yield f"`isthmus gameday run {one.name}`."
    yield ""
    yield one.description
    yield ""
    yield "## Before"
    yield ""
    yield from (f"- {activity.name}" for activity in one.steady_state)
    yield ""
    yield "If one of these does not hold, nothing is broken and the scenario has failed."
    yield ""
    yield "## What is done"
    yield ""
    for number, activity in enumerate(one.method, start=1):
        yield f"{number}. {_step(activity)}"
    yield ""
    yield "Whatever comes, also when it is interrupted: " + ", ".join(activity.name for activity in one.rollbacks) + "."
    yield ""
    yield "## Held when"
    yield ""
    yield "| criterion | what is measured |"
    yield "|---|---|"
    yield from (f"| `{criterion.text}` | {criterion.measure.says} |" for criterion in one.criteria)
    yield ""
    yield "## On the real clouds"
    yield ""
    yield from _there(one)
    yield ""
    yield "## When it happens in earnest, or a criterion does not hold"
    yield ""
    yield f"[{one.runbook}](../../{one.runbook}) says what to look at and what to do."


def _step(activity: Activity) -> str:
    fault = f" (`{activity.fault}`)" if activity.fault else ""
    pause = f", then {activity.after_seconds:g} s" if activity.after_seconds else ""
    return f"{activity.name}{fault}{pause}"


def _there(one: Scenario) -> Iterator[str]:
    yield f"`isthmus gameday run {one.name} --target aws-gcp` prints the whole script. What it rests on, in dev:"
    yield ""
    place = Place.of(ROOT, "dev")
    for number, fault in enumerate(one.faults):
        there = on_real_clouds(fault, place, number)
        yield f"- `{fault}`: {there.note or 'as on the laptop.'}"
        if there.begin:
            yield ""
            yield "  ```sh"
            yield from (f"  {line}" for text in (*there.begin, *there.end) for line in text.splitlines())
            yield "  ```"


def main() -> int:
    """Writes the pages, or says which is not up to date."""
    pages = render()
    if "--check" in sys.argv:
        stale = [path for path, text in pages.items() if not path.exists() or path.read_text("utf-8") != text]
        stale += [path for path in FOLDER.glob("*.md") if path not in pages]
        for path in stale:
            print(f"{path.relative_to(ROOT)} is not up to date; run python tools/gamedays_doc.py", file=sys.stderr)
        return bool(stale)
    FOLDER.mkdir(exist_ok=True)
    for path in FOLDER.glob("*.md"):
        path.unlink()
    for path, text in pages.items():
        path.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
