"""JSON in attributes: when two texts mean the same, and how the providers write them."""

from __future__ import annotations

import json

import pytest

from isthmus.rehearsal.resources import json_text


def _policy(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def test_compact_text_has_sorted_keys_and_no_spaces() -> None:
    assert json_text.compact('{"b": 1, "a": [1, 2]}') == '{"a":[1,2],"b":1}'


def test_html_characters_are_escaped_as_go_does() -> None:
    assert json_text.compact('{"a": "<b> & c"}') == '{"a":"\\u003cb\\u003e \\u0026 c"}'


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (_policy(Action="s3:Get*", Resource="*"), _policy(Action=["s3:Get*"], Resource=["*"])),
        (_policy(Action=["a:B", "a:C"], Resource="*"), _policy(Action=["a:C", "a:B"], Resource="*")),
        (_policy(Principal="*", Action="a:B"), _policy(Principal={"AWS": "*"}, Action="a:B")),
        (
            _policy(Action="a:B", Condition={"Bool": {"aws:SecureTransport": "false"}}),
            _policy(Action="a:B", Condition={"Bool": {"aws:SecureTransport": [False]}}),
        ),
    ],
)
def test_policies_that_mean_the_same_are_no_difference(one: str, other: str) -> None:
    assert json_text.same_policy(one, other)


def test_another_action_is_a_difference() -> None:
    assert not json_text.same_policy(_policy(Action="a:B"), _policy(Action="a:C"))


def test_a_list_keeps_its_order_where_it_has_meaning() -> None:
    assert not json_text.same('{"a": [1, 2]}', '{"a": [2, 1]}')
    assert json_text.same('{"a": 1, "b": 2}', '{ "b": 2, "a": 1 }')
