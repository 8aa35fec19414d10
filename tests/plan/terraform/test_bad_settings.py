"""A setting that is wrong is refused before anything is planned: one error for each, which says what is allowed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pytest

from isthmus.change import plans
from isthmus.change.plans import Target
from isthmus.change.report import Problem

AWS = {"account_id": "000000000000", "region": "us-east-1"}
GOOGLE = {"project": "isthmus-dev", "project_number": "000000000000", "region": "us-central1"}
FAILOVER = {"domain": "events.example.com"}
GITHUB = {"owner": "example", "owner_id": "1", "repository": "isthmus", "repository_id": "2"}
HASH = {"key_sha256": ["0" * 64]}

Case = tuple[Any, str]
BAD: dict[str, list[Case]] = {
    "aws": [
        ({**AWS, "account_id": "12345"}, "'12345'; it has 12 digits"),
        ({**AWS, "region": "mars-north-1"}, "eu-central-1, eu-west-1, us-east-1, us-east-2 and us-west-2"),
        ({**AWS, "datasync_location": "loc-1"}, "arn:aws:datasync:REGION"),
    ],
    "budget": [
        ({"aws_usd": 0, "gcp_usd": 5}, "aws_usd is 0"),
        ({"aws_usd": -5, "gcp_usd": 5}, "whole dollars"),
        ({"aws_usd": 5, "gcp_usd": 1.5}, "gcp_usd 1.5"),
        ({"aws_usd": 5, "gcp_usd": 1e18}, "to 1000000"),
    ],
    "contacts": [
        ({"emails": ["nobody"]}, "'nobody'"),
        ({"emails": [""]}, "no e-mail address: ''"),
        ({"emails": ["a@example.com, b@example.com"]}, "one each"),
        ({"emails": ["ü@example.com"]}, "ASCII"),
        ({"emails": ["<a@example.com>"]}, "as team@example.com"),
        ({"sender": "nobody"}, "sender is an e-mail address"),
        ({"slack_secret": "https://hooks.example.com/x"}, "never an address"),
        ({"slack_secret": ""}, "name of a secret"),
    ],
    "cost_profile": [
        ("cheap", "'cheap'; there are minimal, balanced and resilient"),
        ("", "there are minimal, balanced and resilient"),
    ],
    "environment": [("qa", "'qa'; there are dev, staging and prod"), ("Dev", "there are dev, staging and prod")],
    "failover": [
        ({"domain": ""}, "domain is ''"),
        ({"domain": "EVENTS.example.com"}, "small letters"),
        ({"domain": "é.example.com"}, "small letters"),
        ({"domain": f"{'a' * 40}.example.com"}, "51 are left for it"),
        ({**FAILOVER, "weights": {"aws": -1, "gcp": 50}}, "weights are -1 for aws"),
        ({**FAILOVER, "weights": {"aws": 0, "gcp": 0}}, "not both 0"),
        ({**FAILOVER, "weights": {"aws": 1.5, "gcp": 0}}, "whole numbers"),
        ({**FAILOVER, "ttl_seconds": 5}, "30 to 3600"),
        ({**FAILOVER, "ttl_seconds": 60.5}, "whole seconds"),
        ({**FAILOVER, "health": {"interval_seconds": 10}}, "30 is what both clouds can probe at"),
        ({**FAILOVER, "health": {"threshold": 2.5}}, "whole number from 1 to 10"),
        ({**FAILOVER, "health": {"path": "readyz"}}, "a slash first"),
        ({**FAILOVER, "addresses": {"aws": ["300.1.1.1"], "gcp": []}}, "no IPv4 address"),
        ({**FAILOVER, "addresses": {"aws": ["172.20.0.1"], "gcp": []}}, "write public ones"),
        ({**FAILOVER, "name_servers": {"aws": ["ns1.example.com"], "gcp": []}}, "last dot"),
        ({**FAILOVER, "probe_secret": "somebody-elses"}, "begins with isthmus-dev-"),
        ({**FAILOVER, "probe_secret": "isthmus-dev-a key"}, "never a key"),
        ({**FAILOVER, "proofs": {"azure": {"name": "a.", "type": "CNAME", "value": "b."}}}, "than aws and gcp"),
        ({**FAILOVER, "proofs": {"aws": {"name": "a.", "type": "TXT", "value": "b."}}}, "output validation"),
    ],
    "features": [
        ({"analitics": True}, "no flag 'analitics'; there are analytics, budgets"),
        ({"": True}, "no flag ''"),
        ({"nat": None}, "nat is null"),
        ({"datasync": True, "replication": True}, "datasync_location"),
        ({"nat": True}, "nat is a part of network, which is off"),
        ({"flow_logs": True, "network": False}, "flow_logs is a part of network"),
        ({"synthetics": True}, "synthetics is a part of edge"),
    ],
    "github": [
        ({**GITHUB, "owner_id": "example"}, "not names"),
        ({**GITHUB, "repository_id": "-3"}, "not names"),
        ({**GITHUB, "owner": "exa*"}, "no wildcard"),
        ({**GITHUB, "repository": ""}, "no names of an owner and a repository"),
    ],
    "google": [
        ({**GOOGLE, "project": "Bad_Project"}, "6 to 30 small letters"),
        ({**GOOGLE, "project_number": "isthmus-dev"}, "digits only"),
        ({**GOOGLE, "region": "moon"}, "europe-west1, europe-west3, us-central1, us-east1 and us-west1"),
        ({**GOOGLE, "billing_account": "x"}, "012345-6789AB-CDEF01"),
        ({**GOOGLE, "ingest_invokers": ["allUsers"]}, "nothing is public here"),
        ({**GOOGLE, "ingest_invokers": ["bob@example.com"]}, "serviceAccount:NAME@"),
        ({**GOOGLE, "service_account_ids": {"ingst": "1" * 21}}, "bridge, ingest, ledger and transfer"),
        ({**GOOGLE, "service_account_ids": {"ingest": "nope"}}, "21 digits"),
    ],
    "network": [
        ({"aws_cidr": "10.64.0.0/16", "google_cidr": "10.64.128.0/18"}, "overlap"),
        ({"aws_cidr": "10.64.0.0/8"}, "aws_cidr is '10.64.0.0/8'; a range of IPv4 from /16 to /22"),
        ({"google_cidr": "10.80.1.0/16"}, "google_cidr is '10.80.1.0/16'"),
        ({"aws_cidr": ""}, "aws_cidr is ''"),
        ({"aws_cidr": "fd00::/16"}, "aws_cidr is 'fd00::/16'"),
        ({"aws_cidr": "8.8.0.0/16"}, "are private"),
    ],
    "prefix": [
        ("p" * 21, "3 to 20 small letters"),
        ("", "3 to 20 small letters"),
        ("Ünïcode", "3 to 20 small letters"),
        ("gcp-dev", "not gcp-"),
        ("google-dev", "or contain google"),
    ],
    "senders": [
        ({"a": {"key_sha256": ["abc"]}}, "never the key itself"),
        ({"a": {}}, "nothing that shows who it is"),
        ({"": HASH}, "a name has 1 to 64 letters"),
        ({"a": {"oidc": {"issuer": "http://x", "audience": "a", "subjects": ["s"]}}}, "begins with https://"),
        ({"a": {"oidc": {"issuer": "https://x", "audience": "", "subjects": ["s"]}}}, "none of them empty"),
        ({"a": {"webhook_public_keys": ["x"]}}, "Ed25519"),
        ({f"sender-{n}": HASH for n in range(50)}, "3000 characters"),
    ],
}
"""What is wrong by variable, and what the error must say."""

LAST = ("features", "github", "prefix")
"""What is looked at with another variable, or by a module: only once the others are right."""
TOGETHER = [
    {name: case for name, case in zip(names, row, strict=True) if case is not None}
    for names in [[name for name in BAD if name not in LAST]]
    for row in zip_longest(*(BAD[name] for name in names))
] + [{name: case} for name in LAST for case in BAD[name]]


@pytest.mark.parametrize("defects", TOGETHER, ids=lambda defects: "-".join(defects) if len(defects) == 1 else "many")
def test_each_bad_setting_has_one_error(defects: Mapping[str, Case], terraform: Path, tmp_path: Path) -> None:
    """As many errors as defects, each names its setting, and there is no plan."""
    found = _errors({name: value for name, (value, _) in defects.items()}, terraform, tmp_path)
    assert len(found) == len(defects), [problem.message for problem in found]
    for name, (_, said) in defects.items():
        (own,) = [problem.message for problem in found if re.match(rf"[^.]*\. {name}\b", problem.message)]
        assert said in own


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("aws", {"region": "us-east-1"}, 'attribute "account_id" is required'),
        ("budget", {"aws_usd": "ten", "gcp_usd": 5}, "a number is required"),
        ("deletion_protection", "maybe", "a bool is required"),
        ("features", {"nat": "yes"}, "a bool is required"),
        ("google", None, "may not be set to null"),
    ],
)
def test_a_value_of_the_wrong_type_names_its_setting(
    name: str, value: object, said: str, terraform: Path, tmp_path: Path
) -> None:
    """Missing parts and wrong types are Terraform's own to refuse."""
    (found,) = _errors({name: value}, terraform, tmp_path)
    assert f"var.{name}" in found.message
    assert said in found.message


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("google", {**GOOGLE, "biling_account": "0"}, "google: there is no biling_account; there are billing_account"),
        ("featuers", {"nat": True}, "there is no featuers; there are aws"),
        ("failover", {**FAILOVER, "health": {"treshold": 3}}, "failover.health: there is no treshold"),
        ("senders", {"a": {**HASH, "source": ["/a"]}}, "senders.a: there is no source"),
    ],
)
def test_a_misspelled_setting_is_refused(name: str, value: object, said: str, terraform: Path, tmp_path: Path) -> None:
    """Terraform would drop it; the error has its file and line."""
    (found,) = _errors({name: value}, terraform, tmp_path)
    assert said in found.message
    assert (found.file, found.line > 0) == ("terraform/environments/dev.tfvars", True)


