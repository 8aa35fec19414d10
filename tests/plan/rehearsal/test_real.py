"""The real providers on the local clouds: what they are told, and that nothing may reach a real account.

The providers themselves can't be had everywhere: ISTHMUS_REAL_PROVIDERS says which `terraform init` gets here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from isthmus.core.errors import ConfigurationError, Refused
from isthmus.rehearsal import real
from isthmus.rehearsal.real import REAL
from isthmus.rehearsal.realize.base import Context
from isthmus.rehearsal.runner import run_stack

CLOUDS = Context("http://127.0.0.1:4566", "http://127.0.0.1:4567", "127.0.0.1:4568")
ALIASED = """
provider "aws" {
  alias  = "west"
  region = "us-west-2"
  default_tags {
    tags = { side = "west" }
  }
}

resource "aws_sqs_queue" "q" {
  provider = aws.west
  name     = "q"
}

resource "google_pubsub_topic" "t" {
  name = "t"
}
"""

ALONE = {
    "aws": 'provider "aws" {\n  region = "us-west-2"\n}\n\nresource "aws_sqs_queue" "q" {\n  name = "q"\n}\n',
    "google": 'provider "google" {\n  project = "p1"\n}\n\nresource "google_pubsub_topic" "t" {\n  name = "t"\n}\n',
}


def _overrides(made: Any, clouds: Context) -> dict[str, Any]:
    root = made.stack.directory
    return real.overrides(root, root.glob("*.tf"), clouds)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def test_every_provider_block_gets_its_endpoints_and_they_are_valid(module: Callable) -> None:
    """Our own server has the schemas of the real providers' settings: what it takes, they take."""
    made = module(ALIASED)
    override = _overrides(made, CLOUDS)
    assert [block.get("alias") for block in override["provider"]["aws"]] == [None, "west"]
    (made.stack.directory / "providers_override.tf.json").write_text(json.dumps(override))
    planned = made.planned()
    assert planned["aws_sqs_queue.q"]["after"]["region"] == "us-west-2"
    assert planned["aws_sqs_queue.q"]["after"]["tags_all"] == {"side": "west"}


@pytest.mark.parametrize("clouds", [CLOUDS, Context(aws_endpoint="http://127.0.0.1:4566")])
def test_all_services_stay_on_this_machine(module: Callable, clouds: Context) -> None:
    override = _overrides(module(ALIASED), clouds)
    hosts = {urlsplit(text).hostname for text in _texts(override) if "://" in text}
    assert hosts == {"127.0.0.1"}
    assert len(override["provider"]["aws"][0]["endpoints"][0]) > 300
    assert urlsplit(real.environment(clouds)["AWS_ENDPOINT_URL"]).hostname == "127.0.0.1"


def test_only_providers_in_use_are_asked_for(module: Callable) -> None:
    made = module("")
    text = 'resource "aws_sqs_queue" "q" {\n}\n\noutput "said" {\n  value = "google_pubsub_topic"\n}\n'
    (made.stack.directory / "main.tf").write_text(text)
    assert set(_overrides(made, CLOUDS)["provider"]) == {"aws"}


def test_without_local_clouds_a_sentence_says_so(module: Callable) -> None:
    stack = replace(module("").stack, provider=REAL)
    with pytest.raises(ConfigurationError, match="need the local clouds"):
        run_stack(stack, ["plan"])


def test_without_the_providers_a_sentence_says_what_to_do() -> None:
    said = real.explained("Error: Failed to query available provider packages")
    assert "TF_CLI_CONFIG_FILE" in said
    assert real.explained("Error: Unsupported argument") == "Error: Unsupported argument"


def test_a_provider_block_in_a_module_is_refused(module: Callable) -> None:
    made = module('module "m" {\n  source = "./m"\n}\n')
    inner = made.stack.directory / "m"
    inner.mkdir()
    (inner / "main.tf").write_text('provider "google" {\n  project = "p"\n}\n')
    with pytest.raises(Refused, match="can't be sent to the local clouds"):
        real.refuse_other_blocks(made.stack.directory, [inner / "main.tf"])


def test_the_state_is_kept_apart_from_the_stand_ins(module: Callable) -> None:
    stack = module("").stack
    assert replace(stack, provider=REAL).workspace.state != stack.workspace.state


@pytest.mark.parametrize("provider", ["aws", "google"])
def test_both_kinds_of_provider_plan_the_same_values(module: Callable, provider: str, real_providers: set[str]) -> None:
    if provider not in real_providers:
        pytest.skip(f"needs the real provider: ISTHMUS_REAL_PROVIDERS={provider} where terraform init can get it")
    made = module("")
    (made.stack.directory / "main.tf").write_text(ALONE[provider])
    rehearsed = made.planned()
    by_real = replace(made, stack=replace(made.stack, provider=REAL))
    file = made.stack.run_dir / "real.bin"
    assert run_stack(by_real.stack, ["plan", f"-out={file}"], context=CLOUDS) == 0
    found = json.loads(by_real.say("show", "-json", str(file), context=CLOUDS)[1])
    values = {change["address"]: change["change"]["after"] for change in found["resource_changes"]}
    assert {name: change["after"] for name, change in rehearsed.items()} == values
