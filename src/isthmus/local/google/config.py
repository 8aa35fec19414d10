"""What a server is started with."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from isthmus.core.errors import ConfigurationError
from isthmus.local.google.identity import is_member
from isthmus.local.google.run import DEFAULT_COMMAND

DEFAULT_PROJECT = "isthmus-dev"
_PROJECT = re.compile(r"(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{0,61}")
"""Looser than Google, which wants six characters at least: tests like short ones."""


@dataclass(frozen=True)
class ServerConfig:
    """What a server is started with; a port 0 is chosen freely.

    Attributes:
        data_dir: Where everything is kept.
        log_dir: Where the logs of Cloud Run's services go.
        project: The project id.
        projects: All projects that there are, with `project`; none lets every project be there.
        owner: With this member, who may do everything, IAM policies are enforced; None enforces nothing.
        http_port: Port of the HTTP server.
        grpc_port: Port of the gRPC server.
        run_command: What every Cloud Run service runs in place of its image.
        services_pubsub: Where the services find Pub/Sub, "host:port"; the server itself unless told.
        services_storage: Where they find Cloud Storage, a base URL.
    """

    data_dir: Path
    log_dir: Path
    project: str
    projects: frozenset[str] = frozenset()
    owner: str | None = None
    http_port: int = 0
    grpc_port: int = 0
    run_command: tuple[str, ...] = DEFAULT_COMMAND
    services_pubsub: str = ""
    services_storage: str = ""

    def check(self) -> None:
        """Raises ConfigurationError for a project or an owner that can't be one."""
        for project in {self.project, *self.projects}:
            if not _PROJECT.fullmatch(project):
                fix = "Name one with --project: small letters, digits and hyphens, a letter first."
                raise ConfigurationError(f"{project!r} is not a project id", fix=fix)
        if self.owner is not None and not is_member(self.owner):
            fix = "Name one with --auth, as user:me@example.com or serviceAccount:app@p.iam.gserviceaccount.com."
            raise ConfigurationError(f"{self.owner!r} is not a member of IAM", fix=fix)
