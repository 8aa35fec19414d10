"""The tutorials, walked: what they say to type, in its order, in one clone and on one run of the clouds."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from waiting import until
from walking import TUTORIALS, Clone, blocks

PAGES = ("first-events.md", "first-change.md", "first-game-day.md", "your-own-handler.md")


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Clone]:
    """Stopped as the pages say, which must end well."""
    made = Clone.make(tmp_path)
    yield made
    (last,) = {block for page in PAGES for block in blocks(page) if block.kind == "last"}
    made.walk(last)


@pytest.mark.timeout(900)
def test_the_tutorials_can_be_walked(clone: Clone) -> None:
    """Each block comes to what its page says; in the end the reader's handler has had all three orders."""
    for page in PAGES:
        for block in blocks(page):
            if block.kind != "last":
                clone.walk(block)
    logs = "isthmus logs aws.orders\nisthmus logs gcp.orders"
    assert until(lambda: _handled(clone.type(logs).stdout) >= 3, 90), clone.type(logs)


def _handled(said: str) -> int:
    """How many events the handler's own lines tell, on whichever cloud took them in."""
    return sum(int(number) for number in re.findall(r'"message":"orders".*?"events":(\d+)', said))


@pytest.mark.parametrize("page", PAGES)
def test_nothing_that_a_tutorial_says_to_type_is_left_out(page: str) -> None:
    """All but the set-up, which whoever runs this has done."""
    shown = re.findall(r"```(?:sh|hcl|yaml)\n(.*?)```", (TUTORIALS / page).read_text("utf-8"), re.DOTALL)
    walked = {block.text for block in blocks(page)}
    assert [text for text in shown if text not in walked and not text.startswith("make setup\n")] == []
    assert len(walked) >= 5
