"""Compaction and queries on real clouds of this machine: either, both, and one when the other is out."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import httpx

sys.path.insert(0, str(Path(__file__).parent))

from conftest import Isthmus
from waiting import until

from isthmus.core import keys
from isthmus.gamedays import checker
from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory

SQL = "select count(*) as n, min(len(clouds)) as clouds from flight_departed where source is not null"


def test_what_was_compacted_is_asked_of_either_cloud_and_of_one_when_the_other_is_out(
    run: RunDirectory, isthmus: Isthmus, endpoints: Endpoints
) -> None:
    """The same number each time, and the last line says who answered from what."""
    (stood,) = json.loads(isthmus("query", SQL, "--json").stdout)
    assert isthmus("send", "--sample", "flights", "--start", "5000", "--limit", "400").returncode == 0
    before = [{"n": stood["n"] + 400, "clouds": 2}]
    assert until(lambda: json.loads(isthmus("query", SQL, "--json").stdout) == before, 60)
    assert until(lambda: checker.keys_agree(archives(endpoints)))
    done = isthmus("compact", "--json")
    assert done.returncode == 0, done.stderr
    assert {tuple(one["clouds"]) for one in json.loads(done.stdout)["written"]} == {("aws", "gcp")}
    assert json.loads(isthmus("compact", "--json").stdout)["written"] == []
    found = [
        {one.key: bucket.get(one.key) for one in bucket.versions(keys.COMPACTED)} for bucket in archives(endpoints)
    ]
    assert found[0] == found[1] != {}

    for cloud, answered in (("both", "aws and gcp"), ("aws", "aws"), ("gcp", "gcp")):
        asked = isthmus("query", "--cloud", cloud, SQL, "--json")
        assert f"answered by {answered}, from 1 day as Parquet and 0 frames" in asked.stderr
        assert json.loads(asked.stdout)[0]["n"] == before[0]["n"]
    assert json.loads(isthmus("query", SQL, "--json").stdout) == before

    assert isthmus("break", "aws").returncode == 0
    try:
        asked = isthmus("query", SQL, "--json")
        refused = isthmus("query", "--cloud", "aws", SQL)
        asleep = isthmus("compact")
    finally:
        assert isthmus("heal").returncode == 0
    assert json.loads(asked.stdout)[0]["n"] == before[0]["n"]
    assert "warning: aws did not answer" in asked.stderr
    assert "answered by gcp, from 1 day as Parquet" in asked.stderr
    assert refused.returncode != 0 and "no archive can be read" in refused.stderr
    assert "warning: aws did not answer" in asleep.stderr


def test_the_control_process_compacts_when_it_is_told_to(
    run: RunDirectory, isthmus: Isthmus, endpoints: Endpoints
) -> None:
    """What came since is compacted, and told."""
    sent = {"specversion": "1.0", "id": "1", "source": "/compact", "type": "com.example.compacted", "data": {"a": 1}}
    answer = httpx.post(
        f"{endpoints.ingests['gcp']}/v1/events",
        content=json.dumps([sent]),
        headers={"content-type": "application/cloudevents-batch+json", "x-api-key": endpoints.api_key},
        trust_env=False,
    )
    assert answer.status_code == 202
    held = "select clouds from events where type = 'com.example.compacted'"
    assert until(lambda: json.loads(isthmus("query", held, "--json").stdout) == [{"clouds": ["aws", "gcp"]}], 60)
    record = run.read()
    control = httpx.Client(
        base_url=f"http://127.0.0.1:{record.ports['control.http']}/compaction",
        headers={"authorization": f"Bearer {record.control_token}"},
        timeout=60,
        trust_env=False,
    )
    with control:
        done = control.post("/run").json()
        assert "com.example.compacted" in {one["day"]["type"] for one in done["written"]}, done
        assert control.get("/").json()["last"] == done
    asked = isthmus("query", "select id from events where type = 'com.example.compacted'", "--json")
    assert json.loads(asked.stdout) == [{"id": "1"}]
