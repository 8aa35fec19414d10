"""Changes behind Terraform's back, imports and moves of resources that are real on the local clouds."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from isthmus.rehearsal.realize.base import Context

QUEUE = 'resource "aws_sqs_queue" "q" {{\n  name = "{name}"\n  visibility_timeout_seconds = {seconds}\n}}\n'


def test_a_change_made_elsewhere_shows_in_the_plan_and_is_mended(live: Callable, clouds: Context) -> None:
    made = live(QUEUE.format(name="drifting", seconds=60))
    made.do("apply", "-auto-approve")
    client = clouds.aws("sqs")
    url = client.get_queue_url(QueueName="drifting")["QueueUrl"]
    client.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "90"})
    code, said = made.say("plan", "-detailed-exitcode")
    assert code == 2
    assert "visibility_timeout_seconds" in said
    assert "90 -> 60" in said
    assert made.do("apply", "-auto-approve").change == 1
    found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
    assert found["Attributes"]["VisibilityTimeout"] == "60"


def test_a_resource_that_was_removed_elsewhere_is_made_again(live: Callable, clouds: Context) -> None:
    made = live('resource "google_pubsub_topic" "t" {\n  name = "vanishing"\n}\n')
    made.do("apply", "-auto-approve")
    clouds.publisher().delete_topic(request={"topic": "projects/p1/topics/vanishing"})
    assert made.do("plan").add == 1
    assert made.do("apply", "-auto-approve").add == 1
    assert clouds.publisher().get_topic(request={"topic": "projects/p1/topics/vanishing"}).name


def test_refresh_only_takes_over_what_has_changed(live: Callable, clouds: Context) -> None:
    made = live(QUEUE.format(name="refreshed", seconds=60))
    made.do("apply", "-auto-approve")
    client = clouds.aws("sqs")
    url = client.get_queue_url(QueueName="refreshed")["QueueUrl"]
    client.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "45"})
    assert made.do("apply", "-refresh-only", "-auto-approve").code == 0
    made.write(QUEUE.format(name="refreshed", seconds=45))
    assert made.do("plan").no_changes


def test_an_existing_queue_is_imported_by_command(live: Callable, clouds: Context) -> None:
    attributes = {"VisibilityTimeout": "60", "MaximumMessageSize": "262144"}
    url = clouds.aws("sqs").create_queue(QueueName="theirs", Attributes=attributes)["QueueUrl"]
    made = live(QUEUE.format(name="theirs", seconds=60))
    code, said = made.say("import", "aws_sqs_queue.q", url)
    assert code == 0, said
    code, said = made.say("plan", "-detailed-exitcode")
    assert code == 0, said


def test_an_import_block_writes_configuration_that_plans_without_a_change(live: Callable, clouds: Context) -> None:
    topic = clouds.publisher().create_topic(request={"name": "projects/p1/topics/found"})
    made = live(f'import {{\n  to = google_pubsub_topic.t\n  id = "{topic.name}"\n}}\n')
    file = made.stack.directory / "generated.tf"
    code, said = made.say("plan", f"-generate-config-out={file}")
    assert code == 0, said
    assert 'resource "google_pubsub_topic" "t"' in file.read_text()
    assert made.do("apply", "-auto-approve").code == 0
    assert made.do("plan").no_changes


def test_a_missing_resource_can_not_be_imported(live: Callable) -> None:
    made = live(QUEUE.format(name="nowhere", seconds=60))
    code, said = made.say("import", "aws_sqs_queue.q", "http://127.0.0.1/000000000000/nowhere")
    assert code == 1
    assert "Cannot import non-existent remote object" in said


def test_a_moved_block_keeps_the_resource(live: Callable) -> None:
    made = live(QUEUE.format(name="moved", seconds=60))
    made.do("apply", "-auto-approve")
    text = QUEUE.format(name="moved", seconds=60).replace('"q"', '"renamed"')
    made.write(text + "moved {\n  from = aws_sqs_queue.q\n  to = aws_sqs_queue.renamed\n}\n")
    assert made.do("plan").no_changes
    assert made.do("apply", "-auto-approve").code == 0
    assert json.loads(made.stack.workspace.state.read_text())["resources"][0]["name"] == "renamed"


BY_IDENTITY = {
    "aws_sqs_queue": 'import {\n  to = aws_sqs_queue.q\n  identity = {\n    url = "%s"\n  }\n}\n',
    "aws_sqs_queue by its id": 'import {\n  to = aws_sqs_queue.q\n  id = "%s"\n}\n',
    "aws_sqs_queue in a region": (
        'import {\n  to = aws_sqs_queue.q\n  identity = {\n    url = "%s"\n    region = "us-east-1"\n  }\n}\n'
    ),
}


@pytest.mark.parametrize("kind", BY_IDENTITY)
def test_an_existing_queue_is_imported_by_its_identity(live: Callable, clouds: Context, kind: str) -> None:
    name = f"identified-{len(kind)}"
    attributes = {"VisibilityTimeout": "60", "MaximumMessageSize": "262144"}
    url = clouds.aws("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
    made = live(QUEUE.format(name=name, seconds=60) + BY_IDENTITY[kind] % url)
    outcome = made.do("apply", "-auto-approve")
    assert (outcome.code, outcome.add, outcome.change) == (0, 0, 0)
    assert made.do("plan").no_changes


def test_an_existing_topic_is_imported_by_its_identity(live: Callable, clouds: Context) -> None:
    clouds.publisher().create_topic(request={"name": "projects/p1/topics/identified"})
    made = live(
        'resource "google_pubsub_topic" "t" {\n  name = "identified"\n}\n'
        'import {\n  to = google_pubsub_topic.t\n  identity = {\n    name = "identified"\n  }\n}\n'
    )
    outcome = made.do("apply", "-auto-approve")
    assert (outcome.code, outcome.add) == (0, 0)
    assert made.do("plan").no_changes
