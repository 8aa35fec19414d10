"""Google's own clients, pointed at a local Google Cloud."""

from __future__ import annotations

from typing import Any

from isthmus.local.google import GoogleServer
from isthmus.rehearsal.realize.base import Context


class Clients:
    """The clients of one server."""

    def __init__(self, server: GoogleServer) -> None:
        self._context = Context(google_http_endpoint=server.http, google_grpc_endpoint=server.grpc)
        self.project = self._context.project
        self.publisher: Any = self._context.publisher()
        self.subscriber: Any = self._context.subscriber()
        self.storage: Any = self._context.storage()
        self.kms: Any = self._context.kms()
