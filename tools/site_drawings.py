"""Draws a Mermaid flowchart as SVG, from left to right: for the site, which fetches nothing when it is read.

What the project's drawings use is understood: `a[Text] --> b[(Store)]`, chains, `-- text -->`, `-. text .->`. Anything
else is an error that names the line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

COLUMN_GAP, ROW_GAP, HEIGHT, MARGIN = 38, 26, 36, 12
CHARACTER = 7.0
"""Pixels of a letter, about: boxes are as wide as their text."""

_NODE = re.compile(r"(\w+)(?:\[\(([^)\]]+)\)\]|\[([^\]]+)\])?")
_ARROW = re.compile(r"\s*(?:(-->)|-- (.+?) -->|-\. (.+?) \.->)\s*")


@dataclass
class Chart:
    """A flowchart: what its boxes say, which of them are stores, and its arrows."""

    labels: dict[str, str] = field(default_factory=dict)
    stores: set[str] = field(default_factory=set)
    arrows: list[tuple[str, str, str, bool]] = field(default_factory=list)


@dataclass(frozen=True)
class Box:
    """Where a box is: its left upper corner and its width."""

    x: float
    y: float
    width: float


def draw(text: str) -> str:
    """The drawing as a block of HTML."""
    chart = read(text)
    boxes = _placed(chart, _layers(chart))
    width = max(box.x + box.width for box in boxes.values()) + MARGIN
    height = max(box.y for box in boxes.values()) + HEIGHT + MARGIN
    told = escape("; ".join(f"{chart.labels[a]} to {chart.labels[b]}" for a, b, *_ in chart.arrows))
    parts = [
        f'<div class="drawing"><svg viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}"',
        f' role="img" aria-label="{told}">',
        '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path d="M0 0L8 4L0 8z" class="tip"/></marker></defs>',
        *(_arrow(boxes[a], boxes[b], label, dotted) for a, b, label, dotted in chart.arrows),
        *(_box(box, chart.labels[name], name in chart.stores) for name, box in boxes.items()),
        "</svg></div>",
    ]
    return "\n" + "".join(parts) + "\n"


def read(text: str) -> Chart:
    """Reads a flowchart.

    Raises:
        ValueError: A line is nothing that is drawn here.
    """
    chart = Chart()
    for line in filter(None, map(str.strip, text.split("\n"))):
        if line == "flowchart LR":
            continue
        at, before, label, dotted = 0, "", "", False
        while at < len(line):
            node = _NODE.match(line, at)
            if not node:
                raise ValueError(f"this is not drawn: {line}")
            name, store, shown = node.groups()
            if store or shown or name not in chart.labels:
                chart.labels[name] = store or shown or chart.labels.get(name, name)
            chart.stores |= {name} if store else set()
            if before:
                chart.arrows.append((before, name, label, dotted))
            arrow = _ARROW.match(line, node.end())
            if not arrow and node.end() < len(line):
                raise ValueError(f"this is not drawn: {line}")
            at = arrow.end() if arrow else len(line)
            if arrow:
                before, label, dotted = name, arrow[2] or arrow[3] or "", bool(arrow[3])
    return chart


def _layers(chart: Chart) -> list[list[str]]:
    """The boxes by how far they are from the first: by the longest way, or the shortest where some go round."""
    onward: dict[str, list[str]] = {name: [] for name in chart.labels}
    for a, b, _, dotted in chart.arrows:
        if not dotted:
            onward[a].append(b)
    taken = {b for names in onward.values() for b in names}
    round_about = any(_reaches(onward, b, a, frozenset()) for a, names in onward.items() for b in names)
    depth = {name: 0 for name in chart.labels if name not in taken}
    for _ in chart.labels:
        for a, names in onward.items():
            for b in names if a in depth else ():
                depth[b] = (min if round_about else max)(depth.get(b, depth[a] + 1), depth[a] + 1)
    layers: list[list[str]] = [[] for _ in range(max(depth.values()) + 1)]
    for name in chart.labels:
        layers[depth[name]].append(name)
    return _ordered(layers, onward)


def _reaches(onward: dict[str, list[str]], start: str, goal: str, seen: frozenset[str]) -> bool:
    if start == goal:
        return True
    return any(_reaches(onward, name, goal, seen | {start}) for name in onward[start] if name not in seen)


def _ordered(layers: list[list[str]], onward: dict[str, list[str]]) -> list[list[str]]:
    """Each layer in the order of what leads to it, so that few arrows cross."""
    for layer, before in zip(layers[1:], layers, strict=False):
        place = {name: number for number, name in enumerate(before)}
        sources = {b: [place[a] for a in before if b in onward[a]] for b in layer}
        middle = {name: sum(found) / len(found) if found else len(before) for name, found in sources.items()}
        layer.sort(key=lambda name, middle=middle: middle[name])  # type: ignore[misc]
    return layers


def _placed(chart: Chart, layers: list[list[str]]) -> dict[str, Box]:
    tallest = max(map(len, layers))
    boxes: dict[str, Box] = {}
    x = float(MARGIN)
    for layer in layers:
        width = max(_width(chart.labels[name]) for name in layer)
        top = MARGIN + (tallest - len(layer)) * (HEIGHT + ROW_GAP) / 2
        for number, name in enumerate(layer):
            boxes[name] = Box(x, top + number * (HEIGHT + ROW_GAP), width)
        x += width + COLUMN_GAP + CHARACTER * max(_said(chart.arrows, layer), default=0)
    return boxes


def _said(arrows: Iterable[tuple[str, str, str, bool]], layer: list[str]) -> list[int]:
    """How long the texts of the arrows are that begin in a layer."""
    return [len(label) for a, _, label, _ in arrows if a in layer]


def _width(text: str) -> float:
    return 16 + CHARACTER * len(text)


def _box(box: Box, text: str, store: bool) -> str:
    radius = HEIGHT / 2 if store else 6
    return (
        f'<rect x="{box.x:.0f}" y="{box.y:.0f}" width="{box.width:.0f}" height="{HEIGHT}" rx="{radius:.0f}"/>'
        f'<text x="{box.x + box.width / 2:.0f}" y="{box.y + HEIGHT / 2 + 5:.0f}">{escape(text)}</text>'
    )


def _arrow(start: Box, end: Box, label: str, dotted: bool) -> str:
    """A curve from one box to the other; one that goes back leaves and comes above or below."""
    y1, y2 = start.y + HEIGHT / 2, end.y + HEIGHT / 2
    if end.x > start.x:
        x1, x2 = start.x + start.width, end.x
        bend = max((x2 - x1) / 2, 24)
        path = f"M{x1:.0f} {y1:.0f}C{x1 + bend:.0f} {y1:.0f} {x2 - bend:.0f} {y2:.0f} {x2:.0f} {y2:.0f}"
    else:
        down = 1 if y2 > y1 else -1
        x1, x2 = start.x + start.width / 2, end.x + end.width / 2
        y1, y2 = y1 + down * HEIGHT / 2, y2 - down * HEIGHT / 2
        bend = max(abs(y2 - y1) / 2, 24)
        path = f"M{x1:.0f} {y1:.0f}C{x1:.0f} {y1 + down * bend:.0f} {x2:.0f} {y2 - down * bend:.0f} {x2:.0f} {y2:.0f}"
    style = ' class="dotted"' if dotted else ""
    said = (
        f'<text class="said" x="{(x1 + x2) / 2:.0f}" y="{y1 + (y2 - y1) / 4 - 5:.0f}">{escape(label)}</text>'
        if label
        else ""
    )
    return f'<path d="{path}" marker-end="url(#tip)"{style}/>{said}'
