"""docs/metrics.md says what `isthmus.core.metrics` says, and every name that is measured is there."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from isthmus.archive import gauges
from isthmus.core.metrics import BY_NAME, METRICS

ROOT = Path(__file__).resolve().parents[2]


def test_the_page_of_the_metrics_is_up_to_date() -> None:
    """`python tools/metrics_doc.py` writes it."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "tools" / "metrics_doc.py"), "--check"], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_the_balance_has_the_names_and_units_of_the_page() -> None:
    assert {name: BY_NAME[name].unit for name in gauges.UNITS} == gauges.UNITS


def test_the_watch_measures_what_the_page_has_and_nothing_else() -> None:
    """Every name in the watch's code is a metric, and every metric but the balance's is in its code."""
    code = "".join(path.read_text("utf-8") for path in (ROOT / "src/isthmus/local/watch").glob("*.py"))
    named = set(re.findall(r'"(isthmus\.[a-z_0-9.]+)"', code))
    assert {metric.name for metric in METRICS} - named == set(gauges.UNITS)
    assert named <= set(BY_NAME)
