"""What the realizers of Google Cloud share: error classes, durations, IAM members."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping
from typing import Any

import requests.exceptions
from google.api_core.exceptions import AlreadyExists, Conflict, GoogleAPIError, NotFound, PreconditionFailed

from isthmus.rehearsal.realize.base import Context, State
from isthmus.rehearsal.realize.resource import Found, Resource
from isthmus.rehearsal.realize.states import text

Policy = Any


class GoogleResource(Resource):
    """A realizer of a Google Cloud type."""

    def project(self, values: Mapping[str, Any], ctx: Context) -> str:
        """The resource's project: its own, else the provider's."""
        return ctx.google_project(text(values, "project") or ctx.project)

    def failures(self) -> tuple[type[Exception], ...]:
        """The errors of Google's clients."""
        return (GoogleAPIError, requests.exceptions.RequestException)

    def gone(self, error: Exception) -> bool:
        """By the error's class."""
        return isinstance(error, NotFound)

    def exists(self, error: Exception) -> bool:
        """By the error's class."""
        return isinstance(error, AlreadyExists | Conflict)


class Member(GoogleResource):
    """One member of one role of a resource's IAM policy.

    Args:
        label: The type in words.
        change_policy: Applies an edit of (role → members) to the policy of a state's resource; None only reads.
        resource: The resource's full name, from a state.
    """

    named_by = "id"
    volatile = ("etag",)

    def __init__(
        self,
        label: str,
        change_policy: Callable[[State, Context, Callable[[dict[str, set[str]]], None] | None], Bindings],
        resource: Callable[[State, Context], str],
    ) -> None:
        self.label = label  # type: ignore[misc]
        self._change_policy = change_policy
        self._resource = resource

    def make(self, planned: State, ctx: Context) -> Found:
        """Adds the member; one that is there already stays."""
        self._edit(planned, ctx, lambda roles: roles.setdefault(planned["role"], set()).add(planned["member"]))
        return {}

    def find(self, state: State, ctx: Context) -> Found | None:
        """The member, while its role has it."""
        roles, etag = self._change_policy(state, ctx, None)
        if state["member"] not in roles.get(state["role"], set()):
            return None
        resource = self._resource(state, ctx)
        project = {"project": self.project(state, ctx)} if "project" in state else {}
        return {"id": f"{resource}/{state['role']}/{state['member']}", "etag": etag, **project}

    def change(self, prior: State, planned: State, ctx: Context) -> None:
        """Nothing of a member can be changed in place."""

    def remove(self, state: State, ctx: Context) -> None:
        """Takes the member out."""
        self._edit(state, ctx, lambda roles: roles.get(state["role"], set()).discard(state["member"]))

    def _edit(self, state: State, ctx: Context, edit: Edit) -> None:
        """Edits the policy again when another member's edit came in between, as the real provider does."""
        for attempt in range(_TRIES):
            try:
                self._change_policy(state, ctx, edit)
            except (Conflict, PreconditionFailed):
                if attempt == _TRIES - 1:
                    raise
                time.sleep(random.uniform(0, 0.02 * (attempt + 1)))  # noqa: S311 - spreads the tries
            else:
                return


_TRIES = 20
Bindings = tuple[dict[str, set[str]], str]
Edit = Callable[[dict[str, set[str]]], None] | None


def edit_grpc_policy(client: Any, resource: str, edit: Edit) -> Bindings:
    """Reads the policy of a resource that speaks google.iam.v1, edits it and writes it back."""
    policy = client.get_iam_policy(request={"resource": resource})
    roles = {binding.role: set(binding.members) for binding in policy.bindings}
    if edit is not None:
        edit(roles)
        bindings = [{"role": role, "members": sorted(members)} for role, members in sorted(roles.items()) if members]
        request = {"resource": resource, "policy": {"bindings": bindings, "etag": policy.etag}}
        policy = client.set_iam_policy(request=request)
    return roles, policy.etag.hex()


def seconds(value: Any) -> str:
    """A duration as the provider writes it: `600s`."""
    total = value.total_seconds()
    return f"{total:g}s" if total % 1 else f"{int(total)}s"
