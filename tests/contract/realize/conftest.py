"""The local clouds of a test session, plans as the provider stand-in makes them, and the life of a resource."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import pytest

from isthmus.rehearsal.convert.schema import Block, from_compact
from isthmus.rehearsal.convert.values import UNKNOWN, has_unknown
from isthmus.rehearsal.realize.aws import REALIZERS as AWS
from isthmus.rehearsal.realize.base import Context, Realizer
from isthmus.rehearsal.realize.google import REALIZERS as GOOGLE
from isthmus.rehearsal.resources.store import catalogue

State = dict[str, Any]


@pytest.fixture(scope="session", params=["false", "true"], ids=["open", "auth"])
def aws_endpoint(
    request: pytest.FixtureRequest, local_aws: Callable[[str], AbstractContextManager[str]]
) -> Iterator[str]:
    """A local AWS of this session's own; with its policies enforced, too: what works only without them lacks one."""
    with local_aws(request.param) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def aws(aws_endpoint: str) -> Lifecycles:
    """Lives of AWS resources."""
    return Lifecycles(Context(aws_endpoint=aws_endpoint), AWS)


@pytest.fixture(scope="session")
def google(local_google: Context) -> Lifecycles:
    """Lives of Google Cloud resources, on a local one of this session's own."""
    return Lifecycles(local_google, GOOGLE)


@dataclass(frozen=True)
class Lifecycles:
    """Takes resources through their lives.

    Attributes:
        ctx: Where the local clouds are.
        realizers: By type name.
    """

    ctx: Context
    realizers: Mapping[str, Realizer]

    def create(self, type_name: str, **config: Any) -> State:
        """Creates, and checks that nothing is unknown and that a refresh finds the same."""
        state = self.realizers[type_name].create(planned(type_name, config), self.ctx)
        assert not has_unknown(state), f"unknown: {[name for name in state if has_unknown(state[name])]}"
        assert state["id"]
        for name, value in config.items():
            if not isinstance(value, list):
                assert state[name] == value
        self.assert_settled(type_name, state)
        return state

    def update(self, type_name: str, prior: State, **config: Any) -> State:
        """Updates, and checks that a refresh finds what was asked for."""
        state = self.realizers[type_name].update(prior, planned(type_name, config, prior), self.ctx)
        assert not has_unknown(state)
        assert state["id"] == prior["id"]
        self.assert_settled(type_name, state)
        return state

    def assert_settled(self, type_name: str, state: State) -> None:
        """A second plan has no changes: reading gives the state itself."""
        found = self.realizers[type_name].read(state, self.ctx)
        assert found is not None, "just made, and not found"
        assert {name: found[name] for name in found if found[name] != state.get(name)} == {}

    def read(self, type_name: str, state: State) -> State | None:
        """The state as the cloud has it."""
        return self.realizers[type_name].read(state, self.ctx)

    def delete(self, type_name: str, state: State) -> None:
        """Deletes twice: the second finds nothing, and is fine."""
        self.realizers[type_name].delete(state, self.ctx)
        self.realizers[type_name].delete(state, self.ctx)

    def assert_gone(self, type_name: str, state: State) -> None:
        """Reading finds nothing."""
        assert self.realizers[type_name].read(state, self.ctx) is None


def schema(type_name: str) -> Block:
    """The schema of a resource type."""
    return from_compact(catalogue(type_name.split("_")[0]).block("r", type_name))


def planned(type_name: str, config: State, prior: State | None = None) -> State:
    """The plan for a configuration: what is computed is unknown at first, and kept later."""
    return _plan(schema(type_name), _with_all_tags(type_name, config), prior)


def _with_all_tags(type_name: str, config: State) -> State:
    known = schema(type_name).attributes
    if "tags_all" in known:
        return {**config, "tags_all": {"managed_by": "terraform", **config.get("tags", {})}}
    if "effective_labels" in known:
        labels = {"managed_by": "terraform", **config.get("labels", {})}
        return {**config, "effective_labels": labels, "terraform_labels": labels}
    return config


def _plan(block: Block, config: State, prior: State | None) -> State:
    unknown = set(config) - set(block.attributes) - set(block.blocks)
    assert not unknown, f"the schema has no {unknown}"
    plan: State = {}
    for name, attribute in block.attributes.items():
        if name in config:
            plan[name] = config[name]
        elif attribute.computed:
            plan[name] = UNKNOWN if prior is None else prior.get(name)
        else:
            plan[name] = None
    for name, nested in block.blocks.items():
        items = config.get(name, [])
        before = (prior or {}).get(name) or []
        pairs = zip(items, before, strict=True) if len(before) == len(items) else ((item, None) for item in items)
        plan[name] = None if nested.mode == "single" else [_plan(nested.block, item, old) for item, old in pairs]
    return plan
