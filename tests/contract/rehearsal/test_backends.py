"""Terraform's own S3 and GCS backends, on the local clouds: state, locks, encryption."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from isthmus.core.errors import ConfigurationError
from isthmus.rehearsal.backends import GcsBackend, S3Backend
from isthmus.rehearsal.outcome import Outcome
from isthmus.rehearsal.realize.base import Context
from isthmus.rehearsal.runner import outputs, run_stack

RESOURCE = (
    'resource "aws_sqs_queue" "q" {{\n  name = "{name}"\n}}\noutput "url" {{\n  value = aws_sqs_queue.q.url\n}}\n'
)
REAL = 'terraform {\n  backend "s3" {\n    bucket = "a-real-one"\n    key = "k"\n    region = "eu-west-1"\n  }\n}\n'
LOCK = {"ID": "1", "Operation": "OperationTypeApply", "Who": "someone@else", "Version": "1.15.5", "Path": "x"}


@pytest.fixture(scope="module")
def s3(clouds: Context) -> S3Backend:
    """An encrypted state bucket and a lock table."""
    client = clouds.aws("s3")
    client.create_bucket(Bucket="states")
    key = clouds.aws("kms").create_key()["KeyMetadata"]["Arn"]
    clouds.aws("dynamodb").create_table(
        TableName="locks",
        KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return S3Backend("states", "dev/one.tfstate", dynamodb_table="locks", kms_key_id=key)


@pytest.fixture(scope="module")
def gcs(clouds: Context) -> GcsBackend:
    """A state bucket."""
    clouds.storage().create_bucket("gcs-states")
    return GcsBackend("gcs-states", "dev/one")


def test_state_is_kept_in_s3_and_nowhere_else(live: Callable, s3: S3Backend, clouds: Context) -> None:
    made = live(REAL + RESOURCE.format(name="s3-kept"), s3)
    assert made.do("apply", "-auto-approve").add == 1
    assert made.do("plan").no_changes
    stored = clouds.aws("s3").get_object(Bucket=s3.bucket, Key=s3.key)
    assert json.loads(stored["Body"].read())["resources"][0]["type"] == "aws_sqs_queue"
    assert stored["ServerSideEncryption"] == "aws:kms"
    assert outputs(made.stack, clouds)["url"].endswith("/s3-kept")
    assert not made.stack.workspace.state.exists()
    assert made.do("destroy", "-auto-approve").remove == 1
    assert [name for name in _objects(clouds, s3.bucket) if name.endswith(".tflock")] == []


def test_state_is_kept_in_gcs(live: Callable, gcs: GcsBackend, clouds: Context) -> None:
    made = live(RESOURCE.format(name="gcs-kept"), gcs)
    assert made.do("apply", "-auto-approve").add == 1
    assert made.do("plan").no_changes
    assert outputs(made.stack, clouds)["url"].endswith("/gcs-kept")
    assert made.do("destroy", "-auto-approve").remove == 1
    assert [blob.name for blob in clouds.storage().list_blobs(gcs.bucket)] == ["dev/one/default.tfstate"]


def _said(outcome: Outcome) -> str:
    """What an apply, or the init before it, said."""
    return " ".join([*outcome.said, *(f"{problem['summary']} {problem['detail']}" for problem in outcome.diagnostics)])


def _objects(clouds: Context, bucket: str) -> list[str]:
    return [item["Key"] for item in clouds.aws("s3").list_objects_v2(Bucket=bucket).get("Contents", [])]


def test_a_lock_object_in_s3_keeps_a_second_apply_out(live: Callable, s3: S3Backend, clouds: Context) -> None:
    backend = replace(s3, key="dev/locked.tfstate", dynamodb_table="")
    made = live(RESOURCE.format(name="s3-locked"), backend)
    clouds.aws("s3").put_object(Bucket=s3.bucket, Key=f"{backend.key}.tflock", Body=json.dumps(LOCK).encode())
    outcome = made.do("apply", "-auto-approve", "-lock-timeout=0s")
    assert "Error acquiring the state lock" in _said(outcome)
    assert "someone@else" in _said(outcome)
    assert made.say("force-unlock", "-force", "1")[0] == 0
    assert made.do("apply", "-auto-approve").add == 1


def test_a_lock_in_dynamodb_keeps_a_second_apply_out(live: Callable, s3: S3Backend, clouds: Context) -> None:
    backend = replace(s3, key="dev/table.tfstate", use_lockfile=False)
    made = live(RESOURCE.format(name="s3-table"), backend)
    item = {"LockID": {"S": f"{s3.bucket}/{backend.key}"}, "Info": {"S": json.dumps(LOCK)}}
    clouds.aws("dynamodb").put_item(TableName="locks", Item=item)
    outcome = made.do("apply", "-auto-approve", "-lock-timeout=0s")
    assert "Error acquiring the state lock" in _said(outcome)
    clouds.aws("dynamodb").delete_item(TableName="locks", Key={"LockID": item["LockID"]})
    assert made.do("apply", "-auto-approve").add == 1


def test_a_lock_in_gcs_keeps_a_second_apply_out(live: Callable, gcs: GcsBackend, clouds: Context) -> None:
    made = live(RESOURCE.format(name="gcs-locked"), replace(gcs, prefix="dev/locked"))
    lock = clouds.storage().bucket(gcs.bucket).blob("dev/locked/default.tflock")
    lock.upload_from_string(json.dumps(LOCK))
    outcome = made.do("apply", "-auto-approve", "-lock-timeout=0s")
    assert "someone@else" in _said(outcome)
    lock.delete()
    assert made.do("apply", "-auto-approve").add == 1


def test_a_type_that_is_gone_from_the_files_is_destroyed_from_remote_state(live: Callable, s3: S3Backend) -> None:
    made = live('resource "aws_sns_topic" "t" {\n  name = "gone"\n}\n', replace(s3, key="dev/gone.tfstate"))
    made.do("apply", "-auto-approve")
    made.write("")
    assert made.do("apply", "-auto-approve").remove == 1


def test_no_credentials_are_written_to_a_file(live: Callable, s3: S3Backend, clouds: Context) -> None:
    made = live(RESOURCE.format(name="secretless"), replace(s3, key="dev/secretless.tfstate"))
    context = replace(clouds, access_key="AKIAREHEARSAL", secret_key="a-secret-that-shows")
    assert run_stack(made.stack, ["plan"], live=True, context=context) == 0
    files = [path for path in made.stack.run_dir.rglob("*") if path.is_file()]
    assert files
    assert not [path for path in files if b"a-secret-that-shows" in path.read_bytes()]


@pytest.mark.parametrize("backend", [S3Backend("b", "k"), GcsBackend("b", "p")])
def test_a_remote_backend_needs_its_local_cloud(live: Callable, backend: S3Backend) -> None:
    made = live("", backend)
    with pytest.raises(ConfigurationError, match="which is not up"):
        run_stack(made.stack, ["plan"], context=Context())
