"""A console without clouds: its server, and who may talk to it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from isthmus.console.guard import CSRF_HEADER, Keys
from isthmus.console.server import Console
from isthmus.local.rundir import RunDirectory

PORT = 23456


@pytest.fixture
def keys() -> Keys:
    """What lets people in."""
    return Keys("the-token", PORT)


@pytest.fixture
def console(tmp_path: Path, keys: Keys) -> Console:
    """A console of a run that is not up."""
    return Console(RunDirectory(tmp_path / "run"), keys)


@pytest.fixture
def stranger(console: Console) -> Iterator[TestClient]:
    """Somebody who has nothing but the address."""
    with TestClient(console.app(), base_url=f"http://127.0.0.1:{PORT}", follow_redirects=False) as client:
        yield client


@pytest.fixture
def browser(stranger: TestClient, keys: Keys) -> TestClient:
    """The browser of who started the run, on the console's own page."""
    stranger.get("/?token=the-token")
    stranger.headers[CSRF_HEADER] = keys.csrf
    stranger.headers["origin"] = f"http://127.0.0.1:{PORT}"
    return stranger
