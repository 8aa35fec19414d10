"""Where the states are: the files that `terraform init` takes name what the bootstrap layer makes."""

from __future__ import annotations

from pathlib import Path

import hcl2
import pytest

from isthmus.change import plans
from isthmus.change.plans import Target


def _file(terraform: Path, name: str) -> dict[str, object]:
    found: dict[str, object] = hcl2.loads((terraform / "environments" / name).read_text())
    return {key: value.strip('"') if isinstance(value, str) else value for key, value in found.items()}


@pytest.mark.parametrize("environment", ["dev", "prod", "staging"])
def test_backend_files_name_what_bootstrap_makes(environment: str, terraform: Path, tmp_path: Path) -> None:
    """Bucket, table and region on AWS, bucket on Google; S3 locks two ways."""
    targets = [Target(environment, f"bootstrap/{cloud}") for cloud in ("aws", "gcp")]
    aws, gcp = plans.plan_all(terraform.parent, targets, {}, tmp_path)
    made = {
        change["type"]: change["change"]["after"]
        for planned in (aws, gcp)
        for change in planned.plan["resource_changes"]
        if change["mode"] == "managed"
    }
    s3 = _file(terraform, f"{environment}.s3.tfbackend")
    assert s3["bucket"] == made["aws_s3_bucket"]["bucket"]
    assert s3["dynamodb_table"] == made["aws_dynamodb_table"]["name"]
    assert s3["region"] == made["aws_s3_bucket"]["region"]
    assert s3["use_lockfile"] is True
    assert _file(terraform, f"{environment}.gcs.tfbackend")["bucket"] == made["google_storage_bucket"]["name"]


def test_every_layer_but_bootstrap_keeps_its_state_remotely(terraform: Path) -> None:
    """With the backend of its cloud; bootstrap makes the bucket, and is moved there by hand."""
    for stack in terraform.glob("stacks/*/*"):
        kind = {"aws": "s3", "gcp": "gcs"}[stack.name]
        named = any(f'backend "{kind}"' in path.read_text() for path in stack.glob("*.tf"))
        assert named == (stack.parent.name != "bootstrap"), stack
