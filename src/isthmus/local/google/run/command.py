"""The process of a service: what it is started with."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from isthmus.local.google.run.probe import Probe

#: Names that Cloud Run sets itself and takes from nobody.
RESERVED = frozenset({"PORT", "K_SERVICE", "K_REVISION", "K_CONFIGURATION"})
#: What the server may hold for itself and a service has no business with: real credentials of whoever started it.
_SECRETS = re.compile(r"GOOGLE_APPLICATION_CREDENTIALS|CLOUDSDK_.*|ISTHMUS_API_KEY")


@dataclass(frozen=True)
class Launch:
    """A process of a revision.

    Attributes:
        command: Program and arguments.
        environment: All of its environment.
        port: The loopback port that it must listen on.
        log: The file that its output is appended to.
        probe: What it must answer to count as started.
    """

    command: tuple[str, ...]
    environment: Mapping[str, str]
    port: int
    log: Path
    probe: Probe

    def last_lines(self, count: int = 5) -> str:
        """The end of its log, for a message."""
        try:
            with self.log.open("rb") as file:
                file.seek(max(0, self.log.stat().st_size - 4096))
                lines = file.read().decode(errors="replace").strip().splitlines()
        except OSError:
            return ""
        return "\n".join(lines[-count:])


def inherited() -> dict[str, str]:
    """The server's environment without what is the server's alone."""
    return {name: value for name, value in os.environ.items() if not _SECRETS.fullmatch(name)}
