"""Writes docs/metrics.md from isthmus.core.metrics.

python tools/metrics_doc.py [--check]
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent / "src"))

from isthmus.core.metrics import METRICS, Metric

DOCUMENT = Path(__file__).parent.parent / "docs" / "metrics.md"
HEAD = """# Metrics

Written by `python tools/metrics_doc.py` from `src/isthmus/core/metrics.py`.

```sh
isthmus metrics                # of the run on this machine; --watch, --json
isthmus metrics --prometheus   # as Prometheus reads them
```

The names are OpenTelemetry's way of writing them, the units UCUM. In the clouds each figure comes from the service's
own metric, where there is one; on the laptop the control process measures every five seconds. What objectives are made
of them: [observability](observability.md).
"""


def render() -> str:
    """The document."""
    return "\n".join([HEAD, *map(_metric, METRICS)])


def _metric(metric: Metric) -> str:
    labels = f", by {' and '.join(metric.labels)}" if metric.labels else ""
    rows = [("AWS", metric.aws), ("Google Cloud", metric.gcp), ("laptop", metric.local)]
    lines = [f"- {place}: {source}" for place, source in rows if source]
    return "\n".join(
        [
            f"## `{metric.name}`",
            "",
            f"{metric.says} A {metric.kind} in `{metric.unit}`{labels}; for Prometheus `{metric.prometheus}`.",
            "",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    text = render()
    if "--check" in sys.argv:
        if not DOCUMENT.exists() or DOCUMENT.read_text("utf-8") != text:
            raise SystemExit(f"{DOCUMENT.name} is not up to date: run `python tools/metrics_doc.py`")
    else:
        DOCUMENT.write_text(text, "utf-8")
