"""What an apply has done so far, from what Terraform says while it works."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

_DONE = {"create": "created", "update": "updated", "delete": "destroyed", "forget": "forgotten"}


@dataclass
class Progress:
    """Counts changes, and tells each.

    Attributes:
        name: The environment and stack.
        total: How many changes the plan has; a replacement is two.
        say: Told each change.
        done: How many were made.
        ended: Whether Terraform has come to the plan's end.
    """

    name: str
    total: int
    say: Callable[[str], None]
    done: int = field(default=0, init=False)
    ended: bool = field(default=False, init=False)

    def hear(self, entry: Mapping[str, Any]) -> None:
        """Takes one of Terraform's JSON lines."""
        kind, hook = entry.get("type"), entry.get("hook", {})
        action, address = hook.get("action", ""), hook.get("resource", {}).get("addr", "")
        if kind == "change_summary":
            self.ended = True
        elif action not in _DONE:  # reading is no change
            return
        elif kind == "apply_complete":
            self.done += 1
            self.say(f"{self._head} {_DONE[action]} {address} in {hook.get('elapsed_seconds', 0)} s")
        elif kind == "apply_progress":
            self.say(
                f"{self._head} {address} is not {_DONE[action]} after {hook.get('elapsed_seconds', 0)} s, going on"
            )
        elif kind == "apply_errored":
            self.say(f"{self._head} {address} could not be {_DONE[action]}")

    @property
    def so_far(self) -> str:
        """How much was applied, in words."""
        if self.done == 0:
            return f"nothing of it was applied to {self.name}"
        if self.ended and self.done >= self.total:
            return f"all {self.total} changes were applied to {self.name}"
        return f"{self.done} of {self.total} changes were applied to {self.name}"

    @property
    def _head(self) -> str:
        return f"apply: {self.name} {self.done}/{self.total}"
