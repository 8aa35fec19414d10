"""Puts the bucket together that a function reads or writes: the home cloud's or the other's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from isthmus.core.frames import Cloud
from isthmus.functions.log import CALLS
from isthmus.functions.settings import Settings

if TYPE_CHECKING:
    from isthmus.adapters.aws.bucket import S3Bucket
    from isthmus.adapters.gcp.bucket import GcsBucket


def bucket(cloud: Cloud, settings: Settings) -> S3Bucket | GcsBucket:
    """Makes the bucket of a cloud, with the credentials of where this runs.

    A cloud's SDK is imported only here: most functions have a bucket on one cloud, and an SDK takes up to 30 MB.
    """
    name = settings.bucket if cloud == settings.cloud else settings.other_bucket
    if cloud == "aws":
        from isthmus.adapters.aws.bucket import S3Bucket
        from isthmus.adapters.aws.session import client

        return S3Bucket(client("s3", settings.region, attempts=3), name, CALLS)
    from isthmus.adapters.gcp.bucket import GcsBucket
    from isthmus.adapters.gcp.session import storage

    return GcsBucket(storage(settings.project), name, CALLS)
