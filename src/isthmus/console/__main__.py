"""`python -m isthmus.console RUN_DIR`: serves the console of a run until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from isthmus.console.server import serve
from isthmus.local.rundir import RunDirectory


def main(root: str) -> None:
    """Serves."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(serve(RunDirectory(Path(root))))


if __name__ == "__main__":
    main(*sys.argv[1:])
