"""Bad changes of the Terraform, from bad/*.yaml: made in a copy of the project, and judged by the steps of a check."""

from __future__ import annotations

import os
import queue
import shutil
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import yaml

from isthmus.change import judge, plans
from isthmus.change.costing import cost_step
from isthmus.change.lint import lint
from isthmus.change.plans import Target
from isthmus.change.report import Step

FOLDER = Path(__file__).with_name("bad")
COPIED = ("terraform", "policy", "catalog", "usage")


@dataclass(frozen=True)
class Bad:
    """A change that must not pass.

    Attributes:
        name: What it does, in words.
        file: The file that it changes, from the project's root.
        old: What becomes `new`; empty when `new` is added at the end.
        new: What it becomes.
        target: What is planned.
        step: The step that stops it.
        rule: The rule that stops it.
    """

    name: str
    file: str
    old: str
    new: str
    target: Target
    step: str
    rule: str

    def apply(self, root: Path) -> None:
        """Changes the file; the text must be there once."""
        path = root / self.file
        text = path.read_text("utf-8")
        if self.old:
            assert text.count(self.old) == 1, f"{self.name}: {self.file} has the text {text.count(self.old)} times"
        path.write_text(text.replace(self.old, self.new) if self.old else text + self.new, "utf-8")


def read() -> list[Bad]:
    """All bad changes."""
    found = []
    for file in sorted(FOLDER.glob("*.yaml")):
        for entry in yaml.safe_load(file.read_text("utf-8")):
            step, _, rule = entry["stops"].partition(" ")
            old, new = ("", entry["add"]) if "add" in entry else (entry["old"], entry["new"])
            found.append(Bad(entry["name"], entry["file"], old, new, Target(*entry["plan"].split()), step, rule))
    return found


class Copies:
    """Copies of the project, one a core; each change is made in one of them and undone."""

    def __init__(self, root: Path, folder: Path, variables: dict[str, str]) -> None:
        self._root, self._variables = root, variables
        count = os.cpu_count() or 2
        self._free: queue.SimpleQueue[Path] = queue.SimpleQueue()
        for number in range(count):
            copy = folder / f"copy{number}"
            for name in COPIED:
                shutil.copytree(root / name, copy / name)
            self._free.put(copy)
        self._pool = ThreadPoolExecutor(count)

    def submit(self, bad: Bad) -> Future[list[Step]]:
        """Judges a change when there is a copy free."""
        return self._pool.submit(self._judge, bad)

    def close(self) -> None:
        """Waits for what is at work, and leaves out the rest."""
        self._pool.shutdown(cancel_futures=True)

    def _judge(self, bad: Bad) -> list[Step]:
        copy = self._free.get()
        try:
            bad.apply(copy)
            return judged(copy, bad, self._variables)
        finally:
            shutil.copy2(self._root / bad.file, copy / bad.file)
            self._free.put(copy)


def judged(root: Path, bad: Bad, variables: dict[str, str]) -> list[Step]:
    """The steps of a check up to the one that is asked for, over one stack."""
    run_dir = root / "run"
    if bad.step == "lint":
        return [lint(root, run_dir, (bad.target.stack,), tools=(), strict=True)]
    planned = plans.plan_all(root, [bad.target], variables, run_dir)
    problems = tuple(problem for one in planned for problem in one.problems)
    steps = [Step("plan", problems)]
    if bad.step == "plan":
        return steps
    steps.append(judge.judge(root, planned))
    return [*steps, cost_step(root, planned)[0]] if bad.step == "cost" else steps
