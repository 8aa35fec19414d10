"""The project's own modules applied by the real Google provider to the local Google Cloud, planned again, destroyed.

The real provider can't be had everywhere: ISTHMUS_REAL_PROVIDERS says that `terraform init` gets it here.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from isthmus.local.google import GoogleServer
from isthmus.rehearsal.real import REAL
from isthmus.rehearsal.realize.base import Context
from isthmus.rehearsal.runner import run_stack
from isthmus.rehearsal.stack import Stack

MODULES = Path(__file__).resolve().parents[3] / "terraform" / "modules" / "gcp"
ROOT = """
provider "google" {
  project = "isthmus-dev"
  region  = "us-central1"
}

module "keys" {
  source         = "MODULES/keys"
  domains        = ["messaging", "storage"]
  prefix         = "real"
  project        = "isthmus-dev"
  project_number = "000000000000"
  region         = "us-central1"
}

module "archive" {
  source              = "MODULES/archive"
  deletion_protection = false
  key                 = module.keys.keys.storage
  lifecycle_days      = { infrequent = 30, archive = 90, expire = 400 }
  prefix              = "real"
  project             = "isthmus-dev"
  region              = "us-central1"
  soft_delete_days    = 7
}

module "messaging" {
  source         = "MODULES/messaging"
  consumers      = { bridge = { max_attempts = 10, origin = "gcp", timeout_seconds = 30 } }
  endpoints      = { bridge = "http://127.0.0.1:1" }
  key            = module.keys.keys.messaging
  prefix         = "real"
  project        = "isthmus-dev"
  project_number = "000000000000"
  region         = "us-central1"
}

resource "google_storage_bucket_iam_member" "reader" {
  bucket = "real-archive-isthmus-dev"
  role   = "roles/storage.objectViewer"
  member = "serviceAccount:${module.messaging.push_identity}"

  depends_on = [module.archive]
}

resource "google_storage_notification" "written" {
  bucket         = "real-archive-isthmus-dev"
  payload_format = "JSON_API_V1"
  topic          = module.messaging.topic
  event_types    = ["OBJECT_FINALIZE"]

  depends_on = [module.archive]
}

resource "google_storage_bucket_object" "one" {
  bucket  = "real-archive-isthmus-dev"
  name    = "events/one.txt"
  content = "one"

  depends_on = [module.archive]
}

resource "google_pubsub_schema" "order" {
  name       = "order"
  type       = "AVRO"
  definition = jsonencode({ type = "record", name = "Order", fields = [{ name = "id", type = "string" }] })
}

resource "google_pubsub_topic" "orders" {
  name                       = "orders"
  message_retention_duration = "86400s"

  schema_settings {
    schema   = google_pubsub_schema.order.id
    encoding = "JSON"
  }
}

resource "google_pubsub_subscription" "orders" {
  name                         = "orders"
  topic                        = google_pubsub_topic.orders.id
  enable_exactly_once_delivery = true
  enable_message_ordering      = true
  retain_acked_messages        = true
}
"""


@pytest.fixture
def clouds(tmp_path: Path) -> Iterator[Context]:
    """A local Google Cloud of the test's own."""
    with GoogleServer(tmp_path / "google") as server:
        yield Context(google_http_endpoint=server.http, google_grpc_endpoint=server.grpc)


def test_the_real_provider_applies_plans_nothing_more_and_destroys(
    clouds: Context, real_providers: set[str], tmp_path: Path
) -> None:
    """Messaging, storage and keys with their IAM members, as the modules define them."""
    if "google" not in real_providers:
        pytest.skip("needs the real Google provider: set ISTHMUS_REAL_PROVIDERS=google where terraform init can get it")
    directory = tmp_path / "root"
    directory.mkdir()
    (directory / "main.tf").write_text(ROOT.replace("MODULES", str(MODULES)))
    stack = replace(Stack(directory, "test", "root", tmp_path / "run"), provider=REAL)

    def terraform(*words: str) -> tuple[int, str]:
        with (tmp_path / "said").open("w+") as said:
            code = run_stack(stack, words, context=clouds, stdout=said, stderr=said)
            said.seek(0)
            return code, said.read()

    code, said = terraform("apply", "-auto-approve", "-no-color")
    assert code == 0, said
    code, said = terraform("plan", "-detailed-exitcode", "-no-color")
    assert code == 0, said
    code, said = terraform("destroy", "-auto-approve", "-no-color")
    assert code == 0, said
    assert json.loads(stack.workspace.state.read_text())["resources"] == []
