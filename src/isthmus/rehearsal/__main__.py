"""`python -m isthmus.rehearsal --dir DIR [--var-file F] [--live --aws URL --google URL --pubsub HOST:PORT] plan …`"""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

from isthmus.core.errors import IsthmusError
from isthmus.rehearsal.realize.base import Context
from isthmus.rehearsal.runner import Stack, run_stack


def main() -> int:
    """Runs Terraform in any folder with the provider stand-ins."""
    parser = argparse.ArgumentParser(prog="python -m isthmus.rehearsal")
    parser.add_argument("--dir", type=Path, default=Path(), help="the root module")
    parser.add_argument("--run-dir", type=Path, default=Path(".isthmus") / "run", help="where state is kept")
    parser.add_argument("--var-file", type=Path, help="values of variables")
    parser.add_argument("--live", action="store_true", help="make resources on the local clouds")
    parser.add_argument("--aws", default="", metavar="URL", help="the local AWS")
    parser.add_argument("--google", default="", metavar="URL", help="the local Google Cloud, HTTP")
    parser.add_argument("--pubsub", default="", metavar="HOST:PORT", help="the local Pub/Sub, gRPC")
    parser.add_argument("terraform", nargs=argparse.REMAINDER, help="Terraform's command and flags")
    options = parser.parse_args()
    name = hashlib.sha256(str(options.dir.resolve()).encode()).hexdigest()[:16]
    stack = Stack(options.dir, "any", name, options.run_dir, options.var_file)
    try:
        context = Context(options.aws, options.google, options.pubsub)
        return run_stack(stack, options.terraform, live=options.live, context=context)
    except IsthmusError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main())
