"""An SDK's error is told by what lies below it."""

from __future__ import annotations

import socket

import pytest
import requests

from isthmus.adapters.causes import cause


@pytest.fixture
def closed_port() -> int:
    """A port where nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_a_refused_connection_is_called_so(closed_port: int) -> None:
    with pytest.raises(requests.ConnectionError) as raised:
        requests.get(f"http://127.0.0.1:{closed_port}", timeout=5)
    assert cause(raised.value) == "Connection refused"


def test_no_answer_in_time_is_called_so() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(requests.ReadTimeout) as raised:
        requests.get(f"http://127.0.0.1:{silent.getsockname()[1]}", timeout=0.1)
    assert cause(raised.value) == "no answer in time"


def test_what_has_no_fault_below_it_is_told_in_its_own_words() -> None:
    assert cause(ValueError("AccessDenied: not yours")) == "AccessDenied: not yours"
