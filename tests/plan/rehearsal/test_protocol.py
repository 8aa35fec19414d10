"""Parts of the protocol that few configurations use: tests, mocks, timeouts, moves between types, secrets."""

from __future__ import annotations

import json
from collections.abc import Callable

from isthmus.rehearsal import scan
from isthmus.rehearsal.providers import serving
from isthmus.rehearsal.realize.base import Context
from isthmus.rehearsal.server.schemas import get_provider_schema

QUEUE = 'variable "name" {\n  default = "q"\n}\n\nresource "aws_sqs_queue" "q" {\n  name = var.name\n}\n'
TESTS = """
run "plans" {
  command = plan
  variables {
    name = "planned"
  }
  assert {
    condition     = aws_sqs_queue.q.name == "planned"
    error_message = "the name is not the variable's"
  }
}

run "applies" {
  assert {
    condition     = endswith(aws_sqs_queue.q.url, "/q")
    error_message = "the URL doesn't end in the name"
  }
}
"""
MOCKED = """
mock_provider "aws" {
  mock_resource "aws_sqs_queue" {
    defaults = {
      arn = "arn:aws:sqs:us-east-1:123456789012:mocked"
    }
  }
}

run "is_mocked" {
  assert {
    condition     = aws_sqs_queue.q.arn == "arn:aws:sqs:us-east-1:123456789012:mocked"
    error_message = "the queue is not the mock"
  }
}
"""
OVERRIDDEN = """
override_data {
  target = data.aws_vpc.v
  values = {
    cidr_block = "10.1.0.0/16"
  }
}

run "is_overridden" {
  command = plan
  assert {
    condition     = data.aws_vpc.v.cidr_block == "10.1.0.0/16"
    error_message = "the data source is not overridden"
  }
}
"""


def test_terraform_test_plans_and_applies(module: Callable) -> None:
    made = module(QUEUE)
    (made.stack.directory / "tests").mkdir()
    (made.stack.directory / "tests" / "queue.tftest.hcl").write_text(TESTS)
    code, said = made.say("test")
    assert (code, "2 passed, 0 failed" in said) == (0, True), said


def test_a_failing_assertion_fails(module: Callable) -> None:
    made = module(QUEUE)
    (made.stack.directory / "queue.tftest.hcl").write_text(TESTS.replace('"planned"\n    error', '"other"\n    error'))
    code, said = made.say("test")
    assert (code, "the name is not the variable's" in said) == (1, True), said


def test_mocks_and_overrides_take_the_place_of_the_stand_ins(module: Callable) -> None:
    made = module(QUEUE + 'data "aws_vpc" "v" {\n  id = "vpc-1"\n}\n')
    (made.stack.directory / "overridden.tftest.hcl").write_text(OVERRIDDEN)
    assert made.say("test")[0] == 0
    made.write(QUEUE)
    (made.stack.directory / "overridden.tftest.hcl").write_text(MOCKED)
    code, said = made.say("test")
    assert code == 0, said


def test_a_write_only_value_is_in_no_plan_and_no_state(module: Callable) -> None:
    text = 'resource "aws_ssm_parameter" "p" {\n  name = "p"\n  type = "SecureString"\n'
    made = module(text + '  value_wo = "hidden-from-all"\n  value_wo_version = 1\n}\n')
    assert made.do("apply", "-auto-approve").add == 1
    assert "hidden-from-all" not in made.stack.workspace.state.read_text()
    assert made.do("plan").no_changes


def test_a_sensitive_value_is_not_shown(module: Callable) -> None:
    text = 'resource "random_password" "p" {\n  length = 12\n}\noutput "p" {\n  value = random_password.p.result\n}\n'
    outcome = module(text).do("plan")
    assert outcome.diagnostics[0]["summary"] == "Output refers to sensitive values"


def test_timeouts_are_taken_and_change_nothing(module: Callable) -> None:
    timeouts = 'timeouts {\n    create = "5m"\n  }'
    made = module(f'resource "google_storage_bucket" "b" {{\n  name = "b"\n  location = "US"\n  {timeouts}\n}}\n')
    assert made.do("apply", "-auto-approve").add == 1
    assert made.do("plan").no_changes


def test_a_state_moves_between_types(module: Callable) -> None:
    made = module('resource "null_resource" "n" {\n}\n')
    made.do("apply", "-auto-approve")
    made.write('resource "terraform_data" "n" {\n}\nmoved {\n  from = null_resource.n\n  to = terraform_data.n\n}\n')
    outcome = made.do("apply", "-auto-approve")
    assert (outcome.code, outcome.remove) == (0, 0), outcome


def test_a_move_between_types_that_the_real_provider_may_refuse_is_warned_of(module: Callable) -> None:
    balancer = 'resource "{}" "b" {{\n  name = "balancer"\n  subnets = ["subnet-1"]\n}}\n'
    made = module(balancer.format("aws_alb"))
    assert made.do("apply", "-auto-approve").code == 0
    made.write(balancer.format("aws_lb") + "moved {\n  from = aws_alb.b\n  to = aws_lb.b\n}\n")
    outcome = made.do("plan")
    assert (outcome.code, outcome.add, outcome.remove) == (0, 0, 0), outcome.diagnostics
    assert outcome.diagnostics[0]["summary"] == "aws_alb may not become aws_lb with the real provider"


def test_only_the_types_in_use_are_sent(module: Callable) -> None:
    """A plan doesn't pay for three thousand types."""
    made = module(QUEUE + 'data "aws_caller_identity" "me" {}\nresource "google_pubsub_topic" "t" {\n  name = "t"\n}\n')
    configuration = scan.scan(made.stack.directory)
    with serving(live=False, context=Context()) as running:
        running.use(configuration.resources, configuration.data_sources)
        sent = {
            address.rpartition("/")[2]: get_provider_schema(provider, None, "")
            for address, provider in running.providers.items()
        }
    assert set(sent["aws"].resource_schemas) == {"aws_sqs_queue"}
    assert set(sent["aws"].data_source_schemas) == {"aws_caller_identity"}
    assert set(sent["google"].resource_schemas) == {"google_pubsub_topic"}
    assert not sent["random"].resource_schemas


def test_graph_console_and_provider_schemas_work(module: Callable) -> None:
    made = module(QUEUE)
    assert "aws_sqs_queue.q" in made.say("graph")[1]
    schemas = json.loads(made.say("providers", "schema", "-json")[1])["provider_schemas"]
    assert list(schemas["registry.terraform.io/hashicorp/aws"]["resource_schemas"]) == ["aws_sqs_queue"]
