"""What Cloud Scheduler calls: the token is checked, the work is done, the status says whether it could be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from isthmus.core.requests import Problem, Response
from isthmus.functions.gcp.token import PushToken
from isthmus.functions.settings import Settings


@dataclass(frozen=True)
class ScheduledEndpoint:
    """Receives the calls of one schedule.

    Attributes:
        token: Checks who calls; Cloud Scheduler signs as Pub/Sub does.
        work: What is done; whether it could be.
    """

    token: PushToken
    work: Callable[[], bool]

    @classmethod
    def of(cls, settings: Settings) -> ScheduledEndpoint:
        """Makes the endpoint of the compaction or of the ledger."""
        return cls(PushToken(settings.push_audience, settings.push_service_account), _work(settings))

    def receive(self, authorization: str) -> Response:
        """Does the work once: 204 when it could be done, 503 when not, which alarms count.

        Raises:
            Problem: 401 or 403 for a wrong token.
        """
        self.token.check(authorization)
        if self.work():
            return Response(204, b"")
        return Problem(503, "it could not be done, or not all of it; the log says why").response()


def _work(settings: Settings) -> Callable[[], bool]:
    # Each is loaded by the service that does it alone: the compaction brings DuckDB.
    if settings.role == "compact":
        from isthmus.functions.compact import Compactor

        return Compactor.of(settings).run
    from isthmus.functions.ledger import Ledger

    return Ledger.of(settings).compare
