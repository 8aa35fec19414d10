"""The saved queues of the local AWS before it starts again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from isthmus.local import queues


def saved(folder: Path, *messages: dict[str, Any]) -> Path:
    """A state as ministack 1.5.33 writes it."""
    url = "http://localhost:1000/000000000000/q"
    queue = {"url": url, "messages": list(messages)}
    data = {f"000000000000\0us-east-1\0'{url}'": queue}
    file = folder / "sqs.json"
    file.write_text(json.dumps({"__ministack_format__": 2, "payload": {"queues": {"data": data}}}))
    return file


def test_queues_move_to_the_port(tmp_path: Path) -> None:
    """In their URLs and in the keys."""
    file = saved(tmp_path)
    assert queues.prepare(tmp_path, 2000)
    assert ":1000/" not in file.read_text()
    assert file.read_text().count(":2000/") == 2


def test_a_message_that_a_function_held_when_the_cloud_ended_is_seen_at_once(tmp_path: Path) -> None:
    """Nobody will answer for it any more; one that was sent with a delay keeps it."""
    held = {"body": "a", "receipt_handle": "r", "visible_at": 9e9}
    delayed = {"body": "b", "receipt_handle": None, "visible_at": 9e9}
    file = saved(tmp_path, held, delayed)
    assert queues.prepare(tmp_path, 1000)
    (queue,) = json.loads(file.read_text())["payload"]["queues"]["data"].values()
    assert [message["visible_at"] for message in queue["messages"]] == [0, 9e9]


def test_what_is_well_is_left_alone(tmp_path: Path) -> None:
    """No write, no change."""
    before = saved(tmp_path, {"body": "a", "receipt_handle": None, "visible_at": 1}).read_text()
    assert not queues.prepare(tmp_path, 1000)
    assert (tmp_path / "sqs.json").read_text() == before


@pytest.mark.parametrize("text", ["", "{", '{"payload"'])
def test_a_state_that_is_cut_off_does_not_stop_the_start(tmp_path: Path, text: str) -> None:
    """The local AWS starts without it; what the other cloud still has is copied back."""
    (tmp_path / "sqs.json").write_text(text)
    assert not queues.prepare(tmp_path, 1000)
    assert not queues.prepare(tmp_path / "none", 1000)
