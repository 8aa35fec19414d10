"""`isthmus send` with ingests on loopback in place of the clouds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from isthmus.cli import send as command
from isthmus.cli.app import app
from isthmus.local.endpoints import Endpoints

Send = Callable[..., Result]
Events = Callable[..., list[dict[str, Any]]]


@pytest.fixture
def send(aws, gcp, config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Send:
    """Runs the command against both ingests."""
    ingests = {endpoint.name: endpoint.url for endpoint in config().endpoints}
    run = SimpleNamespace(ingests=ingests, api_key=config().api_key)
    monkeypatch.setenv("ISTHMUS_RUN_DIR", str(tmp_path / "run"))
    monkeypatch.setattr(Endpoints, "require", classmethod(lambda cls, _, any_cloud=False: run))
    monkeypatch.setattr(command, "_SPOOLED_PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(command, "_PROGRESS_SECONDS", 0.2)
    return lambda *arguments, **more: CliRunner().invoke(app, ["send", *arguments], **more)


def ids(*ingests: Any) -> list[str]:
    """The ids of all events that are held."""
    return sorted(id_ for ingest in ingests for _, id_ in ingest.identities())


def test_flights_are_sent_and_the_facts_are_printed(send: Send, aws, gcp) -> None:
    result = send("--sample", "flights", "--limit", "700", "--start", "10", "--json")
    facts = json.loads(result.stdout)
    assert result.exit_code == 0 and (facts["sent"], facts["accepted"], facts["rejected"]) == (700, 700, 0)
    assert len(set(ids(aws, gcp))) == 700 and sum(facts["accepted by"].values()) == 700


def test_standard_input_is_sent_while_one_cloud_is_gone(send: Send, events: Events, aws, gcp) -> None:
    aws.refuse()
    text = b"\n".join(msgspec.json.encode(event) for event in events(30))
    result = send("-", "--json", input=text)
    assert result.exit_code == 0 and json.loads(result.stdout)["accepted by"] == {"gcp": 30}


def test_a_csv_is_sent_with_its_mapping(send: Send, tmp_path: Path, aws, gcp) -> None:
    (tmp_path / "o.csv").write_text("shop,number\nnorth,1\nsouth,2\n")
    maps = ["--map", "type=:com.example.order", "--map", "source=shop", "--map", "id=number"]
    assert send(str(tmp_path / "o.csv"), *maps).exit_code == 0 and ids(aws, gcp) == ["1", "2"]


def test_a_rejected_event_is_said_and_makes_it_fail(send: Send, events: Events, aws, gcp) -> None:
    bad = {key: value for key, value in events(1)[0].items() if key != "type"}
    text = b"\n".join(msgspec.json.encode(event) for event in [bad, *events(2, first=1)])
    result = send("-", input=text)
    assert result.exit_code == 1 and "rejected: type" in result.stderr and ids(aws, gcp) == ["1", "2"]


def test_what_no_ingest_takes_stays_in_the_spool_for_the_next_send(send: Send, events: Events, aws, gcp) -> None:
    aws.refuse()
    gcp.refuse()
    result = send("-", "--json", input=msgspec.json.encode(events(1)[0]))
    assert result.exit_code == 1 and json.loads(result.stdout)["in the spool"] == 1
    aws.open()
    result = send("-", "--json", input=msgspec.json.encode(events(1, first=1)[0]))
    assert result.exit_code == 0 and ids(aws) == ["0", "1"]
    assert json.loads(result.stdout)["in the spool"] == 0


def test_a_bad_line_is_named_and_those_before_it_are_sent(send: Send, aws, gcp, events: Events) -> None:
    result = send("-", input=msgspec.json.encode(events(1)[0]) + b"\nnonsense\n")
    assert result.exit_code != 0 and "line 2" in str(result.exception) and ids(aws, gcp) == ["0"]
