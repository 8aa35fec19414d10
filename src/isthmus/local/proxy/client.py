"""Talks to a running proxy process: sets, clears and lists faults."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterable
from typing import Any

from isthmus.core.errors import Refused, Unavailable
from isthmus.local.ports import HOST
from isthmus.local.proxy.faults import Fault

TIMEOUT_SECONDS = 5.0


class ProxyClient:
    """The control endpoint of a proxy process; a new connection for each call, so it can be kept and shared."""

    def __init__(self, port: int, token: str) -> None:
        self._address = (HOST, port)
        self._token = token

    def set(self, links: Iterable[str], faults: Iterable[Fault], *, label: str = "") -> None:
        """Replaces the faults of these links that were set under the same label."""
        self._call("set", links=list(links), label=label, faults=[fault.to_json() for fault in faults])

    def clear(self, label: str | None = None) -> None:
        """Heals what was set under a label, or everything."""
        self._call("clear", label=label)

    def target(self, link: str, target: str | None) -> None:
        """Sends new connections of a link to another "host:port"."""
        self._call("target", link=link, target=target)

    def list(self) -> dict[str, dict[str, Any]]:
        """Each link's port, target, faults by label and counters."""
        links: dict[str, dict[str, Any]] = self._call("list")
        return links

    def _call(self, op: str, **fields: Any) -> Any:
        request = json.dumps({"token": self._token, "op": op, **fields}).encode() + b"\n"
        try:
            with socket.create_connection(self._address, TIMEOUT_SECONDS) as sock, sock.makefile("rb") as answers:
                sock.sendall(request)
                answer = json.loads(answers.readline() or b'{"ok": false, "error": "the proxy closed the connection"}')
        except OSError as error:
            raise Unavailable(
                f"the fault proxy does not answer: {error}", where=f"{HOST}:{self._address[1]}", fix="run `isthmus up`"
            ) from error
        if not answer["ok"]:
            raise Refused(f"the fault proxy refuses: {answer['error']}", where=op)
        return answer.get("result")
