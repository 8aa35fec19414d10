"""uvicorn's HTTP, with the connection within reach: a failure that a test asks for may cut it."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_Base: Any = HttpToolsProtocol


class HttpProtocol(_Base):  # type: ignore[misc]
    """As uvicorn's, and `scope["state"]["transport"]` is the connection."""

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Notes the connection."""
        self.app_state: dict[str, Any] = {**self.app_state, "transport": transport}
        super().connection_made(transport)
