"""`python -m isthmus.local.control RUN_DIR MODULE…`: the control process with the services of these modules."""

from __future__ import annotations

import asyncio
import logging
import sys
from pathlib import Path

from isthmus.local.control.server import Control, serve
from isthmus.local.control.service import Context, load
from isthmus.local.rundir import RunDirectory


def main(root: str, *modules: str) -> None:
    """Runs until it is told to stop."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    run = RunDirectory(Path(root))
    record = run.read()
    control = Control(Context(run), load(modules))
    asyncio.run(serve(control, record.control_token, record.ports.get("control.http", 0)))


if __name__ == "__main__":
    main(*sys.argv[1:])
