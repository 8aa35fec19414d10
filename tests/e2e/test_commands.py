"""What a user types after `isthmus up`, on real clouds of this machine."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import boto3
import httpx
import pytest
from botocore.exceptions import ClientError

sys.path.insert(0, str(Path(__file__).parent))

from conftest import Isthmus
from waiting import until

from isthmus.adapters.aws.session import as_if_tls
from isthmus.gamedays import checker
from isthmus.local import lifecycle
from isthmus.local.archives import archives
from isthmus.local.endpoints import Endpoints
from isthmus.local.rundir import RunDirectory

ROOT = Path(__file__).resolve().parents[2]
BATCH = {"content-type": "application/cloudevents-batch+json"}


def test_sent_flights_can_be_queried_from_both_clouds(isthmus: Isthmus, endpoints: Endpoints) -> None:
    """One row an identity, held by both clouds; sending them again changes nothing in a query."""
    sql = "select count(*) as n, min(len(clouds)) as clouds from events where type like '%flight%'"

    def flights() -> int:
        return int(json.loads(isthmus("query", sql, "--json").stdout)[0]["n"])

    before = flights()  # of other tests on the same clouds
    for _ in range(2):
        sent = isthmus("send", "--sample", "flights", "--start", "20000", "--limit", "300", "--json")
        assert sent.returncode == 0, sent.stderr
        assert json.loads(sent.stdout)["accepted"] == 300
    assert until(lambda: checker.keys_agree(archives(endpoints)))
    assert until(lambda: flights() == before + 300)


def test_the_python_example_of_the_docs_sends(run: RunDirectory, isthmus: Isthmus, tmp_path: Path) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "use.md").read_text("utf-8"), re.DOTALL)
    environment = {**os.environ, "ISTHMUS_RUN_DIR": str(run.root), "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", example], cwd=tmp_path, env=environment, capture_output=True, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    sql = "select data->>'$.total' as total from events where type = 'com.example.order' and source = '/shop'"
    assert until(lambda: '"total": "7"' in isthmus("query", sql, "--json").stdout)


def test_the_local_aws_refuses_what_no_policy_allows(endpoints: Endpoints) -> None:
    """So that the other tests here show that the policies of the Terraform are enough: a stranger gets nowhere."""
    options = endpoints.aws_client_options()
    iam = as_if_tls(boto3.client("iam", **options))
    iam.create_user(UserName="stranger")
    key = iam.create_access_key(UserName="stranger")["AccessKey"]
    options |= {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}
    stranger = as_if_tls(boto3.client("sns", **options))
    with pytest.raises(ClientError, match="not authorized"):
        stranger.publish(TopicArn=endpoints.outputs["aws"]["topic"], Message="x")


def test_a_plain_connection_is_refused(endpoints: Endpoints) -> None:
    """The queues take TLS alone, which the Isthmus clients stand for here."""
    queue = f"{endpoints.aws}/{endpoints.account_id}/isthmus-dev-archive"
    with pytest.raises(ClientError, match="denied"):
        boto3.client("sqs", **endpoints.aws_client_options()).send_message(QueueUrl=queue, MessageBody="x")


def test_after_up_terraform_has_nothing_to_change(isthmus: Isthmus, endpoints: Endpoints) -> None:
    """What runs is what Terraform says, on both clouds."""
    for stack in ("platform/aws", "platform/gcp"):
        plan = isthmus("tf", "dev", stack, "plan", "-detailed-exitcode")
        assert plan.returncode == 0, plan.stdout
        assert "No changes" in plan.stdout


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_with_a_cloud_cut_off_the_other_takes_the_events(cloud: str, isthmus: Isthmus, endpoints: Endpoints) -> None:
    """Nothing is rejected, and after healing both archives agree."""
    assert isthmus("break", cloud).returncode == 0
    sent = isthmus("send", "--sample", "flights", "--start", "1000", "--limit", "200", "--json")
    assert isthmus("heal").returncode == 0
    assert json.loads(sent.stdout)["accepted"] == 200, sent.stderr
    assert list(json.loads(sent.stdout)["accepted by"]) == ["gcp" if cloud == "aws" else "aws"]
    assert until(lambda: checker.keys_agree(archives(endpoints)), 60)


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_bad_requests_get_their_status_on_the_deployed_functions(cloud: str, endpoints: Endpoints) -> None:
    """The same answers from Lambda behind the gateway and from Cloud Run; never a 500."""
    url = f"{endpoints.ingests[cloud]}/v1/events"
    key = {"x-api-key": endpoints.api_key}
    event = {"specversion": "1.0", "id": "1", "source": "/s", "type": "com.example.bad"}
    cases = [
        (401, json.dumps([event]).encode(), BATCH),
        (400, b"{", BATCH | key),
        (415, b"[]", {"content-type": "application/json"} | key),
        (422, b"[]", BATCH | key),
        (413, json.dumps([event | {"id": str(i)} for i in range(5001)]).encode(), BATCH | key),
        (413, b"[" + b" " * (5 * 1024 * 1024) + b"]", BATCH | key),
        (422, json.dumps([event | {"time": "yesterday"}]).encode(), BATCH | key),
        (400, b'[{"specversion":"1.0","id":"\xff"}]', BATCH | key),
    ]
    for status, body, headers in cases:
        answer = httpx.post(url, content=body, headers=headers, timeout=30)
        assert answer.status_code == status, (status, answer.text[:300])
        assert answer.json()["status"] == status
        assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_ingest_is_alive_and_ready(cloud: str, endpoints: Endpoints) -> None:
    """What DNS health checks probe."""
    for path in ("/healthz", "/readyz"):
        assert httpx.get(endpoints.ingests[cloud] + path, timeout=30).status_code == 200


def test_a_poisoned_frame_is_buried_with_its_reason_and_comes_back(isthmus: Isthmus, endpoints: Endpoints) -> None:
    """A message that is no frame ends among the dead letters of both consumers' clouds and holds nobody up."""
    queue = f"{endpoints.aws}/{endpoints.account_id}/isthmus-dev-archive"
    sqs = as_if_tls(boto3.client("sqs", **endpoints.aws_client_options()))
    sqs.send_message(QueueUrl=queue, MessageBody="not a frame")
    listed = lambda: json.loads(isthmus("dlq", "list", "--json").stdout)  # noqa: E731 - asked again and again
    assert until(lambda: listed()["aws/archive"] == 1)
    shown = json.loads(isthmus("dlq", "show", "aws/archive", "--json").stdout)
    assert "attribute v is None" in shown[0]["reason"]
    assert isthmus("dlq", "redrive", "aws/archive").returncode == 0
    assert until(lambda: listed()["aws/archive"] == 1), "the consumer refuses it again, so it comes back"
    assert isthmus("dlq", "discard", "aws/archive", "--yes").returncode == 0
    assert until(lambda: listed()["aws/archive"] == 0)


