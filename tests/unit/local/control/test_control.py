"""The control process keeps its services running and answers only who knows the run's token."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route
from starlette.testclient import TestClient

from isthmus.core.errors import ConfigurationError, Refused
from isthmus.local import parts
from isthmus.local.control import server
from isthmus.local.control.client import ControlClient
from isthmus.local.control.server import Control
from isthmus.local.control.service import Context, Service, load
from isthmus.local.endpoints import url
from isthmus.local.errors import NotUp
from isthmus.local.process import wait_until
from isthmus.local.rundir import RunDirectory
from isthmus.local.supervise import Supervisor

TOKEN = {"Authorization": "Bearer secret"}


def service(name: str, run: Callable[[Context], Awaitable[None]]) -> Service:
    """A service whose only route tells its name."""

    async def answer(request: Request) -> JSONResponse:
        return JSONResponse({"name": name})

    def routes(context: Context) -> Sequence[BaseRoute]:
        return (Route("/name", answer),)

    return Service(name, f"does {name}", run, routes)


async def forever(context: Context) -> None:
    """Works until it is cancelled."""
    await asyncio.Event().wait()


@pytest.fixture
def client(run: RunDirectory) -> Iterator[TestClient]:
    """A control process with one service that works and one that fails."""

    async def fail(context: Context) -> None:
        raise ValueError("no zone")

    control = Control(Context(run), (service("good", forever), service("bad", fail)))
    with TestClient(control.app("secret")) as client:
        yield client


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer wrong"}, {"Authorization": "secret"}])
def test_a_request_without_the_token_is_refused(client: TestClient, headers: dict[str, str]) -> None:
    assert client.get("/good/name", headers=headers).status_code == 401


def test_each_service_answers_below_its_name(client: TestClient) -> None:
    assert client.get("/good/name", headers=TOKEN).json() == {"name": "good"}
    assert client.get("/bad/name", headers=TOKEN).json() == {"name": "bad"}


def test_a_service_that_fails_is_started_again_and_does_not_end_the_others(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def status() -> dict[str, dict[str, object]]:
        return dict(client.get("/status", headers=TOKEN).json())

    assert wait_until(lambda: status()["bad"]["failures"] != 0, 5)
    assert status()["bad"]["error"] == "ValueError: no zone"
    assert status()["good"] == {"says": "does good", "failures": 0, "error": ""}


def test_what_is_no_service_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"isthmus\.nothing"):
        load(["isthmus.nothing"])
    with pytest.raises(ConfigurationError, match="SERVICE"):
        load([server.__name__])


def test_the_process_answers_its_client_and_nobody_else(run: RunDirectory) -> None:
    run.update(control_token="secret")
    supervisor = Supervisor(run)
    assert supervisor.ensure("control")
    try:
        assert set(ControlClient(run).call("GET", "/status")) == {load([name])[0].name for name in parts.SERVICES}
        with pytest.raises(Refused):
            ControlClient(run).call("GET", "/nothing")
        assert httpx.get(url(run.read().ports["control.http"]) + "/status").status_code == 401
    finally:
        supervisor.stop("control")
    with pytest.raises(NotUp):
        ControlClient(run)
