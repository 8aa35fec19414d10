"""A Google Cloud for a test: started, found by Google's clients, and gone at the end.

with LocalGoogle() as google:
    publisher = pubsub_v1.PublisherClient()  # finds it by PUBSUB_EMULATOR_HOST
    client = storage.Client(project=google.project, credentials=AnonymousCredentials())
    google.advance(86400)  # a day later: lifecycle, retention and rotation have happened
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from isthmus.local.google.child import GoogleServer
from isthmus.local.google.config import DEFAULT_PROJECT


class LocalGoogle(GoogleServer):
    """A `GoogleServer` that sets the variables of Google's clients, and puts them back when it ends.

    Args:
        data_dir: Where everything is kept; a temporary directory unless told.
        project: The project id, the only one that is there.
        run_command: What Cloud Run services run in place of their image.
        owner: With this member, who may do everything, IAM policies are enforced.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        project: str = DEFAULT_PROJECT,
        run_command: Sequence[str] = (),
        *,
        owner: str = "",
    ) -> None:
        self._temporary = tempfile.TemporaryDirectory(prefix="local-google-") if data_dir is None else None
        place = data_dir if self._temporary is None else Path(self._temporary.name)
        super().__init__(place or Path(), project, run_command, only=True, owner=owner)
        self._before: dict[str, str | None] = {}

    def __enter__(self) -> LocalGoogle:
        self.start()
        self._before = {name: os.environ.get(name) for name in self.environment}
        os.environ.update(self.environment)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name, value in self._before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        self.stop()
        if self._temporary is not None:
            self._temporary.cleanup()
