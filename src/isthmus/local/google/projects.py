"""The projects that there are: those that the server is started with, and those that were added since."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

_ID = re.compile(r"[^\s/]+")


class Projects:
    """Knows them; what was added outlives the server.

    Args:
        path: The file, an id a line.
        named: Those that the server is started with; none lets every project be there.
    """

    def __init__(self, path: Path, named: Iterable[str] = ()) -> None:
        self._path, self._named = path, frozenset(named)
        self._added = set(path.read_text("utf-8").split()) if path.exists() else set()

    def __contains__(self, project: object) -> bool:
        return not self._named or project in self._named or project in self._added

    def add(self, project: str) -> None:
        """Lets a project be there from now on. ValueError for what can't be an id."""
        if not _ID.fullmatch(project):
            raise ValueError(f"{project!r} is not a project id")
        if project in self._added:
            return
        part = self._path.with_suffix(".part")
        with part.open("w", encoding="utf-8") as file:
            file.write("".join(f"{one}\n" for one in sorted(self._added | {project})))
            file.flush()
            os.fsync(file.fileno())
        part.replace(self._path)
        self._added.add(project)
