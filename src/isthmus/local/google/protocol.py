"""uvicorn's HTTP, with bounded heads, and the connection within reach: a failure that a test asks for may cut it."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES = 128 * 1024
_Base: Any = HttpToolsProtocol
_REFUSAL = b"HTTP/1.1 431 Request Header Fields Too Large\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


class HttpProtocol(_Base):  # type: ignore[misc]
    """As uvicorn's, and `scope["state"]["transport"]` is the connection.

    A request line with its headers that grows beyond `MAX_HEAD_BYTES`, and a read more, is refused: the parser would
    keep all of it.
    """

    _head_bytes: int | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Notes the connection."""
        self.app_state: dict[str, Any] = {**self.app_state, "transport": transport}
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Parses what came."""
        begun = self._head_bytes is not None
        super().data_received(data)
        if not begun or self._head_bytes is None or self.transport.is_closing():
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEAD_BYTES:
            self.transport.write(_REFUSAL)
            self.transport.close()

    def on_message_begin(self) -> None:
        """A head begins."""
        self._head_bytes = 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """The head is whole: what comes now is the body."""
        self._head_bytes = None
        super().on_headers_complete()
