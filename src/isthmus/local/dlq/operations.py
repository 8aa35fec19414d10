"""What can be done with dead letters, the same on both clouds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Protocol

from isthmus.core.errors import ConfigurationError
from isthmus.local.dlq.letters import Letter
from isthmus.local.endpoints import Endpoints
from isthmus.local.parts import CLOUDS


class DeadLetters(Protocol):
    """The dead-letter queue of one consumer on one cloud."""

    cloud: str
    consumer: str

    def count(self) -> int: ...
    def take(self) -> Iterator[Letter]: ...
    def release(self, letter: Letter) -> None: ...
    def resend(self, letter: Letter) -> None: ...
    def delete(self, letter: Letter) -> None: ...


def queues(endpoints: Endpoints, name: str | None = None) -> list[DeadLetters]:
    """The dead-letter queues by name: all, those of a cloud (`aws`), of a consumer (`archive`) or one (`aws/archive`).

    Raises:
        ConfigurationError: Nothing has that name.
    """
    from isthmus.local.dlq.aws import AwsLetters
    from isthmus.local.dlq.gcp import GcpLetters

    makers: dict[str, Callable[[Endpoints, str], DeadLetters]] = {"aws": AwsLetters, "gcp": GcpLetters}
    names = [(cloud, consumer) for cloud in CLOUDS for consumer in endpoints.consumers]
    wanted = [pair for pair in names if name in (None, *pair, "/".join(pair))]
    if not wanted:
        choice = ", ".join([*CLOUDS, *endpoints.consumers, *("/".join(pair) for pair in names)])
        raise ConfigurationError(f"there is no dead-letter queue “{name}”", fix=f"name one of: {choice}")
    return [makers[cloud](endpoints, consumer) for cloud, consumer in wanted]


def counts(found: Iterable[DeadLetters]) -> dict[str, int]:
    """How many letters lie in each queue, by "cloud/consumer"."""
    queues = list(found)
    with ThreadPoolExecutor(len(queues)) as pool:
        numbers = pool.map(lambda queue: queue.count(), queues)
        return {f"{queue.cloud}/{queue.consumer}": number for queue, number in zip(queues, numbers, strict=True)}


def look(queue: DeadLetters, frame: str | None = None, limit: int = 100) -> list[Letter]:
    """Reads letters, oldest first as far as the broker keeps an order, and puts them back."""
    held: list[Letter] = []
    for letter in queue.take():
        held.append(letter)
        if len(held) >= limit and frame is None:
            break
    for letter in held:
        queue.release(letter)
    return [letter for letter in held if frame in (None, letter.frame)]


def redrive(queue: DeadLetters, frame: str | None = None) -> list[Letter]:
    """Gives letters to their consumer again, each once, and removes them only after the broker took them.

    If this is cut short between the two, a letter is delivered again later: the same object under the same key.
    """
    return _each(queue, frame, resend=True)


def discard(queue: DeadLetters, frame: str | None = None) -> list[Letter]:
    """Removes letters for good."""
    return _each(queue, frame, resend=False)


def _each(queue: DeadLetters, frame: str | None, resend: bool) -> list[Letter]:
    done: list[Letter] = []
    others: list[Letter] = []
    # No more than lay there: one that fails again and comes back meanwhile would otherwise go round for ever.
    for letter in islice(queue.take(), queue.count()):
        if frame not in (None, letter.frame):
            others.append(letter)
            continue
        if resend:
            queue.resend(letter)
        queue.delete(letter)
        done.append(letter)
    for letter in others:
        queue.release(letter)
    return done
