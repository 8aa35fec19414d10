"""`aws_iam_policy_document` gives the bytes that the real provider gives."""

from __future__ import annotations

import pytest

from isthmus.rehearsal.realize.base import RealizeError
from isthmus.rehearsal.resources.data_sources import policy_document
from isthmus.rehearsal.session import Session


def _read(**config: object) -> dict[str, object]:
    return policy_document.read(config, Session("aws"))


def test_the_text_is_written_as_the_provider_writes_it() -> None:
    """The example of the provider's documentation, with its rendered result."""
    found = _read(
        statement=[
            {"sid": "1", "actions": ["s3:ListAllMyBuckets", "s3:GetBucketLocation"], "resources": ["arn:aws:s3:::*"]},
            {
                "actions": ["s3:ListBucket"],
                "resources": ["arn:aws:s3:::bucket"],
                "condition": [
                    {"test": "StringLike", "variable": "s3:prefix", "values": ["", "home/", "home/&{aws:username}/"]}
                ],
            },
        ]
    )
    assert found["json"] == (
        "{\n"
        '  "Version": "2012-10-17",\n'
        '  "Statement": [\n'
        "    {\n"
        '      "Sid": "1",\n'
        '      "Effect": "Allow",\n'
        '      "Action": [\n'
        '        "s3:ListAllMyBuckets",\n'
        '        "s3:GetBucketLocation"\n'
        "      ],\n"
        '      "Resource": "arn:aws:s3:::*"\n'
        "    },\n"
        "    {\n"
        '      "Effect": "Allow",\n'
        '      "Action": "s3:ListBucket",\n'
        '      "Resource": "arn:aws:s3:::bucket",\n'
        '      "Condition": {\n'
        '        "StringLike": {\n'
        '          "s3:prefix": [\n'
        '            "",\n'
        '            "home/",\n'
        '            "home/${aws:username}/"\n'
        "          ]\n"
        "        }\n"
        "      }\n"
        "    }\n"
        "  ]\n"
        "}"
    )


def test_the_short_text_is_the_same_document() -> None:
    found = _read(statement=[{"effect": "Deny", "actions": ["a:<B>"], "resources": ["*"]}])
    assert found["minified_json"] == (
        '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"a:\\u003cB\\u003e","Resource":"*"}]}'
    )


def test_the_id_is_the_checksum_of_the_text() -> None:
    found = _read()
    assert (found["json"], found["id"]) == ('{\n  "Version": "2012-10-17"\n}', "1132004489")


def test_everybody_is_written_as_a_star() -> None:
    found = _read(statement=[{"principals": [{"type": "*", "identifiers": ["*"]}], "actions": ["a:B"]}])
    assert '"Principal":"*"' in str(found["minified_json"])


def test_principals_are_sorted_backwards_within_their_type() -> None:
    principals = [
        {"type": "Service", "identifiers": ["sns.amazonaws.com"]},
        {"type": "AWS", "identifiers": ["111111111111", "222222222222"]},
    ]
    found = _read(statement=[{"principals": principals, "actions": ["a:B"]}])
    wanted = '"Principal":{"AWS":["222222222222","111111111111"],"Service":"sns.amazonaws.com"}'
    assert wanted in str(found["minified_json"])


def test_a_source_document_comes_first_and_keeps_its_actions_as_they_are() -> None:
    source = '{"Statement":[{"Sid":"x","Effect":"Allow","Action":["b:B","a:A"],"Resource":"*"}]}'
    found = _read(source_policy_documents=[source], statement=[{"actions": ["c:C"], "resources": ["*"]}])
    wanted = '"Statement":[{"Sid":"x","Effect":"Allow","Action":["b:B","a:A"],"Resource":"*"},{"Effect":"Allow"'
    assert wanted in str(found["minified_json"])


def test_an_override_replaces_the_statement_of_the_same_sid_where_it_stands() -> None:
    override = '{"Statement":[{"Sid":"one","Effect":"Deny","Action":"a:A","Resource":"*"}]}'
    statements = [{"sid": "one", "actions": ["x:X"]}, {"sid": "two", "actions": ["y:Y"]}]
    found = str(_read(statement=statements, override_policy_documents=[override])["minified_json"])
    assert found.index('"Sid":"one","Effect":"Deny"') < found.index('"Sid":"two"')
    assert "x:X" not in found


def test_a_sid_twice_is_an_error() -> None:
    with pytest.raises(RealizeError, match="duplicate Sid"):
        _read(statement=[{"sid": "a", "actions": ["x:X"]}, {"sid": "a", "actions": ["y:Y"]}])


def test_the_old_version_has_no_policy_variables() -> None:
    with pytest.raises(RealizeError, match="not supported in document version 2008-10-17"):
        _read(version="2008-10-17", statement=[{"actions": ["x:X"], "resources": ["&{aws:username}"]}])


def test_blocks_of_a_set_have_no_order_of_their_own() -> None:
    """Principals of one type are joined in the order of the plug-in SDK's hash, whatever the file says."""
    first = {"type": "AWS", "identifiers": ["arn:aws:iam::111111111111:root"]}
    second = {"type": "AWS", "identifiers": ["arn:aws:iam::222222222222:root"]}
    one, other = (
        _read(statement=[{"actions": ["sts:AssumeRole"], "principals": blocks}])["json"]
        for blocks in ([first, second], [second, first])
    )
    assert one == other
