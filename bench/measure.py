"""Measuring side by side, and printing figures with their targets."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

ROUNDS = 15
ROUND_SECONDS = 0.05
RED, GREEN = 31, 32


@dataclass(frozen=True)
class Figure:
    """One figure.

    Attributes:
        part: What was measured.
        name: Which figure of it.
        value: The figure.
        unit: Its unit; `share` is shown in per cent.
        target: The least that it should be, None for no target.
        most: Whether the target is the most that it should be instead.
    """

    part: str
    name: str
    value: float
    unit: str
    target: float | None = None
    most: bool = False

    @property
    def missed(self) -> bool:
        """Whether there is a target and it isn't met."""
        if self.target is None:
            return False
        return self.value > self.target if self.most else self.value < self.target

    def shown(self, value: float) -> str:
        """Returns a value of this figure as a text."""
        if self.unit == "share":
            return f"{value:.0%}"
        if value >= 1000:
            return f"{value:,.0f} {self.unit}"
        return f"{value:,.2f} {self.unit}" if self.unit == "s" else f"{value:,.1f} {self.unit}"


def interleaved(contenders: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Returns the best seconds a call of each: rounds of all in turn, so that a slow moment hits them alike."""
    calls = {name: _calls_a_round(call) for name, call in contenders.items()}
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(ROUNDS):
        for name, call in contenders.items():
            best[name] = min(best[name], _timed(call, calls[name]))
    return best


def _calls_a_round(call: Callable[[], object]) -> int:
    return max(1, int(ROUND_SECONDS / max(_timed(call, 1), 1e-6)))


def _timed(call: Callable[[], object], count: int) -> float:
    began = time.perf_counter()
    for _ in range(count):
        call()
    return (time.perf_counter() - began) / count


def table(figures: Sequence[Figure]) -> str:
    """Returns the figures as a table; on a terminal a target that is met is green and one that is missed red."""
    rows = [(f.part, f.name, f.shown(f.value), f.shown(f.target) if f.target is not None else "", f) for f in figures]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = []
    for part, name, value, target, figure in rows:
        line = f"{part:<{widths[0]}}  {name:<{widths[1]}}  {value:>{widths[2]}}"
        if target:
            bound = "at most " if figure.most else "at least"
            line += f"   {bound} {target:<{widths[3]}}  {'MISSED' if figure.missed else 'met'}"
        colour = RED if figure.missed else GREEN
        lines.append(f"\x1b[{colour}m{line}\x1b[0m" if target and sys.stdout.isatty() else line.rstrip())
    return "\n".join(lines)


def main(about: str | None, run: Callable[[], list[Figure]]) -> None:
    """Runs a bench from the command line: prints its table; with `--check`, exit code 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=(about or "").split("\n")[0])
    parser.add_argument("--check", action="store_true", help="exit with 1 when a target is missed")
    arguments = parser.parse_args()
    figures = run()
    print(table(figures))
    if arguments.check and any(figure.missed for figure in figures):
        sys.exit(1)
