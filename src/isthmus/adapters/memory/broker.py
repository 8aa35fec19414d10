"""A broker in memory."""

from __future__ import annotations

from isthmus.core import frames
from isthmus.core.errors import Unavailable
from isthmus.core.frames import Cloud, Frame


class MemoryBroker:
    """Keeps what is published in `messages`, as attributes and body; set `out` to make it unavailable.

    Attributes:
        messages: The messages in the order published.
        out: Whether it refuses.
    """

    def __init__(self, cloud: Cloud) -> None:
        self._cloud = cloud
        self.messages: list[tuple[dict[str, str], bytes]] = []
        self.out = False

    @property
    def cloud(self) -> Cloud:
        """The cloud that it stands for."""
        return self._cloud

    def publish(self, frame: Frame) -> None:
        """Keeps a frame as the cloud's broker would carry it.

        Raises:
            Unavailable: while `out` is set.
        """
        if self.out:
            raise Unavailable("the broker is out", where=f"{self._cloud} in memory")
        text = self._cloud == "aws"
        body = frames.body_text(frame).encode() if text else frame.payload
        self.messages.append((frames.attributes(frame, text=text), body))

    def frames(self) -> list[Frame]:
        """Returns the messages as frames."""
        return [frames.parse(attributes, body) for attributes, body in self.messages]
