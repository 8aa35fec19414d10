"""The way back: a lock whose holder is gone, and an older state, on S3 and on Cloud Storage with real Terraform."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from isthmus.change import states
from isthmus.change.state_stores import GcsStates, S3States
from isthmus.change.states import StateStore
from isthmus.core.errors import Refused
from isthmus.rehearsal.backends import Backend, GcsBackend, S3Backend
from isthmus.rehearsal.realize.base import Context

QUEUE = 'resource "aws_sqs_queue" "{name}" {{\n  name = "{name}"\n}}\n'
LOCK = {"ID": "6b5e", "Operation": "OperationTypeApply", "Who": "gone@laptop", "Created": "2026-11-24T01:00:00Z"}


@pytest.fixture(params=["s3", "gcs"])
def remote(request: pytest.FixtureRequest, clouds: Context) -> tuple[Backend, StateStore]:
    """A backend with versions and locks, and what looks after it."""
    name = f"doctor-{request.param}"
    if request.param == "gcs":
        bucket = clouds.storage().bucket(name)
        if not bucket.exists():
            bucket.versioning_enabled = True
            clouds.storage().create_bucket(bucket)
        return GcsBackend(name, "dev/one"), GcsStates(clouds.storage(), name, "dev/one")
    s3, dynamodb = clouds.aws("s3"), clouds.aws("dynamodb")
    if name not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]:
        s3.create_bucket(Bucket=name)
        s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "LockID", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "LockID", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    return S3Backend(name, "dev/one.tfstate", dynamodb_table=name), S3States(
        s3, dynamodb, name, "dev/one.tfstate", name
    )


def hold(store: StateStore) -> None:
    """Leaves locks as a killed apply does."""
    text = json.dumps(LOCK)
    if isinstance(store, GcsStates):
        store.storage.bucket(store.bucket).blob(f"{store.prefix}/default.tflock").upload_from_string(text)
    elif isinstance(store, S3States):
        store.s3.put_object(Bucket=store.bucket, Key=f"{store.key}.tflock", Body=text.encode())
        item = {"LockID": {"S": f"{store.bucket}/{store.key}"}, "Info": {"S": text}}
        store.dynamodb.put_item(TableName=store.table, Item=item)


def test_a_lock_whose_holder_is_gone_is_taken_off(live: Callable[..., Any], remote: tuple[Backend, StateStore]) -> None:
    """Terraform refuses before, and applies after; another lock's id is refused."""
    backend, store = remote
    made = live(QUEUE.format(name="locked"), backend)
    assert made.do("apply", "-auto-approve").code == 0
    hold(store)
    assert made.do("plan").code != 0
    held = store.locks()
    assert {lock.who for lock in held} == {"gone@laptop"}
    with pytest.raises(Refused, match="gone@laptop"):
        states.unlock(store, "another")
    assert states.unlock(store, held[0].id) == len(held)
    assert store.locks() == []
    assert made.do("plan").no_changes
    gone = made.do("destroy", "-auto-approve")
    assert gone.code == 0, gone.diagnostics


def test_an_older_state_comes_back(live: Callable[..., Any], remote: tuple[Backend, StateStore]) -> None:
    """As a new version that Terraform takes; while it is locked, nothing is restored."""
    backend, store = remote
    first = live(QUEUE.format(name="kept"), backend)
    assert first.do("apply", "-auto-approve").add == 1
    older = next(version for version in store.versions() if version.current)
    second = live(QUEUE.format(name="kept") + QUEUE.format(name="extra"), backend)
    assert second.do("apply", "-auto-approve").add == 1
    hold(store)
    with pytest.raises(Refused, match="locked by gone@laptop"):
        states.restore(store, older.id)
    states.unlock(store, store.locks()[0].id)
    serial = states.restore(store, older.id)
    now = store.versions()[0]
    assert (now.serial, now.resources, now.current) == (serial, 1, True)
    assert serial > older.serial
    # The queue is there and not in the state: Terraform would make it again.
    assert second.do("plan").add == 1
    with pytest.raises(Refused, match="no version"):
        states.restore(store, "12345")
    assert first.do("destroy", "-auto-approve").code == 0


def test_what_is_no_state_has_no_serial() -> None:
    """It is shown, and can't be restored from."""
    assert states.version_of(b"{", "1", "", True).serial == -1
    assert replace(states.version_of(b'{"version": 4, "serial": 7}', "1", "", True)).serial == 7