def test_nothing_listens_beyond_loopback(run: RunDirectory, endpoints: Endpoints) -> None:
    """Every listening socket of every process of the run is on 127.0.0.1."""
    import psutil

    from isthmus.local import process

    members = {found.pid for found in process.members(run.root)}
    listening = [c for c in psutil.net_connections("inet") if c.pid in members and c.status == "LISTEN"]
    assert listening
    # gRPC listens on the IPv6 form of the same address.
    assert {c.laddr.ip.removeprefix("::ffff:") for c in listening} == {"127.0.0.1"}


def test_with_a_cloud_killed_the_other_takes_the_events(
    run: RunDirectory, isthmus: Isthmus, endpoints: Endpoints
) -> None:
    """Sending goes on with a part gone, and the next `up` brings everything together again."""
    assert until(lambda: checker.keys_agree(archives(endpoints)), 60)
    os.killpg(run.read().parts["gcp"].pid, signal.SIGKILL)
    sent = isthmus("send", "--sample", "flights", "--start", "1500", "--limit", "100", "--json")
    assert json.loads(sent.stdout)["accepted by"] == {"aws": 100}, sent.stderr
    assert isthmus("up").returncode == 0
    assert until(lambda: checker.keys_agree(archives(Endpoints.require(run))), 60)


def test_after_everything_was_killed_the_next_up_recovers(run: RunDirectory, endpoints: Endpoints) -> None:
    """Nothing that was acknowledged and stored is lost: what one cloud forgot comes back from the other."""
    from isthmus.local import process

    assert until(lambda: checker.keys_agree(archives(endpoints)), 60)
    before = {entry.key for entry in archives(endpoints)[1].list("events/")}
    for found in process.members(run.root):
        os.kill(found.pid, signal.SIGKILL)
    report = lifecycle.up(run)
    assert set(report.started) == {"proxy", "aws", "gcp", "control"}
    again = archives(Endpoints.require(run))
    for bucket in again:
        assert {entry.key for entry in bucket.list("events/")} >= before


def test_tail_shows_an_event_when_it_arrives(run: RunDirectory, isthmus: Isthmus, endpoints: Endpoints) -> None:
    """Each event once, as a line of JSON, while the command goes on."""
    environment = {**os.environ, "ISTHMUS_RUN_DIR": str(run.root)}
    command = [sys.executable, "-m", "isthmus.cli", "tail", "--json"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as tail:
        try:
            event = {"specversion": "1.0", "id": "tailed", "source": "/tail", "type": "com.example.flight.departed"}
            assert isthmus("send", "-", stdin=json.dumps(event)).returncode == 0
            assert tail.stdout is not None
            line = next(text for text in tail.stdout if '"tailed"' in text)
            assert json.loads(line)
        finally:
            tail.terminate()


def test_csv_becomes_events_by_its_mapping(isthmus: Isthmus, endpoints: Endpoints, tmp_path: Path) -> None:
    """A good file is queried afterwards; a bad line is named."""
    good = tmp_path / "orders.csv"
    good.write_text("number,shop,placed_at\n41,/a,2026-01-01T00:00:00Z\n42,/b,2026-01-02T00:00:00Z\n")
    mapping = [
        "--map",
        "type=:com.example.order",
        "--map",
        "source=shop",
        "--map",
        "id=number",
        "--map",
        "time=placed_at",
    ]
    assert isthmus("send", str(good), *mapping).returncode == 0
    sql = "select count(*) as n from events where type = 'com.example.order' and source in ('/a', '/b')"
    assert until(lambda: '"n": 2' in isthmus("query", sql, "--json").stdout)
    bad = tmp_path / "bad.csv"
    bad.write_text("number,shop,placed_at\n43,/c,yesterday\n")
    refused = isthmus("send", str(bad), *mapping)
    assert refused.returncode != 0
    assert "bad.csv, line 2" in refused.stderr


def test_after_another_port_the_queues_still_feed_the_functions(
    run: RunDirectory, isthmus: Isthmus, endpoints: Endpoints
) -> None:
    """Down, the gateway's port taken by somebody else, up on another one: events arrive in both archives again."""
    port = run.read().ports["aws"]
    before = len(list(archives(endpoints)[0].list("events/")))
    lifecycle.down(run)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", port))
        taken.listen()
        lifecycle.up(run)
        assert run.read().ports["aws"] != port
        assert isthmus("send", "--sample", "flights", "--start", "2000", "--limit", "50").returncode == 0
        buckets = archives(Endpoints.require(run))
        assert until(lambda: checker.keys_agree(buckets) and len(list(buckets[0].list("events/"))) > before, 60)
