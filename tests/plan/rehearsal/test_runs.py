"""Plan, apply, plan again, change, replace, destroy: real Terraform over the stand-ins, nothing made anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

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


def test_what_follows_from_a_resources_own_project_is_known_at_plan(module: Callable) -> None:
    text = 'resource "google_service_account" "s" {\n  account_id = "sender"\n  project = "other"\n}\n'
    made = module(text)
    email = made.planned()["google_service_account.s"]["after"]["email"]
    assert email == "sender@other.iam.gserviceaccount.com"


ASKED = """terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "%s"
    }
  }
}
data "aws_region" "r" {}
provider "aws" {
  alias  = "other"
  region = "eu-west-1"
}
data "aws_region" "o" {
  provider = aws.other
}
"""


@pytest.mark.parametrize(("asked", "warnings"), [("~> 5.0", 1), ("~> 6.0", 0)])
def test_a_configuration_for_other_versions_is_told_once_which_one_it_gets(
    module: Callable, asked: str, warnings: int
) -> None:
    outcome = module(ASKED % asked).do("plan")
    found = [item["summary"] for item in outcome.diagnostics if item["severity"] == "warning"]
    assert (outcome.code, len(found)) == (0, warnings)
    assert all(summary.startswith("The rehearsal has version") for summary in found)


def test_the_account_is_that_of_the_role_that_a_provider_takes(module: Callable) -> None:
    made = module(
        'provider "aws" {\n  alias = "them"\n  region = "us-east-1"\n  assume_role {\n'
        '    role_arn = "arn:aws:iam::123456789012:role/deploy"\n  }\n}\n'
        'resource "aws_sqs_queue" "q" {\n  provider = aws.them\n  name = "q"\n}\n'
        'output "arn" {\n  value = aws_sqs_queue.q.arn\n}\n'
    )
    assert made.do("apply", "-auto-approve").code == 0
    assert made.outputs["arn"] == "arn:aws:sqs:us-east-1:123456789012:q"
