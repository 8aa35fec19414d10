"""Errands run in processes of their own, each kind once at a time, and tell what went wrong."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from isthmus.console.children import Children
from isthmus.core.errors import Refused
from isthmus.local.rundir import RunDirectory


@pytest.fixture
def children(tmp_path: Path) -> Children:
    """The errands of a run that is not up."""
    return Children(RunDirectory(tmp_path / "run"))


def test_an_errand_s_result_comes_back(children: Children) -> None:
    found: list[dict[str, Any]] = asyncio.run(children.send("scenarios"))
    assert "aws-outage" in {one["name"] for one in found}
    assert all(one["criteria"] for one in found)


@pytest.mark.parametrize(
    ("name", "arguments", "what"),
    [
        ("nonsense", (), "there is no errand “nonsense”"),
        ("letters", (), "the clouds are not up"),
        ("producer", ("0",), "the pace is 0"),
        ("gameday", ("nothing",), "there is no scenario “nothing”"),
    ],
)
def test_what_an_errand_could_not_do_is_told(
    children: Children, name: str, arguments: tuple[str, ...], what: str
) -> None:
    with pytest.raises(Refused) as told:
        asyncio.run(children.send(name, *arguments))
    assert told.value.what == what
    assert told.value.fix
    assert not children.is_open(name)


def test_the_same_errand_is_not_run_twice_at_once(children: Children) -> None:
    async def twice() -> list[Any]:
        return await asyncio.gather(children.send("scenarios"), children.send("scenarios"), return_exceptions=True)

    first, second = asyncio.run(twice())
    assert isinstance(first, list)
    assert isinstance(second, Refused)


def test_an_errand_that_is_interrupted_says_so_and_leaves_nothing(children: Children) -> None:
    async def interrupted() -> BaseException:
        sending = asyncio.ensure_future(children.send("scenarios"))
        while not children.interrupt("scenarios"):
            await asyncio.sleep(0.01)
        (found,) = await asyncio.gather(sending, return_exceptions=True)
        assert isinstance(found, BaseException)
        return found

    assert isinstance(asyncio.run(interrupted()), Refused)
    assert not children.is_open("scenarios")
