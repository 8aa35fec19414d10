"""Runs every bench and prints one table.

python bench/run.py [--check]
"""

from __future__ import annotations

import check
import cost
import end_to_end
import failover
import ingest_core
import ledger
import local_google
import measure
import policy
import publisher
import rehearsal
import terraform
import tracing

BENCHES = (
    ingest_core,
    publisher,
    rehearsal,
    terraform,
    policy,
    cost,
    ledger,
    check,
    end_to_end,
    failover,
    local_google,
    tracing,
)


def run() -> list[measure.Figure]:
    """Runs every bench in turn."""
    return [figure for bench in BENCHES for figure in bench.run()]


if __name__ == "__main__":
    measure.main(__doc__, run)
