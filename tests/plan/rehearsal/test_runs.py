"""Plan, apply, plan again, change, replace, destroy: real Terraform over the stand-ins, nothing made anywhere."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

EVERYTHING = """
data "aws_caller_identity" "me" {}

data "aws_iam_policy_document" "write" {
  statement {
    actions   = ["sqs:SendMessage", "sqs:GetQueueUrl"]
    resources = [aws_sqs_queue.q.arn]
  }
}

resource "aws_sqs_queue" "q" {
  name                       = "q"
  visibility_timeout_seconds = 60
  redrive_policy             = jsonencode({ maxReceiveCount = 5, deadLetterTargetArn = "arn:aws:sqs:us-east-1:1:dlq" })
  tags                       = { a = "b" }
}

resource "aws_sqs_queue_policy" "q" {
  queue_url = aws_sqs_queue.q.url
  policy    = data.aws_iam_policy_document.write.json
}

resource "aws_s3_bucket" "b" {
  bucket = "b-${data.aws_caller_identity.me.account_id}"
}

resource "google_service_account" "sender" {
  account_id = "sender"
}

resource "google_pubsub_topic" "t" {
  name   = "t"
  labels = { a = "b" }
}

resource "google_pubsub_topic_iam_member" "m" {
  topic  = google_pubsub_topic.t.name
  role   = "roles/pubsub.publisher"
  member = google_service_account.sender.member
}

output "urls" {
  value = { queue = aws_sqs_queue.q.url, topic = google_pubsub_topic.t.id, bucket = aws_s3_bucket.b.arn }
}
"""


def test_a_second_plan_says_no_changes(module: Callable) -> None:
    made = module(EVERYTHING)
    assert made.do("apply", "-auto-approve").add == 6
    code, said = made.say("plan", "-detailed-exitcode")
    assert (code, "No changes." in said) == (0, True)
    assert made.outputs["urls"] == {
        "queue": "https://sqs.us-east-1.amazonaws.com/000000000000/q",
        "topic": "projects/p1/topics/t",
        "bucket": "arn:aws:s3:::b-000000000000",
    }


def test_destroying_leaves_an_empty_state(module: Callable) -> None:
    made = module(EVERYTHING)
    made.do("apply", "-auto-approve")
    assert made.do("destroy", "-auto-approve").remove == 6
    assert json.loads(made.stack.workspace.state.read_text())["resources"] == []


def test_planned_values_are_those_of_the_real_providers(module: Callable) -> None:
    planned = module(EVERYTHING).planned()
    queue = planned["aws_sqs_queue.q"]
    assert (
        queue["after"]["redrive_policy"] == '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:1:dlq","maxReceiveCount":5}'
    )
    assert (queue["after"]["message_retention_seconds"], queue["after"]["tags_all"]) == (345600, {"a": "b"})
    assert queue["after_unknown"]["arn"] is True
    topic = planned["google_pubsub_topic.t"]["after"]
    assert topic["effective_labels"] == {"a": "b", "goog-terraform-provisioned": "true"}
    assert (
        planned["google_pubsub_topic_iam_member.m"]["after"]["member"]
        == "serviceAccount:sender@p1.iam.gserviceaccount.com"
    )
    bucket = planned["aws_s3_bucket.b"]
    assert (bucket["after"]["bucket"], bucket["after_unknown"]["versioning"]) == ("b-000000000000", True)


def test_a_change_is_in_place_or_a_replacement_as_the_provider_does_it(module: Callable) -> None:
    made = module('resource "aws_sqs_queue" "q" {\n  name = "one"\n  delay_seconds = 1\n}\n')
    made.do("apply", "-auto-approve")
    made.write('resource "aws_sqs_queue" "q" {\n  name = "one"\n  delay_seconds = 2\n}\n')
    assert made.planned()["aws_sqs_queue.q"]["actions"] == ["update"]
    made.write('resource "aws_sqs_queue" "q" {\n  name = "two"\n  delay_seconds = 1\n}\n')
    change = made.planned()["aws_sqs_queue.q"]
    assert (change["actions"], change["replace_paths"]) == (["delete", "create"], [["name"]])


def test_each_alias_of_a_provider_has_its_own_settings(module: Callable) -> None:
    text = """
