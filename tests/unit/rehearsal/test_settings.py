"""A misspelled setting is found where Terraform would drop it without a word."""

from __future__ import annotations

from pathlib import Path

import pytest

from isthmus.core.errors import ConfigurationError
from isthmus.rehearsal.settings import refuse_unknown, unknown
from isthmus.rehearsal.stack import Stack

VARIABLES = """
variable "name" {
  type = string
}

variable "place" {
  description = "Where it is."
  type = object({
    region = string
    # Looked at by both.
    health = optional(object({ path = optional(string, "/{x}"), tries = optional(number, max(1, 2)) }), {})
    ports  = optional(list(number), [80])
  })

  validation {
    condition     = var.place.region != ""
    error_message = "type = object({})"
  }
}

variable "senders" {
  type = map(object({
    sources = optional(list(string), []), rules = optional(list(object({ allow = string })), [])
  }))
  default = {}
}

variable "features" {
  type = map(bool)
}
"""
RIGHT = """
# what = { nobody = reads }
name  = "p}"
place = {
  region = "eu"
  health = { path = "/x", tries = 3 }
  ports  = [1, 2]
}
senders = {
  "a b" = { sources = ["/a"], rules = [{ allow = "x" }, { allow = <<-EOT
    anything = { goes }
  EOT
  }] }
}
features = { whatever = true }
"""


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    """A root module."""
    (tmp_path / "variables.tf").write_text(VARIABLES)
    return tmp_path


def _said(directory: Path, text: str) -> list[tuple[str, int]]:
    file = directory / "x.tfvars"
    file.write_text(text)
    return [(found.what, found.line) for found in unknown(directory, file, {})]


def test_what_is_right_is_left_alone(directory: Path) -> None:
    """Comments, texts, heredocs and the keys of a map are no settings."""
    assert _said(directory, RIGHT) == []


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("features =", "featuers =", ("variables: there is no featuers; there are features, name, place, senders", 15)),
        ("region =", "regoin =", ("place: there is no regoin; there are health, ports, region", 5)),
        ("tries =", "retries =", ("place.health: there is no retries; there are path, tries", 6)),
        ("sources =", "source =", ("senders.a b: there is no source; there are rules, sources", 10)),
        ('{ allow = "x" }', '{ "alow" = "x" }', ("senders.a b.rules: there is no alow; there are allow", 10)),
    ],
)
def test_a_misspelled_setting_is_named_with_its_line(
    directory: Path, right: str, wrong: str, said: tuple[str, int]
) -> None:
    """And with what there is instead."""
    assert _said(directory, RIGHT.replace(right, wrong)) == [said]


def test_variables_on_one_line_are_read_one_by_one(tmp_path: Path) -> None:
    """As short modules write them."""
    (tmp_path / "main.tf").write_text(
        'variable "aws" { type = object({ region = string }) }\nvariable "any" {}\nvariable "name" { type = string }\n'
    )
    assert _said(tmp_path, 'aws = { region = "eu" }\nany = 1\nname = "x"\n') == []
    assert _said(tmp_path, 'aws = { regoin = "eu" }\n') == [("aws: there is no regoin; there are region", 1)]


def test_a_value_that_is_given_by_name_is_read_too(directory: Path) -> None:
    """As JSON or as Terraform writes it; a variable that the module does not have is another stack's."""
    values = {"senders": '{"a": {"source": ["/x"]}}', "place": "{ region = 1, zone = 2 }", "image": '{"a": 1}'}
    assert [found.what for found in unknown(directory, None, values)] == [
        "senders.a: there is no source; there are rules, sources",
        "place: there is no zone; there are health, ports, region",
    ]


@pytest.mark.parametrize("text", ["place = {", 'place = "open', "place = [", "="])
def test_what_cannot_be_read_is_left_to_terraform(directory: Path, text: str) -> None:
    """It says where the syntax is wrong."""
    assert [said for said, _ in _said(directory, text) if "place" in said.partition(";")[0]] == []


def test_a_run_is_refused_with_all_of_them(directory: Path) -> None:
    """Where, and what to do."""
    file = directory / "dev.tfvars"
    file.write_text('nam = "x"\nplace = { regoin = "eu" }\n')
    with pytest.raises(
        ConfigurationError, match=r"line 1: .*no nam; .*line 2: .*no regoin;.*dev\.tfvars.*mend the name"
    ):
        refuse_unknown(Stack(directory, "dev", "a/b", directory / "run", file))
