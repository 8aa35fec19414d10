"""A resource that is made once and then only remembered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from isthmus.rehearsal.realize.base import Context, State


@dataclass(frozen=True)
class Kept:
    """A realizer of a type that lives in the state alone.

    Attributes:
        made: Gives the computed values of a planned resource.
        over: Whether a stored resource has come to its end and has to be made anew.
    """

    made: Callable[[State], State]
    over: Callable[[State], bool] = lambda state: False

    def create(self, planned: State, ctx: Context) -> State:
        """The planned values with the computed ones."""
        return {**planned, **self.made(planned)}

    def read(self, state: State, ctx: Context) -> State | None:
        """The stored values; None when they are over."""
        return None if self.over(state) else state

    def update(self, prior: State, planned: State, ctx: Context) -> State:
        """The planned values; what was computed at first stays."""
        return {**prior, **{name: value for name, value in planned.items() if value is not None}}

    def delete(self, state: State, ctx: Context) -> None:
        """Nothing is anywhere."""
