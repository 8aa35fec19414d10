"""The figures as Prometheus reads them: its text format, version 0.0.4."""

from __future__ import annotations

from isthmus.core.metrics import METRICS, Metric
from isthmus.local.watch.history import Values

MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def text(values: Values) -> str:
    """All figures, each metric with what it means."""
    return "".join(_metric(metric, values) for metric in METRICS)


def _metric(metric: Metric, values: Values) -> str:
    rows = sorted((labels, value) for (name, labels), value in values.items() if name == metric.name)
    if not rows:
        return ""
    name = metric.prometheus
    head = f"# HELP {name} {metric.says}\n# TYPE {name} {metric.kind}\n"
    return head + "".join(f"{name}{_labels(metric, labels)} {value:.15g}\n" for labels, value in rows)


def _labels(metric: Metric, labels: tuple[str, ...]) -> str:
    if not labels:
        return ""
    return (
        "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in zip(metric.labels, labels, strict=True)) + "}"
    )


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
