"""The console's routes: its stream, and what is refused with what to do about it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from isthmus.console import server
from isthmus.console.server import STATIC, Console
from isthmus.local.rundir import RunDirectory


async def first(console: Console, number: int, count: int) -> list[str]:
    """The first pieces of a stream."""
    stream = console._stream(number)
    found = [await anext(stream) for _ in range(count)]
    await stream.aclose()
    return found


def test_a_stream_greets_and_tells_what_is_known_with_an_id_to_go_on_from(console: Console) -> None:
    console.hub.keep("links", {"value": 1})
    hello, told = asyncio.run(first(console, 0, 2))
    assert hello == f'event: hello\ndata: {{"epoch": "{console.hub.epoch}", "resumed": false}}\n\n'
    assert told == f'id: {console.hub.epoch}-1\nevent: links\ndata: {{"value":1}}\n\n'


def test_a_resumed_stream_leaves_out_what_was_told(console: Console) -> None:
    console.hub.keep("links", 1)
    console.hub.keep("slo", 2)
    hello, told = asyncio.run(first(console, 1, 2))
    assert '"resumed": true' in hello
    assert "event: slo" in told


def test_a_silent_stream_beats(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "BEAT_SECONDS", 0.01)
    assert asyncio.run(first(console, 0, 2))[1] == "event: beat\ndata: {}\n\n"


def test_too_many_streams_are_refused(browser: TestClient, console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "READERS_MAX", 0)
    answer = browser.get("/events")
    assert (answer.status_code, answer.json()["fix"]) == (503, "close some")


@pytest.mark.parametrize(
    ("path", "body", "what"),
    [
        ("/api/break", {"cloud": "azure"}, "the fault proxies do not run"),
        ("/api/break", {}, "cloud is None, not a text"),
        ("/api/break", {"cloud": "aws", "how": "explode"}, "“explode” is not a fault"),
        ("/api/heal", {"cloud": 7}, "cloud is 7, not a text"),
        ("/api/start/gameday", {"name": "../x"}, "there is no scenario “../x”"),
        ("/api/start/producer", {"events_per_second": "many"}, "the pace is 'many'"),
        ("/api/start/producer", {"events_per_second": 10**400}, "the pace is 1000"),
        ("/api/start/producer", {"events_per_second": -5}, "the pace is -5"),
        ("/api/start/rocket", {}, "“rocket” can't be started"),
        ("/api/ask/secrets", {}, "“secrets” can't be done"),
        ("/api/ask/redrive", {"frame": "a b"}, "“a b” is not the id of a frame"),
    ],
)
def test_what_can_t_be_done_is_refused_with_the_reason(
    browser: TestClient, path: str, body: dict[str, object], what: str
) -> None:
    answer = browser.post(path, json=body)
    assert answer.status_code in (400, 409)
    assert answer.json()["error"].startswith(what)


@pytest.mark.parametrize("text", ["[1]", "nonsense", "[" * 10_000, '"' + "x" * server.BODY_BYTES_MAX + '"'])
def test_a_body_that_is_no_object_is_refused(browser: TestClient, text: str) -> None:
    assert browser.post("/api/heal", content=text).status_code == 400


def test_half_a_surrogate_pair_is_refused(browser: TestClient) -> None:
    """It can't be told in an answer."""
    answer = browser.post("/api/break", content=r'{"cloud": "\ud800"}')
    assert (answer.status_code, answer.json()["error"]) == (400, r"cloud is '\ud800', which can't be printed")


@pytest.mark.parametrize("minutes", ["9" * 5_000, "٣", "-1", ""])
def test_minutes_that_are_no_number_are_refused(browser: TestClient, minutes: str) -> None:
    answer = browser.get("/api/history", params={"metric": "isthmus.cost.rate", "minutes": minutes})
    assert (answer.status_code, answer.json()["error"]) == (400, "a metric and a number of minutes are needed")


def test_a_trace_and_a_report_that_are_not_there_are_said_so(browser: TestClient) -> None:
    assert browser.get("/api/traces/abc").json()["error"] == "there is no trace abc"
    assert browser.get("/api/gamedays/report").json()["error"] == "there is no report yet"


def test_a_report_can_t_run_scripts(browser: TestClient, tmp_path: Path) -> None:
    folder = RunDirectory(tmp_path / "run").root / "gamedays" / "one"
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<p>passed</p>")
    answer = browser.get("/api/gamedays/report")
    assert answer.text == "<p>passed</p>"
    assert "sandbox" in answer.headers["content-security-policy"]


def test_every_module_that_the_page_loads_is_there() -> None:
    names = {path.name for path in STATIC.glob("*.js")}
    for path in STATIC.glob("*.js"):
        for line in path.read_text("utf-8").splitlines():
            if line.startswith("import ") and '"./' in line:
                assert (STATIC / line.rpartition('"./')[2].rstrip('";')).is_file(), f"{path.name}: {line}"
    assert {"main.js", "theme.js"} <= names


def test_the_chart_library_is_the_release_that_notice_names() -> None:
    import hashlib

    digest = hashlib.sha256((STATIC / "vendor" / "uplot.js").read_bytes()).hexdigest()
    notice = (Path(__file__).resolve().parents[3] / "NOTICE").read_text("utf-8")
    assert f"uPlot 1.6.32 (MIT, SHA-256 of uplot.js {digest})" in " ".join(notice.split())


def test_the_address_holds_the_key(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from isthmus.cli.console import address
    from isthmus.local import process
    from isthmus.local.rundir import PartRecord, RunRecord

    run = RunDirectory(tmp_path / "run")
    run.create()
    assert address(run) is None
    import os

    part = PartRecord(os.getpid(), process.identity(os.getpid()) or "", "")
    run.write(RunRecord(ports={"console.http": 1234}, parts={"console": part}, console_token="key"))
    assert address(run) == "http://127.0.0.1:1234/?token=key"
    assert json.loads(run.record_file.read_text())["console_token"] == "key"


def test_a_wheel_has_every_file_of_the_page() -> None:
    import tomllib
    from fnmatch import fnmatch

    project = tomllib.loads((Path(__file__).resolve().parents[3] / "pyproject.toml").read_text("utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["*"]
    files = [path.name for path in STATIC.rglob("*") if path.is_file()]
    assert [name for name in files if not any(fnmatch(name, pattern) for pattern in patterns)] == []
