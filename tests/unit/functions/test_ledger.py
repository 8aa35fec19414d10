"""The ledger of the clouds: its line, what it says of an archive that is out, and who may call it."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from isthmus.adapters.memory import MemoryBucket
from isthmus.core import frames, keeping
from isthmus.core.errors import ConfigurationError
from isthmus.core.events import check_batch
from isthmus.functions.gcp.app import create_app
from isthmus.functions.gcp.schedule import ScheduledEndpoint
from isthmus.functions.ledger import Ledger
from isthmus.functions.settings import Settings

SETTINGS = {
    "ISTHMUS_CLOUD": "aws",
    "ISTHMUS_ROLE": "ledger",
    "ISTHMUS_BUCKET": "here",
    "ISTHMUS_OTHER_BUCKET": "there",
    "ISTHMUS_WINDOW_HOURS": "24",
    "ISTHMUS_LIMIT_SECONDS": "100",
}


class AnyToken:
    """Lets every call in."""

    def check(self, authorization: str) -> None:
        """Accepts it."""


@pytest.fixture
def archives() -> dict[str, MemoryBucket]:
    return {"aws": MemoryBucket("aws"), "gcp": MemoryBucket("gcp")}


def keep(buckets: list[MemoryBucket], name: str, *, age_seconds: float = 600) -> str:
    """Keeps an event that was accepted so long ago; its key."""
    event = {"specversion": "1.0", "id": name, "source": "/s", "type": "t", "data": 1}
    checked, _ = check_batch(json.dumps([event]).encode())
    at_ms = int((time.time() - age_seconds) * 1000)
    ((frame,), _) = frames.pack(checked, origin="aws", unix_ms=at_ms, seed=name.encode())
    kept = [keeping.keep(frame, bucket).key for bucket in buckets]
    return kept[0]


def line(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    """The one line that was logged."""
    (text,) = capsys.readouterr().out.splitlines()
    found: dict[str, Any] = json.loads(text)
    return found


def of(archives: Mapping[str, MemoryBucket], **more: Any) -> Ledger:
    return Ledger(archives.__getitem__, **{"window_hours": 24, "limit_seconds": 60.0, **more})


def test_what_each_archive_lacks_is_told_with_its_age_and_hour(archives, capsys) -> None:
    both = [archives["aws"], archives["gcp"]]
    keep(both, "kept")
    lost = keep([archives["aws"]], "lost", age_seconds=1200)
    assert of(archives).compare()
    told = line(capsys)
    assert told["message"] == "compared"
    assert told["missing"] == {"aws": 0, "gcp": 1}
    assert told["oldest_missing_age"]["aws"] == 0
    assert 1199 < told["oldest_missing_age"]["gcp"] < 1260
    assert told["hours"] == {"aws": {}, "gcp": {lost[: lost.rindex("/") + 1]: 1}}
    assert told["objects"] == {"aws": 2, "gcp": 1}
    assert told["corrupt"] == 0
    assert 599 < told["lag"]["aws"] < 1260


def test_what_was_copied_is_missing_no_more(archives, capsys) -> None:
    key = keep([archives["aws"]], "lost")
    archives["gcp"].put_new(key, archives["aws"].get(key))
    assert of(archives).compare()
    assert line(capsys)["missing"] == {"aws": 0, "gcp": 0}


def test_what_was_accepted_just_now_is_on_its_way(archives, capsys) -> None:
    keep([archives["aws"]], "young", age_seconds=5)
    assert of(archives).compare()
    told = line(capsys)
    assert (told["missing"]["gcp"], told["in_flight"]) == (0, 1)


def test_other_contents_of_one_key_are_told(archives, capsys) -> None:
    key = keep([archives["aws"], archives["gcp"]], "changed")
    archives["gcp"].objects[key] = b"other"
    assert of(archives).compare()
    told = line(capsys)
    assert (told["corrupt"], told["corrupt_keys"]) == (1, [key])


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_an_archive_that_is_out_is_said_to_be_and_nothing_is_missing_or_whole(cloud, archives, capsys) -> None:
    keep([archives["aws"]], "lost")
    archives[cloud].out = True
    assert not of(archives).compare()
    told = line(capsys)
    assert (told["message"], told["severity"]) == ("not compared", "WARNING")
    assert cloud in told["where"]
    assert not {"missing", "oldest_missing_age", "lag", "objects", "corrupt"} & set(told)


def test_what_takes_too_long_is_given_up_and_said(archives, capsys) -> None:
    keep([archives["aws"]], "lost")
    assert not of(archives, limit_seconds=-1.0).compare()
    assert "too many objects" in line(capsys)["reason"]


@pytest.mark.parametrize("name", ["ISTHMUS_OTHER_BUCKET", "ISTHMUS_WINDOW_HOURS", "ISTHMUS_LIMIT_SECONDS"])
def test_a_setting_that_is_not_there_is_named(name: str) -> None:
    values = {key: value for key, value in SETTINGS.items() if key != name}
    with pytest.raises(ConfigurationError, match=name):
        Settings.from_environment(values)


def test_a_window_that_is_no_number_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="ISTHMUS_WINDOW_HOURS is 'a day'"):
        Settings.from_environment({**SETTINGS, "ISTHMUS_WINDOW_HOURS": "a day"})


def _app(monkeypatch: pytest.MonkeyPatch, endpoint: ScheduledEndpoint | None = None) -> Starlette:
    if endpoint:
        monkeypatch.setattr(ScheduledEndpoint, "of", classmethod(lambda cls, settings: endpoint))
    push = {"ISTHMUS_PUSH_AUDIENCE": "a", "ISTHMUS_PUSH_SERVICE_ACCOUNT": "s@p.iam.gserviceaccount.com"}
    return create_app(Settings.from_environment({**SETTINGS, **push, "ISTHMUS_CLOUD": "gcp"}))


async def _ask(app: Starlette, method: str, path: str) -> int:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://ledger") as client:
        return (await client.request(method, path)).status_code


@pytest.mark.parametrize(("could", "status"), [(True, 204), (False, 503)])
def test_on_google_the_status_says_whether_it_was_compared(could, status, monkeypatch) -> None:
    app = _app(monkeypatch, ScheduledEndpoint(AnyToken(), lambda: could))  # type: ignore[arg-type]
    assert asyncio.run(_ask(app, "POST", "/run")) == status
    assert asyncio.run(_ask(app, "GET", "/healthz")) == 200


def test_on_google_nobody_calls_it_without_a_token(monkeypatch) -> None:
    assert asyncio.run(_ask(_app(monkeypatch), "POST", "/run")) == 401
