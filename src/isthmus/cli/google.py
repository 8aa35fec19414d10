"""`isthmus google`: the local Google Cloud alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

_DATA = typer.Option("--data-dir", help="Where everything is kept.")
_PROJECT = typer.Option("--project", help="A project id that is there; others are refused. Can be repeated.")
_AUTH = typer.Option("--auth", metavar="OWNER", help="Enforce IAM policies; this member may do everything.")


def google(
    data_dir: Annotated[Path, _DATA] = Path(".isthmus/google"),
    project: Annotated[list[str] | None, _PROJECT] = None,
    auth: Annotated[str | None, _AUTH] = None,
    any_project: Annotated[bool, typer.Option("--any-project", help="Let every project be there.")] = False,
    http_port: Annotated[int, typer.Option("--http-port", min=0, max=65535, help="0 chooses a free one.")] = 0,
    grpc_port: Annotated[int, typer.Option("--grpc-port", min=0, max=65535, help="0 chooses a free one.")] = 0,
) -> None:
    """Start the local Google Cloud alone: Pub/Sub, Cloud Storage, Cloud KMS, IAM, Cloud Run; until Ctrl-C.

    It prints one line of JSON once it is ready, with its ports. PUBSUB_EMULATOR_HOST is 127.0.0.1 and the gRPC port,
    STORAGE_EMULATOR_HOST http://127.0.0.1 and the HTTP port. What works is in docs/local-google.md.

    \b
    Example:
      isthmus google --project my-project --http-port 9023 --grpc-port 8085
      isthmus google --auth user:me@example.com
    """
    from isthmus.local.google.config import DEFAULT_PROJECT, ServerConfig
    from isthmus.local.google.messages import leave_out_clients

    leave_out_clients()
    from isthmus.local.google.server import main

    projects = project or [DEFAULT_PROJECT]
    config = ServerConfig(
        data_dir=data_dir,
        log_dir=data_dir / "logs",
        project=projects[0],
        projects=frozenset() if any_project else frozenset(projects),
        owner=auth,
        http_port=http_port,
        grpc_port=grpc_port,
    )
    raise typer.Exit(main(config))
