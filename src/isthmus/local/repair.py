"""After a cloud was killed: its archive gets back from the other what it had not saved."""

from __future__ import annotations

from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints
from isthmus.local.errors import PartFailed
from isthmus.local.rundir import RunDirectory


def repair(run: RunDirectory) -> dict[str, int]:
    """Copies the objects that only one archive has to the other; returns how many each cloud got.

    Raises:
        PartFailed: Objects could not be copied.
    """
    from isthmus.archive.repair import repair as copy_over

    done = copy_over(*archives(Endpoints.of(run.read())))
    if done.failed:
        raise PartFailed(
            f"{len(done.failed)} objects could not be copied to the other archive: {done.failed[0]}",
            where=str(run.root),
            fix="run `isthmus up` again",
        )
    return {str(cloud): count for cloud, count in done.copied.items()}
