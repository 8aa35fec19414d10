"""`python -m isthmus.local.google`: the local Google Cloud alone."""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

from isthmus.local.google.config import DEFAULT_PROJECT, ServerConfig
from isthmus.local.google.messages import leave_out_clients
from isthmus.local.google.run import DEFAULT_COMMAND


def _config() -> ServerConfig:
    parser = argparse.ArgumentParser(
        prog="python -m isthmus.local.google",
        description="Pub/Sub, Cloud Storage, Cloud KMS and Cloud Run on this machine, on loopback only.",
    )
    parser.add_argument("--data-dir", type=Path, required=True, help="where everything is kept")
    parser.add_argument("--log-dir", type=Path, help="where the services' logs go; DATA_DIR/logs unless told")
    parser.add_argument("--http-port", type=int, default=0, help="Cloud Storage and Cloud Run; 0 chooses a free one")
    parser.add_argument("--grpc-port", type=int, default=0, help="Pub/Sub and KMS; 0 chooses a free one")
    parser.add_argument("--project", action="append", help="a project id; the first one is Cloud Run's")
    parser.add_argument("--only", action="store_true", help="refuse every project that isn't named; else all are there")
    parser.add_argument("--auth", metavar="OWNER", help="enforce IAM policies; this member may do everything")
    parser.add_argument(
        "--run-command", type=shlex.split, default=DEFAULT_COMMAND, help="what a Cloud Run service runs, as one text"
    )
    parser.add_argument("--services-pubsub", default="", help="where the services find Pub/Sub; HOST:PORT")
    parser.add_argument("--services-storage", default="", help="where the services find Cloud Storage; a base URL")
    options = parser.parse_args()
    projects = options.project or [DEFAULT_PROJECT]
    return ServerConfig(
        data_dir=options.data_dir,
        log_dir=options.log_dir or options.data_dir / "logs",
        project=projects[0],
        projects=frozenset(projects) if options.only else frozenset(),
        owner=options.auth,
        http_port=options.http_port,
        grpc_port=options.grpc_port,
        run_command=tuple(options.run_command),
        services_pubsub=options.services_pubsub,
        services_storage=options.services_storage,
    )


def _main(config: ServerConfig) -> int:
    leave_out_clients()
    # Only now: it imports Google's packages.
    from isthmus.local.google.server import main

    return main(config)


if __name__ == "__main__":
    sys.exit(_main(_config()))
