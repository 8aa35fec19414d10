"""What every open page is told: the newest state of each topic, and what has been added to those that are logs."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

LOG_MAX = 5_000
"""Additions that a topic keeps; of more, the newest. Ours: half an hour of a game day's samples."""


@dataclass(frozen=True, slots=True)
class Message:
    """Something to tell.

    Attributes:
        number: Its place among all messages; the newest has the greatest.
        topic: What it is about.
        text: JSON.
    """

    number: int
    topic: str
    text: str


@dataclass
class Hub:
    """Keeps messages; a reader that was away gets what is newer than what it had.

    Attributes:
        epoch: Another one means that the numbers began anew.
    """

    epoch: str = field(default_factory=lambda: secrets.token_hex(4))
    _kept: dict[str, Message] = field(default_factory=dict)
    _logs: dict[str, list[Message]] = field(default_factory=dict)
    _number: int = 0
    _readers: int = 0
    _told: asyncio.Event = field(default_factory=asyncio.Event)
    _watched: asyncio.Event = field(default_factory=asyncio.Event)

    def keep(self, topic: str, data: Any) -> None:
        """Tells a topic's new state in place of the last one; nothing where it is the same."""
        text = json.dumps(data, separators=(",", ":"), default=str)
        before = self._kept.get(topic)
        if before is None or before.text != text:
            self._kept[topic] = self._message(topic, text)

    def add(self, topic: str, data: Any) -> None:
        """Tells an addition to a topic."""
        log = self._logs.setdefault(topic, [])
        log.append(self._message(topic, json.dumps(data, separators=(",", ":"), default=str)))
        del log[:-LOG_MAX]

    def begin(self, topic: str, data: Any) -> None:
        """Begins a topic's log anew, with its first addition."""
        self._logs.pop(topic, None)
        self.add(topic, data)

    def newest(self, topic: str) -> Any:
        """The state of a topic, None before there is one."""
        message = self._kept.get(topic)
        return None if message is None else json.loads(message.text)

    def since(self, number: int) -> list[Message]:
        """What is newer than a message, in order."""
        found = [message for message in self._kept.values() if message.number > number]
        found += [message for log in self._logs.values() for message in log if message.number > number]
        return sorted(found, key=lambda message: message.number)

    def place(self, id_: str) -> int:
        """The number that the id of a message stands for; 0, so everything, where it is of another epoch."""
        epoch, _, number = id_.partition("-")
        return int(number) if epoch == self.epoch and number.isdecimal() else 0

    async def follow(self, number: int, idle_seconds: float) -> AsyncIterator[list[Message]]:
        """Yields what is newer, again and again; an empty list when there was nothing for a while."""
        while True:
            found = self.since(number)
            if found:
                number = found[-1].number
                yield found
            told = self._told
            if not self.since(number):
                try:
                    await asyncio.wait_for(told.wait(), idle_seconds)
                except TimeoutError:
                    yield []

    @property
    def readers(self) -> int:
        """How many follow."""
        return self._readers

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Counts a reader while the block lasts."""
        self._readers += 1
        self._watched.set()
        try:
            yield
        finally:
            self._readers -= 1
            if not self._readers:
                self._watched.clear()

    async def watched(self) -> None:
        """Waits until somebody follows."""
        await self._watched.wait()

    def _message(self, topic: str, text: str) -> Message:
        self._number += 1
        # Whoever waits holds the event that is set now; the next one is for what comes after.
        self._told.set()
        self._told = asyncio.Event()
        return Message(self._number, topic, text)
