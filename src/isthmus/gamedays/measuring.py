"""From what a session saw to the figures that criteria are about."""

from __future__ import annotations

from itertools import pairwise

from isthmus.gamedays.session import Session
from isthmus.gamedays.timeline import Timeline
from isthmus.gamedays.traffic import Sent


def measure(session: Session) -> dict[str, float | None]:
    """The value of each measure in its unit; None where it can't be told."""
    found: dict[str, float | None] = {**_by_archives(session), **_by_queues(session.timeline)}
    if session.traffic is not None and session.traffic.sent.ended:
        found |= _by_producer(session, session.traffic.sent)
    if session.lookups is not None and session.lookups.done:
        found["resolution"] = max(one.seconds for one in session.lookups.done)
        found["unresolved"] = float(sum(1 for one in session.lookups.done if not one.addresses))
    return found


def _by_producer(session: Session, sent: Sent) -> dict[str, float | None]:
    stats = sent.stats
    return {
        "publisher_rto": _longest_wait(session.timeline, sent),
        "silence": _silence(sent),
        "recovery": _recovery(session.timeline, sent),
        "error_budget": 100.0 * stats.retries / stats.requests if stats.requests else None,
        "failed_sends": float(stats.rejected + session.left),
        "acknowledged": float(stats.accepted),
        "spooled": float(stats.spooled_total),
        "failovers": float(stats.failovers),
    }


def _by_archives(session: Session) -> dict[str, float | None]:
    verdict, healed = session.verdict, session.timeline.last_end
    if verdict is None:
        return {}
    whole = None if session.whole_at is None or healed is None else max(0.0, session.whole_at - healed)
    return {
        "rpo": verdict.exposed_seconds if verdict.is_whole else None,
        "whole": whole,
        "lost": float(verdict.missing),
        "duplicated": float(verdict.duplicated),
        "differing": float(len(verdict.differing)),
        "frames": float(min(side.objects for side in verdict.stored)),
    }


def _by_queues(timeline: Timeline) -> dict[str, float | None]:
    depths = [sample.depths for sample in timeline.samples if sample.depths]
    if not depths:
        return {}
    waiting = [count for found in depths for name, count in found.items() if not name.endswith("-dlq")]
    dead = [sum(count for name, count in found.items() if name.endswith("-dlq")) for found in depths]
    return {"backlog": float(max(waiting)), "dead_letters": float(max(dead) - dead[0])}


def _longest_wait(timeline: Timeline, sent: Sent) -> float | None:
    """Of what was acknowledged since the first fault began: a cold start before it is none of its doing."""
    first = min((band.start for band in timeline.bands), default=0.0)
    waits = [answer.waited for answer in sent.answers if answer.at - timeline.began >= first]
    return max(waits, default=None)


def _silence(sent: Sent) -> float | None:
    """The longest time between two acknowledgements, from the first until sending ended."""
    times = [answer.at for answer in sent.answers if answer.at <= sent.stopped]
    return max((later - earlier for earlier, later in pairwise(times)), default=None)


def _recovery(timeline: Timeline, sent: Sent) -> float | None:
    healed = timeline.last_end
    if healed is None:
        return None
    after = [answer.at for answer in sent.answers if answer.at - timeline.began >= healed]
    return min(after) - timeline.began - healed if after else None
