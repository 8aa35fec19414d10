"""The canary of CloudWatch Synthetics: asks `/readyz`, and where it is given a key sends a marked event as well.

The event goes to the name that senders use, so to either cloud, and must be in the archive on AWS in time. Google's
uptime check only asks: it can't look whether an event arrived.
"""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from isthmus.adapters.aws.faults import FAULTS
from isthmus.adapters.aws.secret import read_secret
from isthmus.adapters.aws.session import client
from isthmus.adapters.calls import Calls
from isthmus.core.errors import Unavailable
from isthmus.functions import canary

URL = "ISTHMUS_PROBE_URL"
INGEST, SECRET, BUCKET, SECONDS = (
    "ISTHMUS_PROBE_INGEST",
    "ISTHMUS_PROBE_SECRET",
    "ISTHMUS_PROBE_BUCKET",
    "ISTHMUS_PROBE_SECONDS",
)
POLL_SECONDS = 1.0
"""Each look is a request that S3 bills."""
SOURCE = "/isthmus/probe/canary"


class NotThere(Exception):
    """The event was accepted, and is not in the archive in time."""


@dataclass(frozen=True)
class _Archive:
    """The archive on AWS with as little as is needed to look: the adapter brings what the runtime doesn't have."""

    s3: Any
    bucket: str

    def keys(self, prefix: str, after: str) -> Iterator[str]:
        pages = self.s3.get_paginator("list_objects_v2")
        try:
            for page in pages.paginate(Bucket=self.bucket, Prefix=prefix, StartAfter=after):
                yield from (entry["Key"] for entry in page.get("Contents", ()))
        except FAULTS as error:
            raise Unavailable(f"the archive can't be listed: {error}", where=self.bucket) from error

    def get(self, key: str) -> bytes:
        try:
            body: bytes = self.s3.get_object(Bucket=self.bucket, Key=key)["Body"].read()
        except FAULTS as error:
            raise Unavailable(f"the archive does not give the object: {error}", where=key) from error
        return body


def handler(event: object, context: object) -> dict[str, float]:
    """What CloudWatch Synthetics calls; it fails by an exception."""
    facts = {"seconds": round(canary.probe(os.environ[URL]), 3)}
    return facts | (_sent(os.environ) if os.environ.get(SECRET) else {})


def _sent(values: Mapping[str, str]) -> dict[str, float]:
    """Sends an event and waits until it has arrived; how long both took.

    Raises:
        NotThere: It has not arrived in time.
        NotReady: It was not accepted.
        Unavailable: The key can't be read.
    """
    region = values["AWS_REGION"]
    key = read_secret(client("secretsmanager", region, attempts=3), values[SECRET], Calls())
    archive = _Archive(client("s3", region, attempts=2), values[BUCKET])
    event_id, sent, began = str(uuid.uuid4()), time.time(), time.monotonic()
    accepted = canary.send(values[INGEST], key.strip(), canary.synthetic(event_id, SOURCE))
    seconds = float(values[SECONDS])
    problem = canary.wait(lambda: canary.arrived(archive, event_id, sent), began + seconds, POLL_SECONDS)
    if problem is not None:
        raise NotThere(f"the event {event_id} is not in {archive.bucket} after {seconds:g} s{problem}")
    return {"accepted_seconds": round(accepted, 3), "arrived_seconds": round(time.monotonic() - began, 3)}
