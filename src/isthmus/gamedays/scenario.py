"""A scenario: an experiment in Chaos Toolkit's format with criteria of success, read and checked before anything runs.

What Chaos Toolkit can't know is in its extension `isthmus`: the criteria and the runbook.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from isthmus.core.errors import ConfigurationError, IsthmusError, Several
from isthmus.gamedays.activity import Activity, read_activity
from isthmus.gamedays.criteria import Criterion
from isthmus.gamedays.faults import Fault
from isthmus.gamedays.located import Located, Path_, load

_T = TypeVar("_T")
FOLDER = "gamedays"
EXTENSION = "isthmus"
_TOP = ("version", "title", "description", "tags", "steady-state-hypothesis", "method", "rollbacks", "extensions")
_NEEDED = ("title", "description", "steady-state-hypothesis", "method", "rollbacks", "extensions")


@dataclass(frozen=True)
class Scenario:
    """A scenario that can be run.

    Attributes:
        name: The file's name without its suffix.
        title: In a few words.
        description: What happens and what is expected.
        tags: For people.
        criteria: Of success.
        runbook: What to read when it happens in earnest; from the project's root.
        steady_state: What must hold before and after.
        method: What is done.
        rollbacks: What is done whatever comes.
        experiment: All of it, as Chaos Toolkit takes it.
    """

    name: str
    title: str
    description: str
    tags: tuple[str, ...]
    criteria: tuple[Criterion, ...]
    runbook: str
    steady_state: tuple[Activity, ...]
    method: tuple[Activity, ...]
    rollbacks: tuple[Activity, ...]
    experiment: Mapping[str, Any] = field(repr=False)

    @property
    def faults(self) -> list[Fault]:
        """What it breaks."""
        return [activity.fault for activity in self.method if activity.fault is not None]


def names(root: Path) -> list[str]:
    """The scenarios of a project."""
    return sorted(path.stem for path in (root / FOLDER).glob("*.yaml"))


def find(root: Path, name: str) -> Scenario:
    """Reads a scenario by its name, or by the path of a file.

    Raises:
        ConfigurationError: There is none of that name, or it can't be run; with the file and line.
    """
    path = Path(name) if name.endswith((".yaml", ".yml")) else root / FOLDER / f"{name}.yaml"
    if not path.is_file():
        raise ConfigurationError(f"there is no scenario “{name}”", fix=f"use one of: {', '.join(names(root))}")
    return read(path, root)


def read(path: Path, root: Path) -> Scenario:
    """Reads and checks a scenario's file.

    Raises:
        ConfigurationError: It can't be run; with the file and line, and what is allowed, for each thing that is wrong.
    """
    where = str(path.relative_to(root)) if path.is_absolute() and path.is_relative_to(root) else str(path)
    return _Reader(load(path, where), root).scenario(path.stem)


class _Reader:
    def __init__(self, document: Located, root: Path) -> None:
        self._document = document
        self._root = root
        self._wrong: list[ConfigurationError] = []

    def scenario(self, name: str) -> Scenario:
        top = self._map((), self._document.value, _TOP, _NEEDED)
        own = self._extension(top["extensions"])
        hypothesis = self._map(
            ("steady-state-hypothesis",), top["steady-state-hypothesis"], ("title", "probes"), ("title", "probes")
        )
        found = Scenario(
            name=name,
            title=self._note(lambda: self._text(("title",), top["title"]), ""),
            description=self._note(lambda: self._text(("description",), top["description"]), ""),
            tags=self._note(lambda: self._tags(top.get("tags", [])), ()),
            criteria=self._note(lambda: self._criteria(own["criteria"]), ()),
            runbook=self._note(lambda: self._runbook(own["runbook"]), ""),
            steady_state=self._note(lambda: self._steady_state(hypothesis["probes"]), ()),
            method=self._note(lambda: self._method(top["method"]), ()),
            rollbacks=self._note(lambda: self._rollbacks(top["rollbacks"]), ()),
            experiment=top,
        )
        if len(self._wrong) > 1:
            raise Several(sorted(self._wrong, key=_line))
        if self._wrong:
            raise self._wrong[0]
        return found

    def _note(self, read: Callable[[], _T], instead: _T) -> _T:
        """Reads on after what is wrong, so that all of it is told at once."""
        try:
            return read()
        except ConfigurationError as error:
            self._wrong.append(error)
            return instead

    def _tags(self, value: Any) -> tuple[str, ...]:
        return tuple(self._text(("tags", n), tag) for n, tag in enumerate(self._list(("tags",), value)))

    def _steady_state(self, value: Any) -> tuple[Activity, ...]:
        return self._activities(("steady-state-hypothesis", "probes"), value, steady=True)

    def _method(self, value: Any) -> tuple[Activity, ...]:
        found = self._activities(("method",), value)
        if len(found) < len(value):
            return found
        order = [activity.function for activity in found]
        for needed in ("start_traffic", "stop_traffic", "await_whole"):
            if needed not in order:
                raise self._document.wrong(f"the method has no {needed}: nothing would be measured", ("method",))
        if not order.index("start_traffic") < order.index("stop_traffic") < order.index("await_whole"):
            raise self._document.wrong(
                "the method has start_traffic, stop_traffic and await_whole in another order", ("method",)
            )
        return found

    def _rollbacks(self, value: Any) -> tuple[Activity, ...]:
        found = self._activities(("rollbacks",), value)
        if len(found) == len(value) and "heal" not in [activity.function for activity in found]:
            raise self._document.wrong("the rollbacks don't heal", ("rollbacks",), "add the action heal")
        return found

    def _activities(self, at: Path_, value: Any, *, steady: bool = False) -> tuple[Activity, ...]:
        found = self._list(at, value)
        if not found:
            raise self._document.wrong(f"{at[-1]} is empty", at)
        read = [
            self._note(partial(read_activity, self._document, (*at, n), one, steady=steady), None)
            for n, one in enumerate(found)
        ]
        return tuple(activity for activity in read if activity is not None)

    def _extension(self, value: Any) -> dict[str, Any]:
        for number, one in enumerate(self._list(("extensions",), value)):
            if isinstance(one, dict) and one.get("name") == EXTENSION:
                allowed = ("name", "criteria", "runbook")
                self._at = ("extensions", number)
                return self._map(("extensions", number), one, allowed, allowed)
        raise self._document.wrong(f"there is no extension “{EXTENSION}”, which has the criteria", ("extensions",))

    def _criteria(self, value: Any) -> tuple[Criterion, ...]:
        at = (*self._at, "criteria")
        texts = self._list(at, value)
        if not texts:
            raise self._document.wrong("there are no criteria", at, "write one as: publisher_rto <= 2 s")
        read = [self._note(partial(self._criterion, (*at, number), text), None) for number, text in enumerate(texts)]
        return tuple(criterion for criterion in read if criterion is not None)

    def _criterion(self, at: Path_, value: Any) -> Criterion:
        text = self._text(at, value)
        try:
            return Criterion.parse(text)
        except ConfigurationError as error:
            raise self._document.wrong(error.what, at, error.fix) from None

    def _runbook(self, value: Any) -> str:
        at = (*self._at, "runbook")
        path = self._text(at, value)
        if not (self._root / path).is_file():
            raise self._document.wrong(f"there is no runbook {path}", at)
        return path

    def _map(self, at: Path_, value: Any, allowed: tuple[str, ...], needed: tuple[str, ...]) -> dict[str, Any]:
        return self._document.mapping(at, value, allowed, needed)

    def _list(self, at: Path_, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self._document.wrong(f"{at[-1]} is not a list", at)
        return value

    def _text(self, at: Path_, value: Any) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._document.wrong(f"{at[-1]} is not a text", at)
        return value


def _line(error: IsthmusError) -> int:
    """Where in the file; what has no line comes first."""
    line = error.where.rpartition(":")[2]
    return int(line) if line.isdigit() else 0
