"""`isthmus send` with ingests on loopback in place of the clouds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from typer.testing import CliRunner, Result

from isthmus.cli import exits
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
    assert (
        result.exit_code == 1 and "rejected: /test 0: type: required" in result.stderr and ids(aws, gcp) == ["1", "2"]
    )


def test_what_no_ingest_takes_stays_in_the_spool_for_the_next_send(send: Send, events: Events, aws, gcp) -> None:
    aws.refuse()
    gcp.refuse()
    result = send("-", "--json", input=msgspec.json.encode(events(1)[0]))
    assert result.exit_code == 1 and json.loads(result.stdout)["in the spool"] == 1
    aws.open()
    result = send("-", "--json", input=msgspec.json.encode(events(1, first=1)[0]))
    assert result.exit_code == 0 and ids(aws) == ["0", "1"]
    facts = json.loads(result.stdout)
    assert (facts["sent"], facts["from the spool"], facts["accepted"], facts["in the spool"]) == (1, 1, 2, 0)


def test_a_bad_line_is_named_and_the_others_are_sent(send: Send, aws, gcp, events: Events) -> None:
    first, second = (msgspec.json.encode(event) for event in events(2))
    result = send("-", input=first + b"\nnonsense\n" + second)
    assert result.exit_code == 1 and ids(aws, gcp) == ["0", "1"]
    assert "rejected: standard input, line 2: the event is not JSON" in result.stderr


def test_sent_is_the_sum_of_accepted_and_rejected(send: Send, aws, gcp, events: Events) -> None:
    lines = [msgspec.json.encode(event) for event in events(3)]
    lines[1] = lines[1].replace(b'"specversion":"1.0"', b'"specversion":"0.3"')
    facts = json.loads(send("-", "--json", input=b"\n".join([*lines, b"1", b"2"])).stdout)
    assert (facts["sent"], facts["accepted"], facts["rejected"], len(facts["reasons"])) == (5, 2, 3, 3)


def test_more_rejections_than_can_be_told_are_counted(send: Send, aws, gcp) -> None:
    result = send("-", input=b"nonsense\n" * (command.REASONS + 7))
    assert result.stderr.count("rejected: ") == command.REASONS + 1
    assert "rejected: and 7 more" in result.stderr


def test_a_rejected_event_is_named(send: Send, aws, gcp) -> None:
    result = send("-", input=b'{"specversion":"1.0","source":"/shop","id":"order 7","type":"t","time":"noon"}')
    assert "rejected: /shop order 7: time: not an RFC 3339 time" in result.stderr


def test_a_rejected_event_can_not_steer_the_terminal(send: Send, aws, gcp) -> None:
    result = send("-", input=b'{"specversion":"1.0","source":"/shop","id":"\\u001b[31m","type":"t"}')
    assert "\x1b" not in result.stderr and r"/shop \x1b[31m: id" in result.stderr


def test_what_was_sent_before_the_input_broke_off_is_told(send: Send, aws, gcp, tmp_path: Path) -> None:
    (tmp_path / "o.csv").write_text('shop,number\nnorth,1\nsouth,"2')
    maps = ["--map", "type=:com.example.order", "--map", "source=shop", "--map", "id=number"]
    result = send(str(tmp_path / "o.csv"), *maps, "--json")
    assert json.loads(result.stdout)["accepted"] == 1 and "not CSV" in str(result.exception)


def test_what_was_sent_before_an_interrupt_is_told(send: Send, aws, gcp, monkeypatch: pytest.MonkeyPatch) -> None:
    def until_interrupted(**_: object) -> Iterator[bytes]:
        yield b'{"specversion":"1.0","source":"/shop","id":"1","type":"t"}'
        raise KeyboardInterrupt

    monkeypatch.setattr("isthmus.samples.flights", until_interrupted)
    result = send("--sample", "flights", "--json")
    assert json.loads(result.stdout)["accepted"] == 1 and result.exit_code == exits.INTERRUPTED


def test_nothing_to_send_is_said(send: Send, aws, gcp) -> None:
    result = send("-", input=b"\n")
    assert result.exit_code == 0 and "nothing to send" in result.stderr
