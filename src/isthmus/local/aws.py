"""The local AWS as Isthmus starts it, ministack with whole answers: `python -m isthmus.local.aws`.

ministack's server writes the head and the body of an answer one after the other. Where the body comes late, the AWS SDK
for Go takes the answer for broken and asks again. Terraform's DynamoDB lock then meets its own first request, and says
that the state is locked. Seen in one of ten runs with ministack 1.5.33, Hypercorn 0.18.0 and Terraform 1.15.5.
"""

from __future__ import annotations

import os
import runpy

import h11
import hypercorn.protocol
from hypercorn.events import RawData
from hypercorn.protocol.h11 import H11Protocol

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


def main() -> None:
    """Serves until SIGTERM; ministack's own environment variables say how."""
    # Its Lambdas inherit the environment. With this they would import this Isthmus in place of their package.
    os.environ.pop("PYTHONPATH", None)
    hypercorn.protocol.H11Protocol = WholeAnswers  # type: ignore[attr-defined]
    runpy.run_module("ministack", run_name="__main__")


if __name__ == "__main__":
    main()