def _errors(variables: Mapping[str, object], terraform: Path, scratch: Path) -> list[Problem]:
    """The errors of a plan of dev with these settings in place of its own."""
    root = scratch / "project" / "terraform"
    (root / "environments").mkdir(parents=True)
    for name in ("modules", "stacks"):
        (root / name).symlink_to(terraform / name)
    own = (terraform / "environments" / "dev.tfvars").read_text()
    given = "\n".join(f"{name} = {json.dumps(value)}" for name, value in variables.items())
    kept = [block for block in own.split("\n\n") if not set(_names(block)) & set(variables)]
    rest = [line for block in own.split("\n\n") if block not in kept for line in _others(block, variables)]
    (root / "environments" / "dev.tfvars").write_text("\n\n".join([*kept, *rest, given]) + "\n")
    (planned,) = plans.plan_all(root.parent, [Target("dev", "bootstrap/aws")], {}, scratch / "run")
    assert planned.document == b""
    return [problem for problem in planned.problems if problem.level == "error"]


def _names(block: str) -> list[str]:
    return [line.split()[0] for line in block.splitlines() if line[:1].isalpha()]


def _others(block: str, names: Mapping[str, object]) -> list[str]:
    """The one-line settings of a block that are kept."""
    return [
        line for line in block.splitlines() if line[:1].isalpha() and line.split()[0] not in names and "{\n" not in line
    ]
