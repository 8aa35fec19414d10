"""The timeline of a game day as an SVG: what each cloud took, what had to be repeated, what waited; faults as bands."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from isthmus.gamedays.evidence import Evidence
from isthmus.gamedays.timeline import Band, Sample

WIDTH = 1040
LEFT, RIGHT, TOP = 64, 16, 8
LANE = 22
GAP = 30
RATE_SECONDS = 1.0
"""Over what a rate is taken; a sample is a quarter of that."""

LABEL_CHARS = 64
MARKS = {"failover": "▼", "out": "✕", "back": "✓", "spool": "●"}

Point = tuple[float, float]


@dataclass(frozen=True)
class Scale:
    """From seconds and values to pixels.

    Attributes:
        seconds: The length of the time axis.
        top: The value at the top of the panel.
        y: Where the panel begins.
        height: How high it is.
    """

    seconds: float
    top: float
    y: float
    height: float

    def x(self, at: float) -> float:
        """The pixel of a time."""
        return LEFT + (WIDTH - LEFT - RIGHT) * min(max(at / self.seconds, 0.0), 1.0)

    def at(self, value: float) -> float:
        """The pixel of a value."""
        return self.y + self.height * (1 - min(value / self.top, 1.0))


def timeline(evidence: Evidence) -> str:
    """Draws the timeline; an empty text where nothing was sampled."""
    samples = evidence.samples
    if len(samples) < 2:
        return ""
    seconds = max(samples[-1].at, 1.0)
    lanes = _lanes(evidence.bands, seconds)
    head = TOP + max(1, len(lanes)) * LANE + 6
    rates = {
        "aws": _rates(samples, lambda sample: sample.accepted.get("aws", 0)),
        "gcp": _rates(samples, lambda sample: sample.accepted.get("gcp", 0)),
    }
    accepted = Scale(seconds, _nice(max(_sums(rates))), head, 150)
    repeated = _rates(samples, lambda sample: sample.repeated)
    errors = Scale(seconds, _nice(max((value for _, value in repeated), default=1)), head + 150 + GAP, 54)
    waiting = Scale(seconds, _nice(_deepest(samples)), errors.y + 54 + GAP, 100)
    bottom = waiting.y + 100
    parts = [
        *_grid(accepted, "events/s"),
        *_grid(errors, "repeated/s"),
        *_grid(waiting, "waiting"),
        *_axis(seconds, head, bottom),
        *_bands(lanes, accepted, head, bottom),
        *_stack(rates, accepted),
        _line(repeated, errors, "err", fill=True),
        *_queues(samples, waiting),
        *_moments(evidence, accepted, bottom),
    ]
    label = escape(f"Timeline of {evidence.title}")
    height = bottom + 26
    return f'<svg viewBox="0 0 {WIDTH} {height:g}" role="img" aria-label="{label}">{"".join(parts)}</svg>'


def _rates(samples: Sequence[Sample], count: Callable[[Sample], int]) -> list[Point]:
    """How much a count grew in the second before each sample."""
    found: list[Point] = []
    first = 0
    for number, sample in enumerate(samples):
        while sample.at - samples[first].at > RATE_SECONDS and first < number - 1:
            first += 1
        span = sample.at - samples[first].at
        found.append((sample.at, (count(sample) - count(samples[first])) / span if span > 0 else 0.0))
    return found


def _sums(rates: dict[str, list[Point]]) -> list[float]:
    return [aws + gcp for (_, aws), (_, gcp) in zip(rates["aws"], rates["gcp"], strict=True)]


def _deepest(samples: Sequence[Sample]) -> float:
    kinds = (("aws", False), ("gcp", False), ("", True))
    waiting = [_depth(sample, *kind) for sample in samples for kind in kinds]
    return max(*waiting, *(float(sample.spooled) for sample in samples), 1.0)


def _nice(value: float) -> float:
    """The next round number above a value."""
    if value <= 0:
        return 1.0
    step = 10 ** math.floor(math.log10(value))
    return float(next(step * factor for factor in (1, 2, 2.5, 5, 10) if step * factor >= value))


def _grid(scale: Scale, title: str) -> list[str]:
    found = []
    for share in (0.0, 0.5, 1.0):
        y = scale.at(scale.top * share)
        found.append(f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>')
        value = _short(scale.top * share)
        found.append(f'<text class="tick" x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{value}</text>')
    middle = scale.y + scale.height / 2
    found.append(
        f'<text class="title" transform="translate(13 {middle:.1f}) rotate(-90)" text-anchor="middle">{title}</text>'
    )
    return found


def _short(value: float) -> str:
    return f"{value / 1000:g}k" if value >= 1000 else f"{value:g}"


def _axis(seconds: float, head: float, bottom: float) -> list[str]:
    step = next(one for one in (1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 3600) if seconds / one <= 14 or one == 3600)
    scale = Scale(seconds, 1, head, bottom - head)
    found = []
    for at in range(0, int(seconds) + 1, step):
        x = scale.x(at)
        found.append(f'<line class="grid" x1="{x:.1f}" x2="{x:.1f}" y1="{head:.1f}" y2="{bottom:.1f}"/>')
        found.append(f'<text class="tick" x="{x:.1f}" y="{bottom + 18:.1f}" text-anchor="middle">{at} s</text>')
    return found


def _lanes(bands: Sequence[Band], seconds: float) -> list[tuple[str, float, float]]:
    """Bands of the same time are one: what it says, from when to when."""
    together: dict[tuple[int, int], list[Band]] = {}
    for band in bands:
        end = seconds if band.end is None else band.end
        together.setdefault((round(band.start), round(end)), []).append(band)
    return [
        (
            " · ".join(band.text for band in found),
            min(band.start for band in found),
            max(seconds if band.end is None else band.end for band in found),
        )
        for found in together.values()
    ]


def _bands(lanes: list[tuple[str, float, float]], scale: Scale, head: float, bottom: float) -> list[str]:
    found = []
    for lane, (text, start, end) in enumerate(lanes):
        x, width = scale.x(start), max(scale.x(end) - scale.x(start), 2.0)
        y = TOP + lane * LANE
        found.append(
            f'<rect class="band" x="{x:.1f}" y="{head:.1f}" width="{width:.1f}" height="{bottom - head:.1f}"/>'
        )
        found.append(f'<rect class="fault" x="{x:.1f}" y="{y}" width="{width:.1f}" height="{LANE - 4}" rx="4"/>')
        label = text if len(text) <= LABEL_CHARS else f"{text[: LABEL_CHARS - 1]}…"
        room = len(label) * 6.6 + 12
        inside = room <= width
        place = x + 8 if inside else min(x + width + 8, WIDTH - RIGHT - room)
        kind = "in" if inside else "beside"
        found.append(
            f'<text class="{kind}" x="{place:.1f}" y="{y + 13}"><title>{escape(text)}</title>{escape(label)}</text>'
        )
    return found


def _stack(rates: dict[str, list[Point]], scale: Scale) -> list[str]:
    """What both clouds took, one upon the other."""
    aws = rates["aws"]
    both = [(at, low + high) for (at, low), (_, high) in zip(aws, rates["gcp"], strict=True)]
    lower = [(at, 0.0) for at, _ in aws]
    return [_area(both, aws, scale, "gcp"), _area(aws, lower, scale, "aws")]


def _area(upper: Sequence[Point], lower: Sequence[Point], scale: Scale, kind: str) -> str:
    there = " ".join(f"{scale.x(at):.1f},{scale.at(value):.1f}" for at, value in upper)
    back = " ".join(f"{scale.x(at):.1f},{scale.at(value):.1f}" for at, value in reversed(lower))
    return f'<polygon class="area {kind}" points="{there} {back}"/><polyline class="line {kind}" points="{there}"/>'


def _line(points: Sequence[Point], scale: Scale, kind: str, *, fill: bool = False) -> str:
    if fill:
        return _area(points, [(at, 0.0) for at, _ in points], scale, kind)
    drawn = " ".join(f"{scale.x(at):.1f},{scale.at(value):.1f}" for at, value in points)
    return f'<polyline class="line {kind}" points="{drawn}"/>'


def _queues(samples: Sequence[Sample], scale: Scale) -> list[str]:
    lines = [_line([(s.at, _depth(s, cloud, False)) for s in samples], scale, cloud) for cloud in ("aws", "gcp")]
    dead = [(s.at, _depth(s, "", True)) for s in samples]
    spooled = [(s.at, float(s.spooled)) for s in samples]
    lines += [_line(points, scale, kind) for points, kind in ((dead, "dead"), (spooled, "spool")) if _moves(points)]
    return lines


def _depth(sample: Sample, cloud: str, dead: bool) -> float:
    """Messages that wait on a cloud, or dead letters."""
    names = [name for name in sample.depths if name.startswith(cloud) and name.endswith("-dlq") == dead]
    return float(sum(sample.depths[name] for name in names))


def _moves(points: Sequence[Point]) -> bool:
    return any(one != other for (_, one), (_, other) in pairwise(points))


def _moments(evidence: Evidence, scale: Scale, bottom: float) -> list[str]:
    found = []
    for moment in evidence.moments:
        x, text = scale.x(moment.at), escape(f"{moment.at:.1f} s: {moment.text}")
        if moment.kind == "whole":
            found.append(f'<line class="whole" x1="{x:.1f}" x2="{x:.1f}" y1="{scale.y:.1f}" y2="{bottom:.1f}"/>')
            found.append(
                f'<text class="whole" x="{x - 6:.1f}" y="{bottom - 8:.1f}" text-anchor="end">both whole</text>'
            )
        elif moment.kind in MARKS:
            y = scale.y + 13
            mark = MARKS[moment.kind]
            found.append(
                f'<text class="mark" x="{x:.1f}" y="{y:.1f}" text-anchor="middle"><title>{text}</title>{mark}</text>'
            )
    return found
