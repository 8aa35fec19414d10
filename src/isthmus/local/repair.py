"""After a cloud was killed: its archive gets back from the other what it had not saved."""

from __future__ import annotations

from dataclasses import dataclass, field

from isthmus.core.errors import Unavailable
from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory


@dataclass(frozen=True)
class Recovered:
    """What came of a repair.

    Attributes:
        copied: Objects that each cloud's archive got from the other.
        problems: What could not be made whole, one sentence each; the objects are as they were.
        again: Whether another repair may help, since a cloud could not be reached.
    """

    copied: dict[str, int] = field(default_factory=dict)
    problems: tuple[str, ...] = ()
    again: bool = False


def repair(run: RunDirectory) -> Recovered:
    """Copies the objects that only one archive has to the other; what can't be copied is told, and nothing fails."""
    from isthmus.archive.repair import repair as copy_over

    try:
        done = copy_over(*archives(Endpoints.of(run.read())))
    except Unavailable as error:
        return Recovered(problems=(f"the archives could not be compared: {error}",), again=True)
    copies, balance = done.copies, done.balance
    problems = [f"not copied to the other archive: {reason}" for reason in copies.failed]
    problems += [f"the two archives hold different bytes of {key}" for key in balance.corrupt_named]
    return Recovered({str(cloud): count for cloud, count in copies.copied.items()}, tuple(problems), copies.again)
