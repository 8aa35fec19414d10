"""`python -m isthmus.gamedays.check RECORD`: the checker as a program of its own.

It reads the producer's record and the two buckets, and nothing else: no queue, no log, no state of whoever ran the game
day. Exit code 0 only when both archives hold every acknowledged event once, in the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from isthmus.core import keys
from isthmus.core.errors import IsthmusError
from isthmus.gamedays import checker
from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory


def main(arguments: list[str] | None = None) -> int:
    """Checks a record against the archives of this shell's run, and prints the verdict as JSON."""
    parser = argparse.ArgumentParser(prog="python -m isthmus.gamedays.check", description=__doc__)
    parser.add_argument("record", type=Path, help="the producer's record: record.ndjson of a game day's evidence")
    parser.add_argument("--prefix", default=keys.EVENTS, help="where in the buckets; everything unless told")
    options = parser.parse_args(arguments)
    try:
        buckets = archives(Endpoints.require(RunDirectory.current()))
        verdict = checker.check(options.record, buckets, options.prefix)
    except (IsthmusError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    facts = {name: value for name, value in asdict(verdict).items() if name != "latencies_ms"}
    print(json.dumps({"whole": verdict.is_whole, "missing": verdict.missing, **facts}, indent=2))
    return 0 if verdict.is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
