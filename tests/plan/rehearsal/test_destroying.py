"""What is protected can't be destroyed before its protection is, as on the clouds."""

from __future__ import annotations

from collections.abc import Callable

import pytest

TABLE = 'resource "aws_dynamodb_table" "r" {\n  name = "first"\n  hash_key = "k"\n  billing_mode = "PAY_PER_REQUEST"\n'
TABLE += '  attribute {\n    name = "k"\n    type = "S"\n  }\n'
DATABASE = (
    'resource "aws_db_instance" "r" {\n  identifier = "d"\n  engine = "postgres"\n  instance_class = "db.t3.micro"\n'
)
PROTECTED = {
    "by default": (
        'resource "google_container_cluster" "r" {\n  name = "c"\n  location = "us-central1"\n',
        "",
        "deletion_protection = false",
        "deletion_protection is true",
    ),
    "by a setting": (TABLE, "deletion_protection_enabled = true", "", "deletion_protection_enabled is true"),
    "by its last snapshot": (
        DATABASE,
        "",
        "skip_final_snapshot = true",
        "final_snapshot_identifier is required",
    ),
}


@pytest.mark.parametrize("how", PROTECTED)
def test_a_protected_resource_stays_until_its_protection_is_gone(module: Callable, how: str) -> None:
    text, protecting, opening, said = PROTECTED[how]
    made = module(f"{text}  {protecting}\n}}\n")
    assert made.do("apply", "-auto-approve").code == 0
    refused = made.do("apply", "-destroy", "-auto-approve")
    assert refused.code == 1
    assert said in refused.diagnostics[-1]["summary"]
    assert len(made.stack.workspace.states()[0]["resources"]) == 1
    made.write(f"{text}  {opening}\n}}\n")
    assert made.do("apply", "-auto-approve").change == 1
    assert made.do("apply", "-destroy", "-auto-approve").remove == 1


def test_a_protected_resource_is_not_replaced_either(module: Callable) -> None:
    text = PROTECTED["by a setting"][0] + "  deletion_protection_enabled = true\n}\n"
    made = module(text)
    assert made.do("apply", "-auto-approve").code == 0
    made.write(text.replace("first", "second"))
    assert made.do("plan").code == 0
    assert "deletion_protection_enabled is true" in made.do("apply", "-auto-approve").diagnostics[-1]["summary"]
