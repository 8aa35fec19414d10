"""What every realizer does around its own calls: errors in Terraform's words, adoption, drift."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, ClassVar

from isthmus.rehearsal.convert.values import UNKNOWN
from isthmus.rehearsal.realize.base import Context, RealizeError, State
from isthmus.rehearsal.realize.states import agrees, complete, refreshed, text

Found = Mapping[str, Any]
"""A resource's values as the cloud has them, by the provider's attribute names."""


class Resource(ABC):
    """A realizer of one resource type, in terms of four calls: make, find, change, remove.

    Attributes:
        label: The type in the words of the real provider's errors.
        named_by: The attribute that errors name the resource by.
        volatile: Computed attributes that change by themselves; read after a create or update only.
        fresh: Further computed attributes that every update makes anew.
    """

    label: ClassVar[str]
    named_by: ClassVar[str] = "id"
    volatile: ClassVar[Collection[str]] = ()
    fresh: ClassVar[Collection[str]] = ()

    def create(self, planned: State, ctx: Context) -> State:
        """Makes the resource, or takes over an equal one that a cut-off apply left behind."""
        with self._reporting("creating", planned):
            try:
                identity = self.make(planned, ctx)
            except self.failures() as error:
                if not self.exists(error) or (found := self._equal(planned, ctx)) is None:
                    raise
                # Terraform keeps a resource only when its create has answered. A process that was killed in between
                # left it in the cloud and not in the state; as it is what the plan asks for, it is ours.
                identity = found
            return self._finished({**planned, **identity}, planned, ctx)

    def read(self, state: State, ctx: Context) -> State | None:
        """The state as the cloud has it; None when the resource is gone."""
        with self._reporting("reading", state):
            found = self._found(state, ctx)
            if found is None:
                return None
            kept = {name for name in self.volatile if state.get(name) is not None}
            return refreshed(state, {name: value for name, value in found.items() if name not in kept})

    def update(self, prior: State, planned: State, ctx: Context) -> State:
        """Changes what differs, and only that."""
        with self._reporting("updating", prior):
            self.change(prior, planned, ctx)
            return self._finished({**prior, **_known(planned)}, planned, ctx)

    def delete(self, state: State, ctx: Context) -> None:
        """Removes the resource; gone already is success."""
        with self._reporting("deleting", state):
            try:
                self.remove(state, ctx)
            except self.failures() as error:
                if not self.gone(error):
                    raise

    @abstractmethod
    def make(self, planned: State, ctx: Context) -> Found:
        """Makes it and returns what `find` needs to find it."""

    @abstractmethod
    def find(self, state: State, ctx: Context) -> Found | None:
        """Everything that the cloud says of it."""

    @abstractmethod
    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Makes the differences between the two."""

    @abstractmethod
    def remove(self, state: State, ctx: Context) -> None:
        """Removes it."""

    @abstractmethod
    def failures(self) -> tuple[type[Exception], ...]:
        """The errors of the SDK."""

    @abstractmethod
    def gone(self, error: Exception) -> bool:
        """Whether an error says that there is no such resource."""

    @abstractmethod
    def exists(self, error: Exception) -> bool:
        """Whether an error says that there is one already."""

    def _finished(self, identity: State, planned: State, ctx: Context) -> State:
        found = self.find(identity, ctx)
        if found is None:
            raise RealizeError(f"{self.label} is not there after it was made", text(identity, self.named_by))
        return complete(planned, found, {*self.volatile, *self.fresh})

    def _equal(self, planned: State, ctx: Context) -> Found | None:
        found = self._found(planned, ctx)
        return found if found is not None and agrees(planned, found) else None

    def _found(self, state: State, ctx: Context) -> Found | None:
        try:
            return self.find(state, ctx)
        except self.failures() as error:
            if self.gone(error):
                return None
            raise

    @contextmanager
    def _reporting(self, doing: str, values: State) -> Iterator[None]:
        try:
            yield
        except self.failures() as error:
            name = text(values, self.named_by) or text(values, "id")
            raise RealizeError(f"{doing} {self.label} ({name})", str(error)) from error


def _known(planned: State) -> State:
    return {name: value for name, value in planned.items() if value is not UNKNOWN}
