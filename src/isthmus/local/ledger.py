"""The ledger of a run: both archives, and what is known of them."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

from isthmus.archive.known import Known
from isthmus.core.ports import Bucket
from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory

KNOWN = "ledger.sqlite"
"""The file in the run's cache that keeps what is known; deleting it costs time and nothing else."""


@dataclass(frozen=True)
class Ledger:
    """What is compared: the archive on AWS, the one on Google, and what was learnt of them before."""

    aws: Bucket
    gcp: Bucket
    known: Known


@contextlib.contextmanager
def ledger(run: RunDirectory) -> Iterator[Ledger]:
    """Opens the ledger of a run that is up; through the fault proxies, so that an outage shows.

    Raises:
        NotUp: A part is missing, or Terraform has not been applied.
    """
    aws, gcp = archives(Endpoints.require(run), front=True)
    known = Known(run.root / "cache" / KNOWN)
    try:
        yield Ledger(aws, gcp, known)
    finally:
        known.close()
