"""`null_resource`: an id, for provisioners and triggers to hang on."""

from __future__ import annotations

import secrets

from isthmus.rehearsal.realize.base import Realizer, State
from isthmus.rehearsal.realize.state_only.kept import Kept


def resource(planned: State) -> State:
    """An id of digits."""
    return {"id": str(secrets.randbits(63))}


REALIZERS: dict[str, Realizer] = {"null_resource": Kept(resource)}
