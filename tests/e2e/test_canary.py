"""The canary as it is packaged, with the rights that Terraform gives it and no others, against a run."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from isthmus.adapters.aws.session import as_if_tls
from isthmus.functions.canary import FOLDER
from isthmus.local import stacks
from isthmus.local.endpoints import Endpoints
from isthmus.local.packages import PACKAGES
from isthmus.local.parts import ACCOUNT_ID, REGION
from isthmus.local.project import project_root
from isthmus.local.rundir import RunDirectory
from isthmus.rehearsal.runner import run_stack
from isthmus.rehearsal.stack import Stack

SECRET = "isthmus-dev-probe"  # its name
ROLE = "isthmus-dev-probe-canary"
Keys = Mapping[str, str]


@pytest.fixture
def applied(run: RunDirectory, endpoints: Endpoints, tmp_path: Path) -> Iterator[Any]:
    """The local clouds with the module applied, a canary's key in its secret; gone afterwards."""
    clouds = stacks.context_of(run)
    keys = {one["AliasName"]: one.get("TargetKeyId") for one in clouds.aws("kms").list_aliases()["Aliases"]}
    arn = f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/"
    event = {"bucket": endpoints.outputs["aws"]["bucket"], "key": arn + keys["alias/isthmus-dev-storage"]}
    variables = {
        "alarm_topic": endpoints.outputs["aws"]["alarms_topic"],
        "boundary": f"arn:aws:iam::{ACCOUNT_ID}:policy/isthmus-dev-boundary",
        "event": json.dumps({**event, "secret": SECRET}),
        "key": arn + keys["alias/isthmus-dev-logs"],
        "package": str(project_root() / PACKAGES / "canary.zip"),
        "prefix": "isthmus-dev",
        "url": "https://events.example.com/readyz",
    }
    module = project_root() / "terraform" / "modules" / "aws" / "synthetics"
    stack = Stack(module, "test", "modules/aws/synthetics", tmp_path / "run", variables=variables)
    clouds.aws("secretsmanager").create_secret(Name=SECRET, SecretString=endpoints.api_key + "\n")
    with (tmp_path / "said").open("w") as said:
        code = run_stack(stack, ["apply", "-auto-approve"], live=True, context=clouds, stdout=said, stderr=said)
        assert code == 0, (tmp_path / "said").read_text()
        yield clouds
        run_stack(stack, ["destroy", "-auto-approve"], live=True, context=clouds, stdout=said, stderr=said)
    clouds.aws("secretsmanager").delete_secret(SecretId=SECRET, ForceDeleteWithoutRecovery=True)


@pytest.fixture
def keys(applied: Any) -> Iterator[Keys]:
    """Keys of a user with the policy and the boundary of the canary's role: nobody but Lambda may take that on."""
    iam = applied.aws("iam")
    role = iam.get_role(RoleName=ROLE)["Role"]
    policy = iam.get_role_policy(RoleName=ROLE, PolicyName="work")["PolicyDocument"]
    iam.create_user(UserName=ROLE, PermissionsBoundary=role["PermissionsBoundary"]["PermissionsBoundaryArn"])
    iam.put_user_policy(UserName=ROLE, PolicyName="work", PolicyDocument=json.dumps(policy))
    made = iam.create_access_key(UserName=ROLE)["AccessKey"]
    yield {"aws_access_key_id": made["AccessKeyId"], "aws_secret_access_key": made["SecretAccessKey"]}
    iam.delete_access_key(UserName=ROLE, AccessKeyId=made["AccessKeyId"])
    iam.delete_user_policy(UserName=ROLE, PolicyName="work")
    iam.delete_user(UserName=ROLE)


@pytest.fixture
def canary(endpoints: Endpoints, keys: Keys, tmp_path: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the package once, as CloudWatch would."""
    with zipfile.ZipFile(project_root() / PACKAGES / "canary.zip") as archive:
        archive.extractall(tmp_path)

    def call(ingest: str, seconds: int) -> subprocess.CompletedProcess[str]:
        values = {
            "AWS_ENDPOINT_URL": endpoints.aws,
            "AWS_REGION": REGION,
            "ISTHMUS_LOCAL": "1",
            "ISTHMUS_PROBE_BUCKET": endpoints.outputs["aws"]["bucket"],
            "ISTHMUS_PROBE_INGEST": ingest,
            "ISTHMUS_PROBE_SECONDS": str(seconds),
            "ISTHMUS_PROBE_SECRET": SECRET,
            "ISTHMUS_PROBE_URL": endpoints.ingests["aws"] + "/readyz",
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(tmp_path / "python"),
            **{name.upper(): value for name, value in keys.items()},
        }
        program = [sys.executable, "-c", "import canary; print(canary.handler({}, None))"]
        return subprocess.run(program, env=values, cwd=tmp_path, capture_output=True, text=True, timeout=120)

    return call


def test_an_event_is_sent_and_found_with_the_roles_rights(
    canary: Callable[..., subprocess.CompletedProcess[str]], endpoints: Endpoints
) -> None:
    """Through either cloud: the name that senders use leads to both."""
    for ingest in endpoints.ingests.values():
        done = canary(ingest, 60)
        assert done.returncode == 0, done.stderr
        facts = ast.literal_eval(done.stdout)
        assert 0 < facts["accepted_seconds"] <= facts["arrived_seconds"] <= 60


def test_an_event_that_was_accepted_and_never_arrives_fails(
    canary: Callable[..., subprocess.CompletedProcess[str]],
) -> None:
    """By an exception that names it."""

    class Loses(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(202)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with HTTPServer(("127.0.0.1", 0), Loses) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        done = canary(f"http://127.0.0.1:{server.server_port}", 2)
        server.shutdown()
    assert done.returncode != 0
    assert "after 2 s" in done.stderr and "NotThere" in done.stderr


def test_what_senders_sent_is_not_the_canarys_to_read(keys: Keys, endpoints: Endpoints) -> None:
    """Nor another secret."""

    def client(service: str) -> Any:
        return as_if_tls(boto3.client(service, endpoint_url=endpoints.aws, region_name=REGION, **keys))

    bucket = endpoints.outputs["aws"]["bucket"]
    client("s3").list_objects_v2(Bucket=bucket, Prefix=FOLDER)
    for call in (
        lambda: client("s3").list_objects_v2(Bucket=bucket, Prefix="events/"),
        lambda: client("s3").get_object(Bucket=bucket, Key="events/type=a/date=2026-01-01/hour=00/x.ndjson.gz"),
        lambda: client("secretsmanager").get_secret_value(SecretId="isthmus-dev-slack"),
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            call()
