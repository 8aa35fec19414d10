"""The engine: nothing passes because it could not be read, and a rule that can't run is named."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest

from isthmus.core.errors import ConfigurationError, IsthmusError
from isthmus.policy import bundle, engine, waivers
from isthmus.policy.verdict import Finding, Judgement

POLICY = Path(__file__).resolve().parents[3] / "policy"
ENCRYPTION = "aws_s3_bucket_server_side_encryption_configuration"


def plan(key: object, unknown: object = None) -> bytes:
    """A plan of one bucket's encryption, with its key as given."""
    block = {"apply_server_side_encryption_by_default": [{"sse_algorithm": "aws:kms", "kms_master_key_id": key}]}
    change = {"actions": ["create"], "before": None, "after": {"rule": [block]}, "after_unknown": unknown or {}}
    resource = {"address": f"{ENCRYPTION}.a", "mode": "managed", "type": ENCRYPTION, "name": "a", "change": change}
    return json.dumps(
        {
            "format_version": "1.2",
            "terraform_version": "1.15.5",
            "planned_values": {},
            "resource_changes": [resource],
            "configuration": {"root_module": {}},
        }
    ).encode()


def only(judgement: Judgement) -> Finding:
    assert len(judgement.findings) == 1
    return judgement.findings[0]


def test_every_rule_has_metadata_and_its_own_tests_hold() -> None:
    """A rule's folder has the rule and its test; each `test_…` is true."""
    rules = bundle.load(POLICY)
    assert {rule.id for rule in rules.rules} == {f"{p.parts[-3]}.{p.parts[-2]}" for p in POLICY.glob("*/*/*_test.rego")}
    results = engine.test(rules)
    assert results
    assert [name for name, held in results.items() if not held] == []


def test_a_bucket_with_a_key_passes_and_one_without_fails() -> None:
    """The verdict names the resource; a rule that looked and found nothing counts as passed."""
    rules = bundle.load(POLICY)
    good = engine.judge(rules, plan("arn:aws:kms:us-east-1:1:key/1"))
    assert (good.verdict, good.passed("encryption.s3_customer_key")) == ("pass", 1)
    bad = only(engine.judge(rules, plan("")))
    assert (bad.rule, bad.address, bad.verdict) == ("encryption.s3_customer_key", f"{ENCRYPTION}.a", "fail")


def test_what_is_known_after_apply_and_not_proved_is_unknown() -> None:
    """Neither a pass nor a fail."""
    unknown = {"rule": [{"apply_server_side_encryption_by_default": [{"kms_master_key_id": True}]}]}
    judgement = engine.judge(bundle.load(POLICY), plan(None, unknown))
    assert judgement.verdict == "unknown"
    assert only(judgement).verdict == "unknown"


@pytest.mark.parametrize(
    ("document", "said"),
    [
        (b"", "no JSON"),
        (plan("")[:-20], "no JSON"),
        (b"[" * 200_000, "no JSON"),
        (b"[]", "format version none"),
        (
            b'{"format_version": "1.2", "planned_values": {}, "configuration": {}, "resource_changes": [{}]}',
            "neither a plan nor a state",
        ),
        (json.dumps({"format_version": "2.0"}).encode(), "format version 2.0"),
        (json.dumps({"format_version": "1.2", "errored": True}).encode(), "not whole"),
        (json.dumps({"format_version": "1.2"}).encode(), "neither a plan nor a state"),
    ],
    ids=[
        "empty",
        "cut off",
        "without an end",
        "a list",
        "a change that is none",
        "another version",
        "errored",
        "something else",
    ],
)
def test_what_cannot_be_read_never_passes(document: bytes, said: str) -> None:
    """It is an error that says what was wrong."""
    with pytest.raises(IsthmusError, match=said):
        engine.judge(bundle.load(POLICY), document)


def test_a_rule_that_does_not_compile_is_named(tmp_path: Path) -> None:
    """With its file; nothing is judged."""
    path = tmp_path / "broken" / "rule" / "rule.rego"
    path.parent.mkdir(parents=True)
    head = "# METADATA\n# title: T\n# description: D\n# custom:\n#   severity: low\n#   remedy: R\n"
    path.write_text(head + "package isthmus.broken.rule\n\nfail contains x if {\n")
    with pytest.raises(ConfigurationError, match="doesn't compile") as caught:
        engine.judge(bundle.load(tmp_path), plan("x"))
    assert caught.value.where == f"{path}:10"
    assert caught.value.what == "the rule doesn't compile: expecting expression"


def test_a_waiver_takes_a_finding_out_until_its_last_day(tmp_path: Path) -> None:
    """It needs an owner, a reason and an end; over, it is a failure of its own."""
    rules = bundle.load(POLICY)
    file = tmp_path / "waivers.yaml"
    today = date.today()
    text = (
        f"waivers:\n- rule: encryption.s3_customer_key\n  address: '{ENCRYPTION}.*'\n  owner: us\n  reason: a trial\n"
    )
    file.write_text(f"{text}  until: {today + timedelta(days=2)}\n")
    judged = engine.judge(rules, plan(""), waivers.load(file, rules.ids))
    assert (judged.verdict, only(judged).waived) == ("pass", True)
    file.write_text(f"{text}  until: {today - timedelta(days=2)}\n")
    judged = engine.judge(rules, plan(""), waivers.load(file, rules.ids))
    assert judged.verdict == "fail"
    assert any("ended on" in finding.message for finding in judged.findings)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"rule": "encryption.nothing"}, "no rule 'encryption.nothing'"),
        ({"owner": " "}, "no owner"),
        ({"reason": ""}, "no reason"),
        ({"until": "2199-01-01"}, "longer than 400 days"),
        ({"until": "soon"}, "can't be read"),
        ({"extra": 1}, "can't be read"),
    ],
)
def test_a_waiver_that_says_too_little_is_refused(change: dict[str, object], said: str, tmp_path: Path) -> None:
    """The error names the file."""
    whole = {
        "rule": "encryption.s3_customer_key",
        "address": "a",
        "owner": "us",
        "reason": "why",
        "until": "2026-12-01",
    }
    file = tmp_path / "waivers.yaml"
    file.write_text(json.dumps({"waivers": [{**whole, **change}]}))
    with pytest.raises(ConfigurationError, match=said):
        waivers.load(file, bundle.load(POLICY).ids, date(2026, 11, 1))


def test_a_plan_without_resources_passes() -> None:
    """Terraform leaves out `resource_changes` where there are none; with planned resources that is no plan."""
    empty = {
        "format_version": "1.2",
        "terraform_version": "1.15.5",
        "planned_values": {},
        "configuration": {"root_module": {}},
    }
    assert engine.judge(bundle.load(POLICY), json.dumps(empty).encode()).verdict == "pass"
    cut = {**empty, "planned_values": {"root_module": {"resources": [{}]}}}
    with pytest.raises(IsthmusError, match="neither a plan nor a state"):
        engine.judge(bundle.load(POLICY), json.dumps(cut).encode())
