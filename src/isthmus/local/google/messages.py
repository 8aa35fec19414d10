"""Google's message types without the clients that their packages bring: a server needs no client of itself."""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec, module_from_spec

_PACKAGES = ("google.pubsub_v1", "google.cloud.kms_v1")


def leave_out_clients() -> None:
    """Lets this process import `types` of Google's packages alone, which spares it 30 MiB and 0.2 s.

    For a process that is nothing but the server, before anything of these packages is imported: their clients can't be
    had in it afterwards. A package that is there already stays as it is.
    """
    for name in _PACKAGES:
        spec = find_spec(name)
        if name in sys.modules or spec is None:
            continue
        # Its folder is known by it, and its __init__, which imports the clients, is never run.
        sys.modules[name] = module_from_spec(spec)
        parent, _, child = name.rpartition(".")
        setattr(importlib.import_module(parent), child, sys.modules[name])
