"""States in the clouds' own buckets, made by the bootstrap layer: what production has, on this machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from isthmus.change.state_stores import S3States, store_of
from isthmus.local import lifecycle
from isthmus.local.rundir import RunDirectory
from isthmus.local.stacks import context_of, state_store

LOCK = {"ID": "0f3c", "Operation": "OperationTypeApply", "Who": "gone@laptop", "Created": "2026-11-24T01:00:00Z"}


@pytest.fixture(scope="module")
def apart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunDirectory]:
    """A run whose states are remote."""
    directory = RunDirectory(tmp_path_factory.mktemp("remote") / "run")
    lifecycle.up(directory, remote_state=True)
    yield directory
    lifecycle.down(directory, purge=True)


@pytest.fixture
def command(apart: RunDirectory) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the command line on that run."""

    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "isthmus.cli", *words],
            env={**os.environ, "ISTHMUS_RUN_DIR": str(apart.root)},
            cwd=Path(__file__).resolve().parents[2],
            capture_output=True,
            text=True,
            timeout=120,
        )

    return call


def test_every_layer_has_its_state_in_the_bucket_and_nothing_to_change(
    apart: RunDirectory, command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """Bootstrap made the buckets; the others' states are in them, encrypted, and no file has them."""
    for stack in ("bootstrap/aws", "foundation/aws", "platform/aws", "bootstrap/gcp", "foundation/gcp", "platform/gcp"):
        plan = command("tf", "dev", stack, "plan", "-detailed-exitcode")
        assert plan.returncode == 0, f"{stack}\n{plan.stdout}"
    assert sorted(path.parent.name for path in apart.root.glob("tfstate/dev/*/*.tfstate")) == ["bootstrap", "bootstrap"]
    backend = state_store(apart, "dev", "platform/aws")
    head = context_of(apart).aws("s3").head_object(Bucket=backend.bucket, Key="dev/platform/aws.tfstate")
    assert head["ServerSideEncryption"] == "aws:kms"


def test_a_crashed_apply_is_unlocked_by_the_doctor(
    apart: RunDirectory, command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """Terraform refuses while the lock is there; the doctor says who holds it, and takes it off."""
    store = store_of(state_store(apart, "dev", "foundation/aws"), context_of(apart))
    assert isinstance(store, S3States)
    store.s3.put_object(Bucket=store.bucket, Key=f"{store.key}.tflock", Body=json.dumps(LOCK).encode())
    refused = command("tf", "dev", "foundation/aws", "plan")
    assert refused.returncode != 0
    shown = command("state", "doctor", "foundation/aws")
    assert "locked by gone@laptop" in shown.stdout
    assert "--unlock 0f3c" in shown.stdout
    assert command("state", "doctor", "foundation/aws", "--unlock", "other").returncode == 1
    assert "not locked" in command("state", "doctor", "foundation/aws", "--unlock", "0f3c").stdout
    assert command("tf", "dev", "foundation/aws", "plan", "-detailed-exitcode").returncode == 0


def test_a_run_does_not_move_its_states(
    apart: RunDirectory, command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """What was applied with one kind of state can't go on with another."""
    refused = command("up", "--local-state")
    assert refused.returncode == 1
    assert "down --purge" in refused.stderr


def test_destroy_leaves_nothing_but_the_states(
    apart: RunDirectory, command: Callable[..., subprocess.CompletedProcess[str]]
) -> None:
    """On both clouds, in the order against that of apply."""
    for stack in ("platform/gcp", "platform/aws", "foundation/gcp", "foundation/aws"):
        destroyed = command("tf", "dev", stack, "destroy", "-auto-approve")
        assert destroyed.returncode == 0, f"{stack}\n{destroyed.stdout}\n{destroyed.stderr}"
    clouds = context_of(apart)
    assert [bucket["Name"].split("-")[2] for bucket in clouds.aws("s3").list_buckets()["Buckets"]] == ["state"]
    assert clouds.aws("sns").list_topics()["Topics"] == []
    assert clouds.aws("sqs").list_queues().get("QueueUrls", []) == []
    assert clouds.aws("lambda").list_functions()["Functions"] == []
    roles = [role["RoleName"] for role in clouds.aws("iam").list_roles()["Roles"]]
    assert [name for name in roles if name.startswith("isthmus-") and "-ci-" not in name] == []
    assert [bucket.name.split("-")[2] for bucket in clouds.storage().list_buckets()] == ["state"]
    assert list(clouds.publisher().list_topics(project=f"projects/{clouds.project}")) == []
