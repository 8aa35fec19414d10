"""The local AWS as Isthmus starts it, ministack with whole answers: `python -m isthmus.local.aws`.

ministack's server writes the head and the body of an answer one after the other. Where the body comes late, the AWS SDK
for Go takes the answer for broken and asks again. Terraform's DynamoDB lock then meets its own first request, and says
that the state is locked. Seen in one of ten runs with ministack 1.5.33, Hypercorn 0.18.0 and Terraform 1.15.5.

And it tells at `/_isthmus/queues` what CloudWatch would know of each queue, which no call of SQS tells: since when the
oldest message waits.
"""

from __future__ import annotations

import json
import os
from collections.abc import Awaitable, Callable
from typing import Any

import h11
import hypercorn.protocol
from hypercorn.events import RawData
from hypercorn.protocol.h11 import H11Protocol

QUEUES_PATH = "/_isthmus/queues"

App = Callable[[dict[str, Any], Callable[..., Awaitable[Any]], Callable[..., Awaitable[Any]]], Awaitable[None]]
_Sendable = h11.Data | h11.EndOfMessage | h11.InformationalResponse | h11.Response


class WholeAnswers(H11Protocol):
    """HTTP/1.1 whose head leaves with the first bytes of the body, in one write."""

    _head = b""

    async def _send_h11_event(self, event: _Sendable) -> None:
        try:
            data = self.connection.send(event) or b""
        except h11.LocalProtocolError:
            if self.connection.their_state is h11.ERROR:
                return  # the client broke the protocol; there is nobody to answer
            raise
        if isinstance(event, h11.Response):
            self._head = data
            return
        head, self._head = self._head, b""
        await self.send(RawData(data=head + data))


def with_queues(app: App) -> App:
    """The application, and `/_isthmus/queues` beside it: messages and the time of the oldest, by the queue's name."""

    async def answer(
        scope: dict[str, Any], receive: Callable[..., Awaitable[Any]], send: Callable[..., Awaitable[Any]]
    ) -> None:
        if scope["type"] != "http" or scope["path"] != QUEUES_PATH:
            await app(scope, receive, send)
            return
        headers = [(b"content-type", b"application/json")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(_queues()).encode()})

    return answer


def _queues() -> dict[str, dict[str, int]]:
    from ministack.services import sqs

    with sqs._queues_lock:
        held = [(queue["name"], list(queue["messages"])) for queue in sqs._queues._data.values()]
    return {name: {"messages": len(messages), "oldest_ms": _oldest_ms(messages)} for name, messages in held}


def _oldest_ms(messages: list[dict[str, Any]]) -> int:
    """When the oldest message was sent; 0 when there is none. A message from SNS has it only once it was received."""
    return int(1000 * min((message.get("sent_at") or message["visible_at"] for message in messages), default=0))


def main() -> None:
    """Serves until SIGTERM; ministack's own environment variables say how."""
    # Its Lambdas inherit the environment. With this they would import this Isthmus in place of their package.
    os.environ.pop("PYTHONPATH", None)
    hypercorn.protocol.H11Protocol = WholeAnswers  # type: ignore[attr-defined]
    from ministack import app as ministack

    ministack.app = with_queues(ministack.app)
    ministack.main()


if __name__ == "__main__":
    main()
