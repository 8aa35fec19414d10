"""Resource types of Google Cloud made real on the local one, by type name."""

from __future__ import annotations

from isthmus.rehearsal.realize.base import Realizer
from isthmus.rehearsal.realize.google import kms, pubsub, run, storage

_MODULES = (kms, pubsub, run, storage)

REALIZERS: dict[str, Realizer] = {name: realizer for module in _MODULES for name, realizer in module.REALIZERS.items()}
