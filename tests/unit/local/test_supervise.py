"""Parts come up, come back after they were killed, and keep what they saved; on another port if theirs is taken."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Iterator

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ReadTimeoutError

from isthmus.core.errors import ConfigurationError
from isthmus.local import process
from isthmus.local.errors import NotUp, PartFailed
from isthmus.local.freeze import freeze, thaw
from isthmus.local.lifecycle import aim_links
from isthmus.local.links import LINKS
from isthmus.local.network import Network
from isthmus.local.parts import AWS_CREDENTIALS, PARTS, ready_line
from isthmus.local.ports import bind_loopback
from isthmus.local.proxy.faults import Fault
from isthmus.local.rundir import RunDirectory
from isthmus.local.supervise import Supervisor


@pytest.fixture
def supervisor(run: RunDirectory) -> Iterator[Supervisor]:
    """A supervisor whose proxies and AWS run."""
    run.update(proxy_token="token of the test")
    found = Supervisor(run)
    found.ensure("proxy")
    found.ensure("aws")
    aim_links(found)
    yield found
    for name in ("aws", "proxy"):
        found.stop(name)


def s3(supervisor: Supervisor, port: str = "aws"):  # type: ignore[no-untyped-def]
    """A client of the local S3 that doesn't try again."""
    return boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{supervisor.record.ports[port]}",
        region_name="us-east-1",
        aws_access_key_id=AWS_CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=AWS_CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=Config(retries={"max_attempts": 0}, read_timeout=1, s3={"addressing_style": "path"}),
    )


def test_a_part_that_runs_is_not_started_again(supervisor: Supervisor) -> None:
    before = dict(supervisor.record.parts)
    assert not supervisor.ensure("aws")
    assert not supervisor.ensure("proxy")
    assert supervisor.record.parts == before


def test_a_killed_part_comes_back_on_its_port(supervisor: Supervisor) -> None:
    before = supervisor.record
    os.kill(before.parts["aws"].pid, signal.SIGKILL)
    assert process.wait_until(lambda: not process.alive(before.parts["aws"]), 5)
    assert supervisor.ensure("aws")
    assert supervisor.record.ports["aws"] == before.ports["aws"]
    assert supervisor.record.parts["aws"].pid != before.parts["aws"].pid


def test_a_part_whose_port_was_taken_meanwhile_gets_another(supervisor: Supervisor) -> None:
    taken = supervisor.record.ports["aws"]
    supervisor.stop("aws")
    with bind_loopback(taken) as other:
        other.listen()
        assert other.getsockname()[1] == taken
        assert supervisor.ensure("aws")
    assert supervisor.record.ports["aws"] != taken


def test_what_a_part_saved_when_it_was_stopped_is_there_again(supervisor: Supervisor) -> None:
    s3(supervisor).create_bucket(Bucket="kept")
    s3(supervisor).put_object(Bucket="kept", Key="a/key", Body=b"body")
    assert supervisor.stop("aws")
    supervisor.ensure("aws")
    assert s3(supervisor).get_object(Bucket="kept", Key="a/key")["Body"].read() == b"body"


def test_everything_listens_on_loopback_only(supervisor: Supervisor) -> None:
    addresses = {
        connection.laddr.ip
        for found in process.members(supervisor.run.root)
        for connection in found.net_connections("inet")
        if connection.status == "LISTEN"
    }
    assert addresses == {"127.0.0.1"}


def test_a_frozen_part_answers_nothing_until_it_is_thawed(supervisor: Supervisor) -> None:
    assert freeze(supervisor.run, "aws") >= 1
    with pytest.raises(ReadTimeoutError):
        s3(supervisor).list_buckets()
    thaw(supervisor.run, "aws")
    assert s3(supervisor).list_buckets()["Buckets"] == []


def test_what_is_frozen_is_thawed_when_it_is_wanted(supervisor: Supervisor) -> None:
    freeze(supervisor.run, "aws")
    assert not supervisor.ensure("aws")
    assert s3(supervisor).list_buckets()["Buckets"] == []


def test_only_parts_that_run_can_be_frozen(run: RunDirectory) -> None:
    with pytest.raises(NotUp, match="aws does not run"):
        freeze(run, "aws")
    with pytest.raises(ConfigurationError, match="no part"):
        freeze(run, "azure")


def test_an_outage_cuts_aws_off_from_outside_and_not_from_inside(supervisor: Supervisor) -> None:
    network = Network.of(supervisor.run)
    network.break_cloud("aws", Fault("refuse"))
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", supervisor.record.ports["aws.front"]), 1)
    assert s3(supervisor).list_buckets()["Buckets"] == []
    network.heal("aws")
    assert s3(supervisor, "aws.front").list_buckets()["Buckets"] == []


def test_a_cross_link_stays_broken_while_one_of_its_clouds_is_out(supervisor: Supervisor) -> None:
    network = Network.of(supervisor.run)
    network.break_cloud("aws", Fault("refuse"))
    network.break_cloud("gcp", Fault("hang"))
    network.heal("aws")
    assert {name for name, link in network.links().items() if link["faults"]} == {
        "aws-to-gcp.http", "aws-to-gcp.pubsub", "gcp-to-aws", "gcp.ingest.front", "gcp.pubsub.front", "gcp.http.front",
    }  # fmt: skip


def test_a_cloud_that_does_not_exist_is_refused_with_the_names_that_do(supervisor: Supervisor) -> None:
    with pytest.raises(ConfigurationError, match="azure") as caught:
        Network.of(supervisor.run).heal("azure")
    assert "aws.front" in caught.value.fix


def test_a_part_that_cannot_start_shows_the_end_of_its_log(run: RunDirectory) -> None:
    """Its data directory is a file."""
    run.data("aws").write_text("not a folder")
    run.update(ports=dict.fromkeys(LINKS, 1))
    with pytest.raises((PartFailed, OSError)):
        Supervisor(run).ensure("aws")


def test_the_ready_line_is_found_among_other_output() -> None:
    assert ready_line('warning: {"ready"\n{"ready": tru\n{"ready": true, "ports": {"a": 1}}\n')["ports"] == {"a": 1}
    assert ready_line('{"ready": false}') == {}


def test_every_part_says_what_it_is() -> None:
    assert list(PARTS) == ["proxy", "aws", "gcp", "control", "console"]
