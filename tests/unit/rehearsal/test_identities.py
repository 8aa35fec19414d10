"""Identities: what an import block may say in place of an id, and the id that it comes to."""

from __future__ import annotations

import pytest

from isthmus.rehearsal.resources import facts, identities
from isthmus.rehearsal.session import Session

AWS = Session("aws", region="us-east-1")
GOOGLE = Session("google", project="p1")


@pytest.mark.parametrize(
    ("type_name", "session", "identity", "expected"),
    [
        ("aws_s3_bucket", AWS, {"bucket": "b"}, "b"),
        ("aws_s3_bucket", AWS, {"bucket": "b", "region": "us-east-1", "account_id": None}, "b"),
        ("aws_s3_bucket", AWS, {"bucket": "b", "region": "eu-west-1"}, "b@eu-west-1"),
        ("aws_iam_role_policy", AWS, {"role": "r", "name": "n"}, "r:n"),
        ("aws_vpc", AWS, {"id": "vpc-1"}, "vpc-1"),
        ("google_pubsub_topic", GOOGLE, {"name": "t"}, "projects/p1/topics/t"),
        ("google_pubsub_topic", GOOGLE, {"name": "t", "project": "other"}, "projects/other/topics/t"),
    ],
)
def test_an_identity_comes_to_an_id(type_name: str, session: Session, identity: dict[str, str], expected: str) -> None:
    known = facts.load(type_name)
    assert identity.keys() <= identities.attributes(known).keys()
    assert identities.id_of(identity, known, session) == expected


def test_only_what_the_id_is_made_of_is_required() -> None:
    required = {name for name, needed in identities.attributes(facts.load("google_pubsub_topic")).items() if needed}
    assert required == {"name"}
