"""The data sources that the rehearsal answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from isthmus.rehearsal.resources.data_sources import aws, aws_places, google, google_agents, policy_document
from isthmus.rehearsal.session import Session

Reader = Callable[[dict[str, Any], Session], dict[str, Any]]
"""Takes the configuration and the session; returns the values found."""

READERS: Mapping[str, Reader] = {
    **aws.READERS,
    **aws_places.READERS,
    **google.READERS,
    **google_agents.READERS,
    "aws_iam_policy_document": policy_document.read,
}
"""By data source type."""

LIVE: Mapping[str, Reader] = {**aws.LIVE, **google.LIVE}
"""Those that the local clouds answer, where they are up."""
