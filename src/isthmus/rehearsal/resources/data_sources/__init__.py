"""The data sources that the rehearsal answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from isthmus.rehearsal.resources.data_sources import aws, google, policy_document
from isthmus.rehearsal.session import Session

Reader = Callable[[dict[str, Any], Session], dict[str, Any]]
"""Takes the configuration and the session; returns the values found."""

READERS: Mapping[str, Reader] = {
    **aws.READERS,
    **google.READERS,
    "aws_iam_policy_document": policy_document.read,
}
"""By data source type."""
