"""The probes that a scenario may use, for its steady state and in its method."""

from __future__ import annotations

from isthmus.gamedays.session import current


def ingests_ready() -> bool:
    """Whether the ingests of both clouds say that they can publish, asked as a producer asks."""
    return current().ingests_ready()


def archives_agree() -> bool:
    """Whether both archives list the same objects."""
    return current().archives_agree()


def nothing_broken() -> bool:
    """Whether no link is broken and no part is frozen or down."""
    return current().nothing_broken()


def dead_letters() -> int:
    """How many messages lie in the dead-letter queues of both clouds."""
    return current().dead_letters()


def backlog(cloud: str, consumer: str = "archive") -> int:
    """How many messages a consumer has not done."""
    return current().backlog(cloud, consumer)


NAMES = ("ingests_ready", "archives_agree", "nothing_broken", "dead_letters", "backlog")
"""All of them."""
