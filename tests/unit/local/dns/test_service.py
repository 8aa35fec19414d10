"""The routes of DNS in the control process refuse what can't be meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from isthmus.local.control.service import Context
from isthmus.local.dns.service import Dns
from isthmus.local.rundir import RunDirectory


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    return TestClient(Starlette(routes=list(Dns().routes(Context(RunDirectory(tmp_path))))))


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/speed", {"speed": 0, "seconds": 1}, "speed is 0"),
        ("/speed", {"speed": 61, "seconds": 1}, "speed is 61"),
        ("/speed", {"speed": True, "seconds": 1}, "speed is True"),
        ("/speed", {"speed": 2}, "seconds is None"),
        ("/outage", {"cloud": "azure"}, "one of aws, gcp"),
        ("/outage", {"cloud": "aws", "how": "loudly"}, "silent, servfail"),
        ("/outage", "aws", "cloud is None"),
    ],
)
def test_what_can_not_be_meant_is_refused(client: TestClient, path: str, body: Any, said: str) -> None:
    answer = client.post(path, json=body)
    assert answer.status_code == 400
    assert said in answer.json()["error"]


def test_an_outage_begins_and_ends(client: TestClient) -> None:
    assert client.post("/outage", json={"cloud": "gcp"}).json() == {"aws": "", "gcp": "silent"}
    assert client.get("/status").json()["authorities"]["gcp"]["outage"] == "silent"
    assert client.post("/outage", json={"cloud": "gcp", "how": ""}).json() == {"aws": "", "gcp": ""}


def test_before_the_edge_is_made_there_is_no_zone(client: TestClient) -> None:
    assert {one["zone"] for one in client.get("/status").json()["authorities"].values()} == {None}