provider "aws" {
  alias  = "west"
  region = "us-west-2"
  default_tags {
    tags = { side = "west" }
  }
}

resource "aws_sqs_queue" "east" {
  name = "q"
}

resource "aws_sqs_queue" "west" {
  provider = aws.west
  name     = "q"
}
"""
    planned = module(text).planned()
    assert planned["aws_sqs_queue.east"]["after"]["region"] == "us-east-1"
    assert planned["aws_sqs_queue.west"]["after"]["region"] == "us-west-2"
    assert planned["aws_sqs_queue.west"]["after"]["tags_all"] == {"side": "west"}


def test_a_type_that_is_gone_from_the_files_is_still_destroyed(module: Callable) -> None:
    made = module('resource "aws_sns_topic" "t" {\n  name = "t"\n}\n')
    made.do("apply", "-auto-approve")
    made.write("")
    assert made.do("apply", "-auto-approve").remove == 1


def test_the_tree_stays_clean(module: Callable) -> None:
    made = module(EVERYTHING)
    made.do("apply", "-auto-approve")
    assert [path.name for path in made.stack.directory.iterdir()] == ["main.tf"]


def test_a_remote_backend_is_left_alone(module: Callable) -> None:
    """The module says S3; the rehearsal's state is in the run directory all the same."""
    made = module(
        'terraform {\n  backend "s3" {\n    bucket = "real"\n    key = "k"\n    region = "us-east-1"\n  }\n}\n'
        + EVERYTHING
    )
    assert made.do("apply", "-auto-approve").add == 6
    assert made.stack.workspace.state.is_file()


def test_modules_and_variables_reach_terraform(module: Callable) -> None:
    made = module('variable "name" {}\nmodule "q" {\n  source = "./q"\n  name = var.name\n}\n', name="given")
    inner = made.stack.directory / "q"
    inner.mkdir()
    (inner / "main.tf").write_text('variable "name" {}\nresource "aws_sqs_queue" "q" {\n  name = var.name\n}\n')
    assert made.planned()["module.q.aws_sqs_queue.q"]["after"]["name"] == "given"


SLOW = """
resource "aws_sqs_queue" "first" {
  name = "first"
}

resource "terraform_data" "wait" {
  input = aws_sqs_queue.first.arn
  provisioner "local-exec" {
    command = "touch %s; sleep 60"
  }
}
"""


def _started(module: Callable, tmp_path: Path) -> tuple[subprocess.Popen[bytes], int, list[str]]:
    """A slow apply in a process of its own, waiting in its provisioner; also the id of its Terraform."""
    flag = tmp_path / "flag"
    made = module(SLOW % flag)
    command = [
        sys.executable,
        "-m",
        "isthmus.rehearsal",
        "--dir",
        str(made.stack.directory),
        "--run-dir",
        str(tmp_path / "r"),
    ]
    process = subprocess.Popen(
        [*command, "apply", "-auto-approve"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    _wait_for(flag.exists)
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
    return process, int(children[0]), command


def _wait_for(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _states(command: list[str]) -> str:
    return subprocess.run([*command, "state", "list"], capture_output=True, text=True, check=True).stdout


def test_an_interrupt_leaves_a_consistent_state(module: Callable, tmp_path: Path) -> None:
    process, _, command = _started(module, tmp_path)
    process.send_signal(signal.SIGINT)
    assert process.wait(20) == 1
    assert "aws_sqs_queue.first" in _states(command)


def test_a_killed_run_leaves_no_process_and_a_usable_state(module: Callable, tmp_path: Path) -> None:
    process, terraform, command = _started(module, tmp_path)
    process.kill()
    process.wait()
    _wait_for(lambda: not _runs(terraform))
    assert "aws_sqs_queue.first" in _states(command)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return " Z " not in Path(f"/proc/{pid}/stat").read_text()
